/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TextEncoding;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.CoreStatement;

/**
 * A connection that runs statements of users. The change log is attached, read-only, when a statement first asks for
 * it. Not thread-safe.
 */
final class UserConnection implements AutoCloseable {
    private static final String SCHEMA = "_dosql_log";

    private final DatabaseFiles files;
    private final Deadlines deadlines;
    private final SQLiteConnection connection;
    private final Deadlines.Deadline deadline;
    private final StatementCache statements;
    private final PreparedStatement rowidQuery;
    private long lastInsertRowid;
    private boolean logAttached;
    /** Of the database; null until a statement was run. */
    private TextEncoding encoding;

    private UserConnection(
            DatabaseFiles files, Deadlines deadlines, SQLiteConnection connection, StatementCache statements)
            throws SQLException {
        this.files = files;
        this.deadlines = deadlines;
        this.connection = connection;
        this.statements = statements;
        rowidQuery = connection.prepareStatement("SELECT last_insert_rowid()");
        deadline = deadlines.of(connection);
    }

    static UserConnection open(DatabaseFiles files, ServerConfig config, Deadlines deadlines, boolean readOnly) {
        SQLiteConnection connection = null;
        try {
            connection = readOnly ? Sqlite.openReader(files.main(), config) : Sqlite.openWriter(files.main(), config);
            return new UserConnection(files, deadlines, connection, new StatementCache(connection, config));
        } catch (SQLException e) {
            Closer.close(connection);
            throw SqlErrors.io("open database '" + files.name() + "'", e);
        }
    }

    /** How much of a result to read at once. */
    record Page(int rows, long bytes) {}

    /** Starts a statement; its rows are read from the execution, which the caller closes. */
    Execution start(SqlRequest request) {
        try {
            if (request.text().readsLog() && !logAttached) {
                Sqlite.execute(
                        connection, "ATTACH '" + Sqlite.readOnlyUri(files.log()).replace("'", "''") + "' AS " + SCHEMA);
                logAttached = true;
            }
            try (Deadlines.Deadline started = deadline.start()) {
                return startBefore(started, request);
            }
        } catch (SQLException e) {
            throw SqlErrors.statement(e, request.text().sql(), connection);
        }
    }

    private Execution startBefore(Deadlines.Deadline started, SqlRequest request) throws SQLException {
        try {
            return Execution.start(connection, statements, request, encoding());
        } catch (SQLException e) {
            if (started.isExpired()) {
                throw timeout();
            }
            throw e;
        }
    }

    private TextEncoding encoding() throws SQLException {
        if (encoding == null) {
            encoding = switch (Sqlite.text(connection, "PRAGMA encoding")) {
                case "UTF-16le" -> TextEncoding.UTF_16LE;
                case "UTF-16be" -> TextEncoding.UTF_16BE;
                default -> TextEncoding.UTF_8;
            };
        }
        return encoding;
    }

    /** Reads on. */
    Rows read(Execution execution, Page page) {
        try (Deadlines.Deadline started = deadline.start()) {
            try {
                return execution.read(page);
            } catch (SQLException e) {
                if (started.isExpired()) {
                    throw timeout();
                }
                throw SqlErrors.statement(e, execution.sql(), connection);
            }
        }
    }

    /** Runs a statement to its end. */
    Outcome run(SqlRequest request, Page page) {
        try {
            Rows rows;
            Execution execution = start(request);
            try (execution) {
                rows = execution.hasRows() ? read(execution, page) : null;
            }
            if (!request.text().insertsNothing()) {
                lastInsertRowid = askLastInsertRowid();
            }
            return new Outcome(execution.changes(), lastInsertRowid, rows);
        } catch (SQLException e) {
            throw SqlErrors.statement(e, request.text().sql(), connection);
        }
    }

    /** Runs SQL of our own. */
    void execute(String sql) {
        try {
            Sqlite.execute(connection, sql);
        } catch (SQLException e) {
            throw SqlErrors.statement(e, sql, connection);
        }
    }

    /** Whether a transaction is open; it may have ended by itself after an error. */
    boolean isInTransaction() {
        try {
            Sqlite.execute(connection, "BEGIN");
            Sqlite.execute(connection, "ROLLBACK");
            return false;
        } catch (SQLException e) {
            return SqlErrors.nativeMessage(e).contains("within a transaction");
        }
    }

    /** Stops the running statement, if any, from another thread. */
    void interrupt() {
        try {
            connection.getDatabase().interrupt();
        } catch (SQLException e) {
            Log.LOG.debug("Cannot interrupt a statement: {}", e.getMessage());
        }
    }

    private long askLastInsertRowid() throws SQLException {
        // Below JDBC: after every write, and a ResultSet would ask for the names of its columns first.
        return ((CoreStatement) rowidQuery).pointer.safeRunLong((database, pointer) -> {
            database.step(pointer);
            long rowid = database.column_long(pointer, 0);
            database.reset(pointer);
            return rowid;
        });
    }

    private DoLakeException timeout() {
        return new DoLakeException(
                        ErrorCode.TIMEOUT, "Cannot run statement: it took longer than " + deadlines.timeoutMs() + " ms")
                .withHint(
                        "DOSQL_QUERY_TIMEOUT_MS sets the limit; EXPLAIN QUERY PLAN shows whether an index is missing.");
    }

    @Override
    public void close() {
        deadlines.forget(deadline);
        Closer.close(statements, rowidQuery, connection);
    }
}
