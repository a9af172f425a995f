/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Says which segments are past their time, and drops them. Consumers do not hold them back: they are told of the gap. */
final class LogRetention {
    private LogRetention() {}

    /** @param lsn the newest LSN dropped; the size changes by {@code change} */
    record Dropped(Lsn lsn, ChangeLog.LogSize change) {}

    /**
     * Deletes the longest run of oldest segments that are too old, or that must go for the log to fit. A transaction in
     * several parts goes whole or stays whole.
     *
     * @return null if nothing was dropped
     */
    static Dropped drop(Connection connection, ServerConfig config, long nowMs, ChangeLog.LogSize size)
            throws SQLException {
        long oldestMs = nowMs - config.limit(Limit.WAL_RETENTION_MS);
        long excess = size.bytes() - config.limit(Limit.WAL_RETENTION_BYTES);
        long lastId = 0;
        Dropped dropped = null;
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT id, lsn_start, lsn_end, created_at_ms, length(data) FROM _wal_segments ORDER BY id");
                ResultSet row = statement.executeQuery()) {
            long bytes = 0;
            long segments = 0;
            long id = 0;
            Lsn end = null;
            while (row.next()) {
                if (end != null && row.getLong(2) != end.value()) {
                    lastId = id;
                    dropped = new Dropped(end, new ChangeLog.LogSize(-segments, -bytes));
                }
                if (row.getLong(4) >= oldestMs && bytes >= excess) {
                    break;
                }
                id = row.getLong(1);
                end = new Lsn(row.getLong(3));
                segments++;
                bytes += row.getLong(5);
            }
        }
        if (dropped != null) {
            Sqlite.execute(connection, "DELETE FROM _wal_segments WHERE id <= " + lastId);
        }
        return dropped;
    }
}
