/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.engine.server.sqltext.Unstoppable;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/**
 * Opens SQLite files with the settings that the engine always uses: {@code unix-excl} (other processes are locked out,
 * no {@code -shm} file), {@code synchronous=FULL}, and no automatic checkpoint.
 */
public final class Sqlite {
    /** The oldest SQLite that has {@code wal_checkpoint(noop)} and does not have the WAL-reset bug. */
    private static final int[] OLDEST = {3, 51, 3};

    private static final int BUSY_TIMEOUT_MS = 5_000;
    private static final int PARSER_DEPTH = 12;
    private static final int VALUE_PART_OF_HEAP = 16;
    private static final int MIN_VALUE_BYTES = 1 << 20;
    private static final int CALLS_OF_FULL_SIZE = 16;
    private static final int MIN_CALL_BYTES = 64 << 10;

    private Sqlite() {}

    /** Refuses a version of SQLite that could corrupt data. */
    public static void checkVersion() {
        try (Connection connection = JDBC.createConnection("jdbc:sqlite::memory:", new Properties())) {
            String version = text(connection, "SELECT sqlite_version()");
            String[] parts = version.split("\\.");
            for (int i = 0; i < OLDEST.length; i++) {
                int part = Integer.parseInt(parts[i]);
                if (part > OLDEST[i]) {
                    return;
                }
                if (part < OLDEST[i]) {
                    throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot use SQLite " + version + ": 3.51.3 or newer is needed");
                }
            }
        } catch (SQLException e) {
            throw SqlErrors.io("load SQLite", e);
        }
    }

    /** A connection for writing; the file is created if missing. */
    public static SQLiteConnection openWriter(Path file, ServerConfig config) throws SQLException {
        return open(file, "", config);
    }

    public static SQLiteConnection openReader(Path file, ServerConfig config) throws SQLException {
        return open(file, "&mode=ro", config);
    }

    /** The URI of a file, for ATTACH. */
    public static String readOnlyUri(Path file) {
        return uri(file, "&mode=ro");
    }

    private static String uri(Path file, String options) {
        return "file:" + file.toAbsolutePath().toUri().getRawPath() + "?vfs=unix-excl" + options;
    }

    private static SQLiteConnection open(Path file, String options, ServerConfig config) throws SQLException {
        Properties properties = new Properties();
        // The driver would read the rowid after every insert; the engine reads it only where it is wanted.
        properties.setProperty(SQLiteConfig.Pragma.JDBC_GET_GENERATED_KEYS.pragmaName, "false");
        SQLiteConnection connection = JDBC.createConnection("jdbc:sqlite:" + uri(file, options), properties);
        // Transactions begin and end by SQL. With this setting the driver does not run a BEGIN of its own after every
        // statement.
        connection.getConnectionConfig().setAutoCommit(false);
        try {
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, config.intLimit(Limit.MAX_VALUE_BYTES));
            execute(connection, "PRAGMA trusted_schema = OFF");
            // A page with impossible cell positions is detected when it is read, not when it is overwritten.
            execute(connection, "PRAGMA cell_size_check = ON");
            execute(connection, "PRAGMA wal_autocheckpoint = 0");
            execute(connection, "PRAGMA synchronous = FULL");
            execute(connection, "PRAGMA journal_size_limit = " + config.limit(Limit.WAL_KEPT_BYTES));
            execute(connection, "PRAGMA busy_timeout = " + BUSY_TIMEOUT_MS);
            execute(connection, "PRAGMA foreign_keys = ON");
            execute(connection, "PRAGMA cache_size = -" + config.limit(Limit.PAGE_CACHE_KIB));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /**
     * Sets every limit that SQLite has, for a connection that runs statements of users. The limits bound the depth of
     * recursion, hence the stack that a thread needs, and the size of one value.
     */
    public static void limit(SQLiteConnection connection, ServerConfig config) throws SQLException {
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, valueBytes(config));
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, 1_000_000);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_COLUMN, 2_000);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_EXPR_DEPTH, 1_000);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_COMPOUND_SELECT, 500);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_VDBE_OP, 2_000_000);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_FUNCTION_ARG, 100);
        // Two attached databases: the change log, and the copy that VACUUM makes.
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 2);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, Unstoppable.MAX_PATTERN_BYTES);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_VARIABLE_NUMBER, SqlText.MAX_PARAMETERS);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_TRIGGER_DEPTH, 1_000);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_WORKER_THREADS, 0);
        // The driver has no constant for this limit.
        connection.getDatabase().limit(PARSER_DEPTH, 2_500);
    }

    /**
     * The largest value in a statement. SQLite may hold the results of all function calls of a statement at once, in
     * memory that the engine cannot count, so the limit is smaller for a statement with many calls.
     */
    public static int valueBytes(int calls, int most) {
        return calls <= CALLS_OF_FULL_SIZE
                ? most
                : (int) Math.max(Math.min(most, MIN_CALL_BYTES), (long) most * CALLS_OF_FULL_SIZE / calls);
    }

    /** The largest value; bounded by the heap, because a row is held several times until its change is in the log. */
    public static int valueBytes(ServerConfig config) {
        long ofHeap = Runtime.getRuntime().maxMemory() / VALUE_PART_OF_HEAP;
        return (int) Math.min(config.limit(Limit.MAX_VALUE_BYTES), Math.max(ofHeap, MIN_VALUE_BYTES));
    }

    /** Runs a statement of the engine; rows are discarded. */
    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** First column of the first row as text; null if there is no row. */
    public static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    /** The numbers of the first row, which must exist. */
    public static long[] numbers(Connection connection, String sql, int columns) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new SQLException("no row from " + sql);
            }
            long[] values = new long[columns];
            for (int i = 0; i < columns; i++) {
                values[i] = rows.getLong(i + 1);
            }
            return values;
        }
    }
}
