/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Optional;

/**
 * The archived segments of one database: stores them and reads them back. A segment that is read is compared with the
 * index in the change log, so the result is the segment that was stored, or an error that names the object.
 */
public final class SegmentArchive {
    private final String database;
    private final ObjectStore store;

    /** @param store null if no archive is configured; then no segment can be read */
    public SegmentArchive(String database, ObjectStore store) {
        this.database = database;
        this.store = store;
    }

    public boolean isConfigured() {
        return store != null;
    }

    /** The location for messages; empty if there is no archive. */
    public String location() {
        return store == null ? "" : store.location();
    }

    /** Stores a segment, which is durable when this returns. Storing the same segment again changes nothing. */
    public ArchivedSegment put(String epoch, Segment segment) {
        String name = SegmentObjectFormat.name(database, epoch, segment.id());
        store.put(name, SegmentObjectFormat.encode(epoch, segment));
        return ArchivedSegment.of(epoch, segment, name);
    }

    /**
     * Reads a segment.
     *
     * @throws DoLakeException CHANGE_LOG_CORRUPT if the object is missing, damaged or a different segment;
     *     OBJECT_STORE_ERROR if the store does not answer
     */
    public Segment read(ArchivedSegment row) {
        if (store == null) {
            throw new DoLakeException(
                            ErrorCode.OBJECT_STORE_ERROR,
                            "Cannot read segment " + row.id() + " of the change log of database '" + database
                                    + "': it is object " + row.object() + " of an archive, and none is configured")
                    .withHint("Set DOSQL_ARCHIVE to the place where it was archived.")
                    .withDetail("object", row.object());
        }
        long length = SegmentObjectFormat.HEADER_BYTES + row.bytes();
        // Reads up to one byte more than the expected size, to notice a longer object.
        Optional<byte[]> bytes = store.read(row.object(), Math.toIntExact(length) + 1);
        if (bytes.isEmpty()) {
            throw row.unreadable(location(), "is missing");
        }
        try {
            SegmentObjectFormat.Decoded decoded = SegmentObjectFormat.decode(bytes.get());
            if (!row.equals(ArchivedSegment.of(decoded.epoch(), decoded.segment(), row.object()))) {
                throw row.unreadable(location(), "is not the segment that was archived");
            }
            return decoded.segment();
        } catch (SegmentObjectFormat.Malformed e) {
            throw row.unreadable(location(), e.getMessage());
        }
    }

    public void delete(String object) {
        store.delete(object);
    }
}
