/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.ArchivedSegment;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The SQL of the index of archived segments. The caller manages the transactions. */
final class ArchiveIndex {
    static final String COLUMNS = "SELECT epoch, id, lsn_start, lsn_end, part, events, created_at_ms, checksum,"
            + " bytes, lsn_previous, object";

    private ArchiveIndex() {}

    /** The number and bytes of archived segments of all epochs. */
    static LogSize measure(Connection connection) throws SQLException {
        long[] numbers = Sqlite.numbers(connection, "SELECT count(*), coalesce(sum(bytes), 0) FROM _wal_archive", 2);
        return new LogSize(numbers[0], numbers[1]);
    }

    /** Moves segments from the log to the index; a reader sees each segment in exactly one of them. */
    static void move(Connection connection, List<ArchivedSegment> archived, long nowMs) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                        "DELETE FROM _wal_segments WHERE id = ? AND lsn_end = ? AND checksum = ?");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO _wal_archive (epoch, id, lsn_start, lsn_end, part, events, created_at_ms, checksum,"
                                + " bytes, lsn_previous, object, archived_at_ms)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (ArchivedSegment segment : archived) {
                delete.setLong(1, segment.id());
                delete.setLong(2, segment.end().value());
                delete.setLong(3, segment.checksum());
                if (delete.executeUpdate() != 1) {
                    throw new DoLakeException(
                            ErrorCode.INTERNAL_ERROR,
                            "Cannot archive segment " + segment.id() + ": it has changed meanwhile");
                }
                insert(insert, segment, nowMs);
            }
        }
    }

    private static void insert(PreparedStatement insert, ArchivedSegment segment, long nowMs) throws SQLException {
        insert.setString(1, segment.epoch());
        insert.setLong(2, segment.id());
        insert.setLong(3, segment.start().value());
        insert.setLong(4, segment.end().value());
        insert.setInt(5, segment.part());
        insert.setLong(6, segment.events());
        insert.setLong(7, segment.createdAtMs());
        insert.setLong(8, segment.checksum());
        insert.setLong(9, segment.bytes());
        LogStatements.setLsn(insert, 10, segment.previous());
        insert.setString(11, segment.object());
        insert.setLong(12, nowMs);
        insert.executeUpdate();
    }

    /**
     * The segments that are too old for the archive.
     *
     * @param lsn the newest transaction of the present epoch among them; null if there is none
     */
    record Expired(List<ArchivedSegment> segments, Lsn lsn) {}

    /**
     * Finds the expired segments: of the present epoch the longest run of oldest whole transactions that no consumer
     * holds back, of earlier epochs all.
     */
    static Expired expired(Connection connection, String epoch, LogRetention.Rule rule) throws SQLException {
        List<ArchivedSegment> expired = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement(COLUMNS + " FROM _wal_archive WHERE epoch = ? ORDER BY id")) {
            statement.setString(1, epoch);
            try (ResultSet rows = statement.executeQuery()) {
                ArchivedSegment kept = null;
                while (kept == null && rows.next()) {
                    ArchivedSegment segment = row(rows);
                    if (rule.isArchiveDue(segment)) {
                        expired.add(segment);
                    } else {
                        kept = segment;
                    }
                }
                while (kept != null && !expired.isEmpty() && last(expired).end().equals(kept.start())) {
                    expired.remove(expired.size() - 1);
                }
            }
        }
        Lsn lsn = expired.isEmpty() ? null : last(expired).end();
        try (PreparedStatement statement =
                connection.prepareStatement(COLUMNS + " FROM _wal_archive WHERE epoch <> ? AND created_at_ms < ?")) {
            statement.setString(1, epoch);
            statement.setLong(2, rule.oldestMs());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    expired.add(row(rows));
                }
            }
        }
        return new Expired(expired, lsn);
    }

    private static ArchivedSegment last(List<ArchivedSegment> segments) {
        return segments.get(segments.size() - 1);
    }

    /**
     * Removes segments from the index and records their objects, which are deleted when no reader can ask for them any
     * more.
     */
    static void forget(Connection connection, List<ArchivedSegment> segments) throws SQLException {
        try (PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM _wal_archive WHERE epoch = ? AND id = ?");
                PreparedStatement note =
                        connection.prepareStatement("INSERT OR IGNORE INTO _dosql_archive_trash (object) VALUES (?)")) {
            for (ArchivedSegment segment : segments) {
                delete.setString(1, segment.epoch());
                delete.setLong(2, segment.id());
                delete.executeUpdate();
                note.setString(1, segment.object());
                note.executeUpdate();
            }
        }
    }

    /** The objects that are recorded for deletion. */
    static List<String> trash(Connection connection, int limit) throws SQLException {
        List<String> objects = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT object FROM _dosql_archive_trash LIMIT ?")) {
            statement.setInt(1, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    objects.add(rows.getString(1));
                }
            }
        }
        return objects;
    }

    static void deleted(Connection connection, List<String> objects) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM _dosql_archive_trash WHERE object = ?")) {
            for (String object : objects) {
                delete.setString(1, object);
                delete.executeUpdate();
            }
        }
    }

    /** A row of {@link #COLUMNS}. */
    static ArchivedSegment row(ResultSet row) throws SQLException {
        return new ArchivedSegment(
                row.getString(1),
                row.getLong(2),
                new Lsn(row.getLong(3)),
                new Lsn(row.getLong(4)),
                row.getInt(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                LogStatements.lsn(row, 10),
                row.getString(11));
    }
}
