/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.ArchivedSegment;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.schemas.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Decides which segments have expired. Changes that a connected consumer has not acknowledged are kept for longer, up
 * to separate limits. Past those limits, and for consumers that are not connected, changes are dropped, and the
 * consumer gets an error that reports the gap.
 */
final class LogRetention {
    private LogRetention() {}

    /**
     * The limits of the log.
     *
     * @param held consumers have acknowledged every change up to this LSN, and need those after it; null if there are
     *     no consumers
     */
    record Rule(long oldestMs, long maxBytes, long heldOldestMs, long heldMaxBytes, Lsn held) {

        /** The rule without an archive: connected consumers hold back changes that would be lost. */
        static Rule forDropping(ServerConfig config, long nowMs, Lsn held) {
            long oldestMs = nowMs - config.limit(Limit.WAL_RETENTION_MS);
            long maxBytes = config.limit(Limit.WAL_RETENTION_BYTES);
            return new Rule(
                    oldestMs,
                    maxBytes,
                    Math.min(oldestMs, nowMs - config.limit(Limit.WAL_HELD_MS)),
                    Math.max(maxBytes, config.limit(Limit.WAL_HELD_BYTES)),
                    held);
        }

        /** The rule with an archive: consumers hold nothing back, since archived changes can still be read. */
        static Rule forArchiving(ServerConfig config, long nowMs) {
            return forDropping(config, nowMs, null);
        }

        /** The rule of the archive itself: by age only. */
        static Rule forExpiring(ServerConfig config, long nowMs, Lsn held) {
            long retentionMs = config.limit(Limit.ARCHIVE_RETENTION_MS);
            long oldestMs = retentionMs == Long.MAX_VALUE ? Long.MIN_VALUE : nowMs - retentionMs;
            return new Rule(
                    oldestMs,
                    Long.MAX_VALUE,
                    Math.min(oldestMs, nowMs - config.limit(Limit.WAL_HELD_MS)),
                    Long.MAX_VALUE,
                    held);
        }

        boolean isArchiveDue(ArchivedSegment segment) {
            return isDue(segment.createdAtMs(), 0) && !isHeld(segment.end(), segment.createdAtMs(), 0);
        }

        private boolean isDue(long createdAtMs, long bytesFromHere) {
            return createdAtMs < oldestMs || bytesFromHere > maxBytes;
        }

        private boolean isHeld(Lsn end, long createdAtMs, long bytesFromHere) {
            return held != null && end.isAfter(held) && createdAtMs >= heldOldestMs && bytesFromHere <= heldMaxBytes;
        }
    }

    /**
     * The segments that may be dropped.
     *
     * @param lastId the newest of them; 0 if there are none
     * @param lsn the newest transaction in them
     * @param change of the size of the log when they are dropped
     * @param heldBytes bytes of expired segments that are held for consumers
     */
    record Due(long lastId, Lsn lsn, LogSize change, long heldBytes) {
        boolean isEmpty() {
            return lastId == 0;
        }
    }

    /**
     * Finds the longest run of oldest segments that may be dropped. A transaction in several parts is dropped whole or
     * kept whole, and the newest is kept.
     */
    static Due find(Connection connection, Rule rule, LogSize size) throws SQLException {
        Due due = new Due(0, Lsn.ZERO, new LogSize(0, 0), 0);
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT id, lsn_start, lsn_end, created_at_ms, length(data) FROM _wal_segments ORDER BY id");
                ResultSet row = statement.executeQuery()) {
            long bytes = 0;
            long segments = 0;
            long heldBytes = 0;
            long id = 0;
            Lsn end = null;
            while (row.next()) {
                if (end != null && heldBytes == 0 && row.getLong(2) != end.value()) {
                    due = new Due(id, end, new LogSize(-segments, -bytes), 0);
                }
                long fromHere = size.bytes() - bytes - heldBytes;
                if (!rule.isDue(row.getLong(4), fromHere)) {
                    break;
                }
                id = row.getLong(1);
                end = new Lsn(row.getLong(3));
                if (heldBytes > 0 || rule.isHeld(end, row.getLong(4), fromHere)) {
                    heldBytes += row.getLong(5);
                } else {
                    segments++;
                    bytes += row.getLong(5);
                }
            }
            return new Due(due.lastId, due.lsn, due.change, heldBytes);
        }
    }

    /** Deletes them. */
    static void drop(Connection connection, Due due) throws SQLException {
        Sqlite.execute(connection, "DELETE FROM _wal_segments WHERE id <= " + due.lastId);
    }
}
