/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Optional;

/**
 * Archived segments of one database: puts them into a store and gets them back. What comes back is compared with the
 * index in the change log, so it is the segment that was put, or an error that names the object.
 */
public final class SegmentArchive {
    private final String database;
    private final ObjectStore store;

    /** @param store null if no archive is configured: then nothing can be read */
    public SegmentArchive(String database, ObjectStore store) {
        this.database = database;
        this.store = store;
    }

    public boolean isConfigured() {
        return store != null;
    }

    /** For people; empty if there is none. */
    public String location() {
        return store == null ? "" : store.location();
    }

    /** Stores a segment; it is durable when this returns. Again with the same segment changes nothing. */
    public ArchivedSegment put(String epoch, Segment segment) {
        String name = SegmentObjectFormat.name(database, epoch, segment.id());
        store.put(name, SegmentObjectFormat.encode(epoch, segment));
        return ArchivedSegment.of(epoch, segment, name);
    }

    /**
     * The segment.
     *
     * @throws DoLakeException CHANGE_LOG_CORRUPT if the object is missing, damaged or another one; OBJECT_STORE_ERROR if
     *     the store does not answer
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
        // One byte more than it has: a longer object shows as such.
        Optional<byte[]> bytes = store.read(row.object(), Math.toIntExact(length) + 1);
        if (bytes.isEmpty()) {
            throw row.unreadable(location(), "is missing");
        }
        try {
            SegmentObjectFormat.Decoded decoded = SegmentObjectFormat.decode(bytes.get());
            if (!row.equals(ArchivedSegment.of(decoded.epoch(), decoded.segment(), row.object()))) {
                throw row.unreadable(location(), "is another segment than the one that was archived");
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
