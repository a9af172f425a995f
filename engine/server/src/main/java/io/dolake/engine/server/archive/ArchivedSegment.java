/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;

/**
 * A row of {@code _wal_archive}: a segment whose data is an object of the archive.
 *
 * @param checksum of its data
 * @param bytes of its data
 * @param previous as in {@link Segment}
 * @param object name of the object
 */
public record ArchivedSegment(
        String epoch,
        long id,
        Lsn start,
        Lsn end,
        int part,
        long events,
        long createdAtMs,
        long checksum,
        long bytes,
        Lsn previous,
        String object) {

    public static ArchivedSegment of(String epoch, Segment segment, String object) {
        return new ArchivedSegment(
                epoch,
                segment.id(),
                segment.start(),
                segment.end(),
                segment.part(),
                segment.events(),
                segment.createdAtMs(),
                segment.checksum(),
                segment.data().length,
                segment.previous(),
                object);
    }

    /** An error that names the object, for one that is missing or not what it was. */
    DoLakeException unreadable(String location, String reason) {
        return new DoLakeException(
                        ErrorCode.CHANGE_LOG_CORRUPT,
                        "Cannot read segment " + id + " of the change log: object " + object + " in " + location + " "
                                + reason)
                .withHint("Put the object back from a copy; or take a new snapshot, which starts after it.")
                .withDetail("object", object)
                .withDetail("archive", location)
                .withDetail("segment", id);
    }
}
