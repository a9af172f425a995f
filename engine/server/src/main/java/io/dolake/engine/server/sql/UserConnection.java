/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.sqlite.TextFunctions;
import io.dolake.engine.server.sqltext.InsertTarget;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.engine.server.sqltext.Unstoppable;
import io.dolake.engine.server.support.Memory;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TextEncoding;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteLimits;
import org.sqlite.core.CoreStatement;

/**
 * A connection that runs statements of users. The change log is attached, read-only, when a statement first names it.
 * Not thread-safe.
 */
public final class UserConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UserConnection.class);

    private static final String SCHEMA = "_dosql_log";
    private static final Pattern LOG_MISSING = Pattern.compile(
            "no such table: (?:\\w+\\.)?_wal_(?:segments|archive)|(?:unknown database |no such table: )_dosql_log.*",
            Pattern.CASE_INSENSITIVE);
    /** Statements that apply to every attached database unless they name one. */
    private static final Set<String> OF_ALL_SCHEMAS = Set.of("ANALYZE", "REINDEX", "PRAGMA", "VACUUM");

    private final DatabaseFiles files;
    private final Deadlines deadlines;
    private final SQLiteConnection connection;
    private final Deadlines.Deadline deadline;
    private final StatementCache statements;
    private final PreparedStatement rowidQuery;
    private long lastInsertRowid;
    /** The last insert that gave no rowid; most likely it will be run again. */
    private String keyless = "";

    private boolean logAttached;
    /** The encoding of the database; null until a statement was run. */
    private TextEncoding encoding;

    private boolean queryOnly;
    private final SchemaTrust trust;
    private final TextFunctions functions;
    private final int maxValueBytes;
    private Limits limits;

    /** The limits that SQLite enforces for one statement. */
    record Limits(int valueBytes, int patternBytes) {}

    private UserConnection(
            DatabaseFiles files,
            ConnectionResources resources,
            SchemaTrust trust,
            SQLiteConnection connection,
            StatementCache statements)
            throws SQLException {
        this.files = files;
        this.trust = trust;
        maxValueBytes = Sqlite.valueBytes(resources.config());
        limits = new Limits(maxValueBytes, Unstoppable.MAX_PATTERN_BYTES);
        deadlines = resources.deadlines();
        this.connection = connection;
        this.statements = statements;
        deadline = deadlines.of(connection);
        functions = TextFunctions.register(
                connection, maxValueBytes, deadline::isStopped, () -> encoding, resources.memory());
        rowidQuery = connection.prepareStatement("SELECT last_insert_rowid()");
    }

    public static UserConnection open(
            DatabaseFiles files, ConnectionResources resources, boolean readOnly, SchemaTrust trust) {
        ServerConfig config = resources.config();
        SQLiteConnection connection = null;
        try {
            connection = readOnly ? Sqlite.openReader(files.main(), config) : Sqlite.openWriter(files.main(), config);
            Sqlite.limit(connection, config);
            if (trust.isHarmless()) {
                Sqlite.execute(connection, "PRAGMA trusted_schema = ON");
            }
            return new UserConnection(files, resources, trust, connection, new StatementCache(connection, config));
        } catch (SQLException e) {
            QuietClose.close(connection);
            throw SqlErrors.io("open database '" + files.name() + "'", e);
        }
    }

    /**
     * How much of a result to read at a time.
     *
     * @param memory counts the bytes before they are read
     */
    public record Page(int rows, long bytes, Memory.Lease memory) {}

    /**
     * Sets whether SQLite refuses all writes. Used for statements that run without the write lock, because they were
     * classified as reads by their text alone.
     */
    public void queryOnly(boolean only) {
        if (only != queryOnly) {
            execute("PRAGMA query_only = " + (only ? "ON" : "OFF"));
            queryOnly = only;
        }
    }

    /** Starts a statement; its rows are read from the execution, which the caller closes. */
    RunningStatement start(SqlRequest request) {
        try {
            refuseShadows(request.text().shadows());
            trust.learn(request.text());
            Limits limits = limitsOf(request);
            set(limits);
            if (OF_ALL_SCHEMAS.contains(request.text().verb())) {
                fitLog(request.text());
            }
            try {
                return startInTime(request, limits);
            } catch (SQLException e) {
                if (logAttached
                        || !LOG_MISSING.matcher(SqlErrors.nativeMessage(e)).matches()) {
                    throw e;
                }
                attachLog();
                return startInTime(request, limits);
            }
        } catch (SQLException e) {
            throw SqlErrors.statement(e, request.text().sql(), connection);
        }
    }

    private Limits limitsOf(SqlRequest request) {
        Unstoppable called =
                request.text().unstoppable().with(request.parameters()).and(trust.unstoppable());
        int most = Sqlite.valueBytes(request.text().calls(), maxValueBytes);
        return new Limits(called.maxValueBytes(most), called.maxPatternBytes());
    }

    private void set(Limits wanted) throws SQLException {
        if (wanted.valueBytes != limits.valueBytes) {
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, wanted.valueBytes);
        }
        if (wanted.patternBytes != limits.patternBytes) {
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, wanted.patternBytes);
        }
        limits = wanted;
    }

    private RunningStatement startInTime(SqlRequest request, Limits limits) throws SQLException {
        try (Deadlines.Deadline started = deadline.start()) {
            return startBefore(started, request, limits);
        }
    }

    /**
     * Attaches the change log. SQLite then finds the log's tables, but only by names that the database itself does not
     * have.
     */
    private void attachLog() throws SQLException {
        Sqlite.execute(connection, "ATTACH '" + Sqlite.readOnlyUri(files.log()).replace("'", "''") + "' AS " + SCHEMA);
        logAttached = true;
    }

    /**
     * Attaches or detaches the change log before a statement that applies to all schemas: only a PRAGMA that names a
     * table of the log may see it.
     */
    private void fitLog(SqlText text) throws SQLException {
        boolean isWanted = text.kind() == SqlText.Kind.PRAGMA && SqlErrors.namesLog(text.sql());
        if (isWanted && !logAttached) {
            attachLog();
        } else if (!isWanted && logAttached) {
            detachLog();
        }
    }

    private void detachLog() {
        try {
            Sqlite.execute(connection, "DETACH " + SCHEMA);
            logAttached = false;
        } catch (SQLException e) {
            // A cursor or the transaction still reads it. SQLite then refuses the statement, as it would write to the
            // log.
            LOG.debug("The change log stays attached: {}", e.getMessage());
        }
    }

    /** Refuses writes to the shadow tables of a virtual table: foreign contents would damage it. */
    private void refuseShadows(List<String> names) throws SQLException {
        for (String name : names) {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT 1 FROM pragma_table_list WHERE type = 'shadow' AND name = ? COLLATE NOCASE")) {
                query.setString(1, name);
                if (query.executeQuery().next()) {
                    throw SqlGuard.refused(
                            "a write to " + name.toLowerCase(Locale.ROOT),
                            "The table belongs to a virtual table: write to that one.");
                }
            }
        }
    }

    private RunningStatement startBefore(Deadlines.Deadline started, SqlRequest request, Limits limits)
            throws SQLException {
        try {
            return RunningStatement.start(connection, statements, request, knownEncoding(), limits);
        } catch (SQLException e) {
            throw ended(started, e);
        }
    }

    /**
     * Reports why a statement has ended, if the engine ended it.
     *
     * @throws DoLakeException TIMEOUT, or the refusal for lack of memory
     */
    private SQLException ended(Deadlines.Deadline started, SQLException e) {
        DoLakeException refusal = functions.refusal();
        // A statement past its deadline may still have returned a row, and is interrupted at its next step.
        if (started.isExpired() || SqlErrors.primary(e) == SQLiteErrorCode.SQLITE_INTERRUPT) {
            throw timeout();
        }
        if (refusal != null) {
            throw refusal;
        }
        return e;
    }

    /** The text encoding of the database. */
    TextEncoding encoding() {
        try {
            return knownEncoding();
        } catch (SQLException e) {
            throw SqlErrors.io("read the encoding of database '" + files.name() + "'", e);
        }
    }

    private TextEncoding knownEncoding() throws SQLException {
        if (encoding == null) {
            encoding = switch (Sqlite.text(connection, "PRAGMA encoding")) {
                case "UTF-16le" -> TextEncoding.UTF_16LE;
                case "UTF-16be" -> TextEncoding.UTF_16BE;
                default -> TextEncoding.UTF_8;
            };
        }
        return encoding;
    }

    /** Reads the next page. */
    Rows read(RunningStatement execution, Page page) {
        try (Deadlines.Deadline started = deadline.start()) {
            try {
                set(execution.limits()); // another statement may have run since it was started
                return execution.read(page);
            } catch (SQLException e) {
                throw SqlErrors.statement(ended(started, e), execution.sql(), connection);
            }
        }
    }

    /** Runs a statement to its end. */
    public StatementResult run(SqlRequest request, Page page) {
        long before = lastInsertRowid;
        try {
            Rows rows;
            RunningStatement execution = start(request);
            try (execution) {
                rows = execution.hasRows() ? read(execution, page) : null;
            }
            if (!request.text().insertsNothing()) {
                lastInsertRowid = askLastInsertRowid();
            }
            long changes = execution.changes();
            return new StatementResult(changes, lastInsertRowid, generatedKey(request.text(), changes, before), rows);
        } catch (SQLException e) {
            throw SqlErrors.statement(e, request.text().sql(), connection);
        }
    }

    /**
     * The rowid of the last row that a statement has inserted; null if it has inserted none, or the table has no rowid.
     * SQLite reports only the rowid of the connection's last insert, whichever statement that was.
     */
    private Long generatedKey(SqlText text, long changes, long before) throws SQLException {
        if (!text.inserts() || changes == 0) {
            return null;
        }
        if (lastInsertRowid == before && !insertsRowid(text.sql())) {
            return null;
        }
        return lastInsertRowid;
    }

    /** Whether an insert that left the last rowid unchanged has inserted that rowid again. */
    private boolean insertsRowid(String sql) throws SQLException {
        if (sql.equals(keyless)) {
            return false;
        }
        InsertTarget target = InsertTarget.of(sql);
        if (!target.mayUpdate() && target.hasRowid(connection)) {
            return true;
        }
        keyless = sql;
        return false;
    }

    /** Runs SQL of the engine. */
    public void execute(String sql) {
        try {
            Sqlite.execute(connection, sql);
        } catch (SQLException e) {
            throw SqlErrors.statement(e, sql, connection);
        }
    }

    /** Whether a transaction is open; an error may have ended it. */
    public boolean isInTransaction() {
        try {
            Sqlite.execute(connection, "BEGIN");
            Sqlite.execute(connection, "ROLLBACK");
            return false;
        } catch (SQLException e) {
            return SqlErrors.nativeMessage(e).contains("within a transaction");
        }
    }

    /** Rolls back after a failure outside of a transaction, so that none stays open. */
    public void rollBackIfOpen() {
        if (isInTransaction()) {
            execute("ROLLBACK");
        }
    }

    /** Stops the running statement, if any, from another thread. */
    public void interrupt() {
        deadline.interrupt();
    }

    private long askLastInsertRowid() throws SQLException {
        // Runs below JDBC, since it is called after every write and a ResultSet would first read the names of its
        // columns.
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
        QuietClose.close(statements, rowidQuery, connection);
    }
}
