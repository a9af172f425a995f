/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Optional;

/**
 * Keeps objects by name, for the archive of segments. Knows nothing of what is in them. Thread-safe, as long as no two
 * threads write the same name.
 */
public sealed interface ObjectStore extends AutoCloseable permits DirectoryObjectStore, S3ObjectStore {

    /**
     * Stores an object, in place of one that has the name. It is durable when this returns; if this fails there is the
     * old one, the new one or none, never a part of one.
     *
     * @param name segments of a path, with slashes between them
     * @throws DoLakeException OBJECT_STORE_ERROR, STORAGE_FULL, R2_BUCKET_NOT_BOUND
     */
    void put(String name, byte[] object);

    /**
     * The object; empty if there is none of that name.
     *
     * @param maxBytes what is longer is cut off there
     * @throws DoLakeException OBJECT_STORE_ERROR, R2_BUCKET_NOT_BOUND
     */
    Optional<byte[]> read(String name, int maxBytes);

    /** Removes an object, if there is one. */
    void delete(String name);

    /**
     * Looks whether it can work at all, so that a wrong setting shows at the start and not when retention is due. A store
     * that does not answer now may answer then: that is no error.
     *
     * @throws DoLakeException INVALID_CONFIGURATION if it refuses what the archive needs
     */
    void check();

    /** For people; holds no secret. */
    String location();

    @Override
    void close();

    /** @throws DoLakeException INVALID_CONFIGURATION if it cannot work */
    static ObjectStore open(ArchiveLocation location, ServerConfig config) {
        if (location instanceof ArchiveLocation.Directory directory) {
            return DirectoryObjectStore.open(directory);
        }
        return S3ObjectStore.open((ArchiveLocation.S3) location, config.limit(Limit.ARCHIVE_TIMEOUT_MS));
    }

    /** An error of the store; what failed and which object is in the message and the details. */
    static DoLakeException failed(ErrorCode code, String action, String name, String location, Exception cause) {
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new DoLakeException(
                        code, "Cannot " + action + " object " + name + " in " + location + ": " + reason, cause)
                .withDetail("object", name)
                .withDetail("archive", location);
    }
}
