/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Optional;

/**
 * A store of named objects, for the archive of segments. It does not interpret their content. Thread-safe, as long as
 * no two threads write the same name.
 */
public sealed interface ObjectStore extends AutoCloseable permits DirectoryObjectStore, S3ObjectStore {

    /**
     * Stores an object and replaces one of the same name. The object is durable when this returns. If it fails, the
     * store has the old object, the new one or none, but never a part of one.
     *
     * @param name segments of a path, with slashes between them
     * @throws DoLakeException OBJECT_STORE_ERROR, STORAGE_FULL, R2_BUCKET_NOT_BOUND
     */
    void put(String name, byte[] object);

    /**
     * The object; empty if there is none of that name.
     *
     * @param maxBytes a longer object is cut off there
     * @throws DoLakeException OBJECT_STORE_ERROR, R2_BUCKET_NOT_BOUND
     */
    Optional<byte[]> read(String name, int maxBytes);

    /** Removes an object, if there is one. */
    void delete(String name);

    /**
     * Checks whether the store works, so that a wrong setting is reported at the start and not when retention is due. A
     * store that does not answer now may answer later, so that is not an error.
     *
     * @throws DoLakeException INVALID_CONFIGURATION if the store refuses an operation that the archive needs
     */
    void check();

    /** The location for messages, without secrets. */
    String location();

    @Override
    void close();

    /** @throws DoLakeException INVALID_CONFIGURATION if the store cannot be used */
    static ObjectStore open(ArchiveLocation location, ServerConfig config) {
        if (location instanceof ArchiveLocation.Directory directory) {
            return DirectoryObjectStore.open(directory);
        }
        return S3ObjectStore.open((ArchiveLocation.S3) location, config.limit(Limit.ARCHIVE_TIMEOUT_MS));
    }

    /** An error of the store; the message and the details name the operation and the object. */
    static DoLakeException failed(ErrorCode code, String action, String name, String location, Exception cause) {
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new DoLakeException(
                        code, "Cannot " + action + " object " + name + " in " + location + ": " + reason, cause)
                .withDetail("object", name)
                .withDetail("archive", location);
    }
}
