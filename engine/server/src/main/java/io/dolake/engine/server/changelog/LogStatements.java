/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.Segment;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;

/** The SQL of a change log file. Holds no state; the caller manages the transactions. */
final class LogStatements {
    /**
     * Version of the format. 2: a log may have an archive; a program that does not know it would skip the archived
     * segments. 3: segments may be compressed with Zstandard.
     */
    private static final int FORMAT = 3;

    private static final int OLDEST_FORMAT = 1;

    private LogStatements() {}

    /**
     * What the log holds.
     *
     * @param lastId the largest id of a segment; 0 if there is none
     */
    record Content(LogSize size, long lastId) {}

    static Content measure(Connection connection) throws SQLException {
        long[] numbers = Sqlite.numbers(
                connection,
                "SELECT count(*), coalesce(sum(length(data)), 0), coalesce(max(id), 0) FROM _wal_segments",
                3);
        return new Content(new LogSize(numbers[0], numbers[1]), numbers[2]);
    }

    /** Reads the state; null if the log was just created. */
    static LogState readState(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT format, epoch, reason, lsn, salt1, salt2, frames, checksum1, checksum2, oldest,"
                                + " may_reset, fingerprint, coalesce(newest, (SELECT max(lsn_end) FROM _wal_segments), 0)"
                                + " FROM _dosql_state");
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            if (row.getInt(1) < OLDEST_FORMAT || row.getInt(1) > FORMAT) {
                throw new DoLakeException(
                                ErrorCode.CHANGE_LOG_CORRUPT,
                                "Cannot read change log: its format is " + row.getInt(1) + ", not " + FORMAT)
                        .withHint("It was written by another version of the engine.");
            }
            WalPosition position = new WalPosition(
                    row.getInt(5),
                    row.getInt(6),
                    row.getLong(7),
                    row.getInt(8),
                    row.getInt(9),
                    new Lsn(row.getLong(4)));
            return new LogState(
                    row.getString(2),
                    row.getString(3),
                    position,
                    new Lsn(row.getLong(10)),
                    new Lsn(row.getLong(13)),
                    row.getBoolean(11),
                    row.getString(12));
        }
    }

    static void writeState(Connection connection, LogState state) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT OR REPLACE INTO _dosql_state (id, format, epoch, reason, lsn,"
                        + " salt1, salt2, frames, checksum1, checksum2, oldest, may_reset, fingerprint, newest)"
                        + " VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            WalPosition position = state.position();
            statement.setInt(1, FORMAT);
            statement.setString(2, state.epoch());
            statement.setString(3, state.reason());
            statement.setLong(4, position.lsn().value());
            statement.setInt(5, position.salt1());
            statement.setInt(6, position.salt2());
            statement.setLong(7, position.frames());
            statement.setInt(8, position.checksum1());
            statement.setInt(9, position.checksum2());
            statement.setLong(10, state.oldest().value());
            statement.setBoolean(11, state.mayReset());
            statement.setString(12, state.fingerprint());
            statement.setLong(13, state.newest().value());
            statement.executeUpdate();
        }
    }

    /** Empties the log for a new epoch. */
    static void clear(Connection connection, LogState state, long nowMs) throws SQLException {
        Sqlite.execute(connection, "DELETE FROM _wal_segments");
        Sqlite.execute(connection, "DELETE FROM _dosql_schema_lsns");
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO _dosql_epochs (epoch, reason, began_at_ms) VALUES (?, ?, ?)")) {
            statement.setString(1, state.epoch());
            statement.setString(2, state.reason());
            statement.setLong(3, nowMs);
            statement.executeUpdate();
        }
    }

    /** Whether an epoch is the present one or an earlier one. */
    static boolean knowsEpoch(Connection connection, String epoch) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT count(*) FROM _dosql_epochs WHERE epoch = ?")) {
            statement.setString(1, epoch);
            try (ResultSet row = statement.executeQuery()) {
                return row.getLong(1) > 0;
            }
        }
    }

    /** Stores a segment under its id. */
    static void insert(Connection connection, Segment segment) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO _wal_segments (id, lsn_start, lsn_end, part, events, created_at_ms, checksum, data,"
                        + " lsn_previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            statement.setLong(1, segment.id());
            statement.setLong(2, segment.start().value());
            statement.setLong(3, segment.end().value());
            statement.setInt(4, segment.part());
            statement.setLong(5, segment.events());
            statement.setLong(6, segment.createdAtMs());
            statement.setLong(7, segment.checksum());
            statement.setBytes(8, segment.data());
            setLsn(statement, 9, segment.previous());
            statement.executeUpdate();
        }
    }

    /** Binds an LSN; null becomes NULL. */
    static void setLsn(PreparedStatement statement, int index, Lsn lsn) throws SQLException {
        if (lsn == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, lsn.value());
        }
    }

    /** Reads an LSN; NULL becomes null. */
    static Lsn lsn(ResultSet row, int index) throws SQLException {
        long value = row.getLong(index);
        return row.wasNull() ? null : new Lsn(value);
    }

    static Map<String, Lsn> schemaLsns(Connection connection) throws SQLException {
        Map<String, Lsn> lsns = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT name, lsn FROM _dosql_schema_lsns");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                lsns.put(rows.getString(1), new Lsn(rows.getLong(2)));
            }
        }
        return lsns;
    }

    static void writeSchemaLsns(Connection connection, Map<String, Lsn> lsns) throws SQLException {
        Sqlite.execute(connection, "DELETE FROM _dosql_schema_lsns");
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO _dosql_schema_lsns (name, lsn) VALUES (?, ?)")) {
            for (Map.Entry<String, Lsn> entry : lsns.entrySet()) {
                statement.setString(1, entry.getKey());
                statement.setLong(2, entry.getValue().value());
                statement.executeUpdate();
            }
        }
    }
}
