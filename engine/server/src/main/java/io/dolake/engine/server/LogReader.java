/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/** Reads segments in order, over a connection of its own. Not thread-safe. */
final class LogReader implements AutoCloseable {
    private static final String COLUMNS = "SELECT id, lsn_start, lsn_end, part, events, checksum, data ";
    private static final String OLDEST = ", (SELECT oldest FROM _dosql_state) ";

    private final String database;
    private final SQLiteConnection connection;

    private LogReader(String database, SQLiteConnection connection) {
        this.database = database;
        this.connection = connection;
    }

    static LogReader open(DatabaseFiles files, ServerConfig config) {
        SQLiteConnection connection = null;
        try {
            connection = Sqlite.openReader(files.log(), config);
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, Integer.MAX_VALUE);
            return new LogReader(files.name(), connection);
        } catch (SQLException e) {
            Closer.close(connection);
            throw SqlErrors.io("read the change log of database '" + files.name() + "'", e);
        }
    }

    /** @param oldest the log held every transaction after it when the segment was read */
    record Found(Segment segment, Lsn oldest) {}

    /**
     * The first segment with changes behind a place in the log.
     *
     * @param after transactions up to this LSN are done with, except for parts of it behind {@code afterId}
     * @param afterId last part read of the transaction at {@code after}; {@link Long#MAX_VALUE} if it was read whole
     * @return null if there is none yet
     */
    Found next(Lsn after, long afterId) {
        try (PreparedStatement statement = connection.prepareStatement(
                COLUMNS + OLDEST + "FROM _wal_segments WHERE lsn_end >= ?1 AND (lsn_end > ?1 OR id > ?2)"
                        + " ORDER BY lsn_end, id LIMIT 1")) {
            statement.setLong(1, after.value());
            statement.setLong(2, afterId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new Found(segment(row), new Lsn(row.getLong(8))) : null;
            }
        } catch (SQLException e) {
            throw SqlErrors.io("read the change log of database '" + database + "'", e);
        }
    }

    /** Events of the segments that hold transactions after an LSN; an upper bound of the events after it. */
    long eventsAfter(Lsn lsn) {
        try {
            return Sqlite.numbers(
                    connection, "SELECT coalesce(sum(events), 0) FROM _wal_segments WHERE lsn_end > " + lsn.value(), 1)[
                    0];
        } catch (SQLException e) {
            throw SqlErrors.io("read the change log of database '" + database + "'", e);
        }
    }

    static List<Segment> between(Connection connection, long first, long last) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(COLUMNS + "FROM _wal_segments WHERE id BETWEEN ? AND ? ORDER BY id")) {
            statement.setLong(1, first);
            statement.setLong(2, last);
            return read(statement);
        }
    }

    private static List<Segment> read(PreparedStatement statement) throws SQLException {
        List<Segment> segments = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                segments.add(segment(row));
            }
        }
        return segments;
    }

    private static Segment segment(ResultSet row) throws SQLException {
        Segment segment = new Segment(
                row.getLong(1),
                new Lsn(row.getLong(2)),
                new Lsn(row.getLong(3)),
                row.getInt(4),
                row.getBytes(7),
                row.getLong(5));
        if (segment.checksum() != row.getLong(6)) {
            throw segment.corrupt("its checksum does not match");
        }
        return segment;
    }

    @Override
    public void close() {
        Closer.close(connection);
    }
}
