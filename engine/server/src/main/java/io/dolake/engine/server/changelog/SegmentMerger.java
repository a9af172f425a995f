/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.Segment;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.schemas.ChangeDecoder;
import io.dolake.schemas.ChangeEncoder;
import io.dolake.schemas.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Merges the small segments that single transactions leave behind. Segments are small, medium or large: a run of small
 * ones at the end of the log becomes a medium one, a run of medium ones a large one, so each change is rewritten at
 * most twice. Parts of a transaction are large and stay as they are.
 */
final class SegmentMerger {
    private SegmentMerger() {}

    private record Row(long id, int part, long bytes, long createdAtMs) {}

    /**
     * Merges the end of the log if there is enough to merge; returns the change of its size.
     *
     * @param after segments up to this id stay as they are
     */
    static LogSize mergeTail(Connection connection, ServerConfig config, long after) throws SQLException {
        int fanIn = config.intLimit(Limit.MERGE_SEGMENTS);
        long medium = config.limit(Limit.SEGMENT_BYTES) / fanIn;
        long small = medium / fanIn;
        List<Row> tail = tail(connection, after, 2 * fanIn);
        int smallRun = 0;
        while (smallRun < tail.size() && isBelow(tail.get(smallRun), small)) {
            smallRun++;
        }
        int run = smallRun;
        while (run < tail.size() && isBelow(tail.get(run), medium)) {
            run++;
        }
        if (run - smallRun >= fanIn) {
            return merge(connection, tail.subList(0, run));
        }
        return smallRun >= fanIn ? merge(connection, tail.subList(0, smallRun)) : new LogSize(0, 0);
    }

    private static boolean isBelow(Row row, long bytes) {
        return row.part == 0 && row.bytes < bytes;
    }

    private static List<Row> tail(Connection connection, long after, int rows) throws SQLException {
        List<Row> tail = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT id, part, length(data), created_at_ms FROM _wal_segments WHERE id > ? ORDER BY id DESC LIMIT ?")) {
            statement.setLong(1, after);
            statement.setInt(2, rows);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tail.add(new Row(row.getLong(1), row.getInt(2), row.getLong(3), row.getLong(4)));
                }
            }
        }
        return tail;
    }

    /** @param rows newest first */
    private static LogSize merge(Connection connection, List<Row> rows) throws SQLException {
        Row newest = rows.get(0);
        Row oldest = rows.get(rows.size() - 1);
        ChangeEncoder encoder = new ChangeEncoder();
        Lsn start = null;
        Lsn end = null;
        Lsn previous = null;
        long events = 0;
        long bytes = 0;
        for (Segment segment : LogReader.between(connection, oldest.id, newest.id)) {
            new ChangeDecoder().decode(segment.unpack(), encoder);
            if (start == null) {
                start = segment.start();
                previous = segment.previous();
            }
            end = segment.end();
            events += segment.events();
            bytes += segment.data().length;
        }
        Sqlite.execute(connection, "DELETE FROM _wal_segments WHERE id BETWEEN " + oldest.id + " AND " + newest.id);
        Segment merged = Segment.unplaced(start, end, 0, Segment.pack(encoder.slice()), events)
                .placed(oldest.id, previous, newest.createdAtMs);
        LogStatements.insert(connection, merged);
        return new LogSize(1L - rows.size(), merged.data().length - bytes);
    }
}
