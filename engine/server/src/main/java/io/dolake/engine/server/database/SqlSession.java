/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.sql.Cursors;
import io.dolake.engine.server.sql.Rows;
import io.dolake.engine.server.sql.SqlGuard;
import io.dolake.engine.server.sql.SqlRequest;
import io.dolake.engine.server.sql.StatementBatch;
import io.dolake.engine.server.sql.StatementResult;
import io.dolake.engine.server.sql.Tables;
import io.dolake.engine.server.sql.UserConnection;
import io.dolake.engine.server.sqltext.PragmaText;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session: one user's connection with its transaction and cursors. Statements run in order. Methods may be called
 * from any thread; one runs at a time.
 */
public final class SqlSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqlSession.class);

    private static final List<Rows.Column> QUERY_ONLY = List.of(new Rows.Column("query_only", ""));

    private final String id;
    private final Database database;
    private final UserConnection connection;
    private final Cursors cursors;
    private final SessionTransaction transaction;
    private volatile long lastUseNanos = System.nanoTime();
    private volatile boolean closed;

    SqlSession(String id, Database database, UserConnection connection) {
        this.id = id;
        this.database = database;
        this.connection = connection;
        this.cursors = new Cursors(connection, database.config());
        this.transaction = new SessionTransaction("session " + id, database, connection, cursors);
    }

    Database database() {
        return database;
    }

    /** Runs a statement whose rows are read page by page. */
    public synchronized Cursors.Page query(SqlRequest request, int fetchSize, Memory.Lease memory) {
        touch();
        SqlText text = request.text();
        SqlGuard.check(text, true);
        if (SqlGuard.isRead(text) && !isQueryOnly(text)) {
            transaction.requireNotLost();
            return transaction.guarded(() -> {
                connection.queryOnly(!transaction.isWriting());
                return cursors.open(request, fetchSize, memory);
            });
        }
        StatementResult outcome = exec(request, memory).result();
        return new Cursors.Page(outcome.rowsOrNone(), 0);
    }

    /** The tables as the session's transaction sees them. */
    public synchronized List<TableSchema> schema(Memory.Lease memory) {
        touch();
        transaction.requireNotLost();
        return transaction.guarded(() -> {
            connection.queryOnly(!transaction.isWriting());
            return Tables.read(connection, cursors.schemaPage(memory));
        });
    }

    public synchronized Cursors.Page fetch(long cursor, int fetchSize, Memory.Lease memory) {
        touch();
        transaction.requireNotLost();
        return transaction.guarded(() -> cursors.fetch(cursor, fetchSize, memory));
    }

    public synchronized void closeCursor(long cursor) {
        touch();
        cursors.close(cursor);
    }

    public synchronized Database.Written<StatementResult> exec(SqlRequest request, Memory.Lease memory) {
        touch();
        SqlText text = request.text();
        SqlGuard.check(text, true);
        if (text.kind() != SqlText.Kind.ROLLBACK && text.kind() != SqlText.Kind.BEGIN) {
            transaction.requireNotLost();
        }
        UserConnection.Page page = cursors.execPage(memory);
        return switch (text.kind()) {
            case READ -> read(request, page);
            case WRITE ->
                transaction.write(() -> text.returns() ? atomically(request, page) : connection.run(request, page));
            case PRAGMA -> pragma(request, page);
            case BEGIN -> control(() -> begin(beginMode(text)));
            case COMMIT -> control(this::commit);
            case ROLLBACK -> control(this::rollback);
            case SAVEPOINT -> transaction.savepoint(request, page);
            case RELEASE -> transaction.release(request, page);
            case ROLLBACK_TO -> transaction.inTransaction(() -> connection.run(request, page));
            case EMPTY -> throw new IllegalStateException("an empty statement was already refused");
        };
    }

    private static boolean isQueryOnly(SqlText text) {
        return PragmaText.of(text.sql()).name().equals("QUERY_ONLY");
    }

    private Database.Written<StatementResult> read(SqlRequest request, UserConnection.Page page) {
        return transaction.inState(() -> {
            connection.queryOnly(!transaction.isWriting());
            return connection.run(request, page);
        });
    }

    /** Runs a statement that has no effect if its rows cannot be returned. */
    private StatementResult atomically(SqlRequest request, UserConnection.Page page) {
        return !transaction.isOpen()
                ? StatementBatch.oneInTransaction(connection, request, page)
                : StatementBatch.oneInSavepoint(connection, request, page);
    }

    private Database.Written<StatementResult> control(Runnable action) {
        action.run();
        return new Database.Written<>(StatementResult.NOTHING, transaction.currentLsn());
    }

    /** The mode of a BEGIN; without a word it is deferred, as in SQLite. */
    private static SessionTransaction.Mode beginMode(SqlText text) {
        boolean immediate = text.head().contains("IMMEDIATE") || text.head().contains("EXCLUSIVE");
        return immediate ? SessionTransaction.Mode.IMMEDIATE : SessionTransaction.Mode.DEFERRED;
    }

    private Database.Written<StatementResult> pragma(SqlRequest request, UserConnection.Page page) {
        if (isQueryOnly(request.text())) {
            return transaction.inState(
                    () -> queryOnly(PragmaText.of(request.text().sql())));
        }
        switch (SqlGuard.pragma(request.text())) {
            case READ:
                return read(request, page);
            case SESSION:
                return transaction.inState(() -> connection.run(request, page));
            case WRITE:
                return transaction.write(() -> connection.run(request, page));
            default:
                if (transaction.isOpen()) {
                    throw new DoLakeException(
                            ErrorCode.TRANSACTION_STATE, "Cannot checkpoint: a transaction of this session is open");
                }
                return new Database.Written<>(CheckpointPragma.run(database, request.text()), database.lsn());
        }
    }

    /** Answers PRAGMA query_only: the connection's own setting changes with each statement. */
    private StatementResult queryOnly(PragmaText pragma) {
        if (pragma.hasArgument()) {
            transaction.readOnly(pragma.isOn());
            return StatementResult.NOTHING;
        }
        Object[] row = {transaction.isReadOnly() ? 1L : 0L};
        return new StatementResult(0, 0, null, new Rows(QUERY_ONLY, java.util.Collections.singletonList(row), false));
    }

    public synchronized Database.Written<List<StatementResult>> batch(List<SqlRequest> requests, Memory.Lease memory) {
        touch();
        transaction.requireNotLost();
        UserConnection.Page page = cursors.execPage(memory);
        return transaction.write(() -> !transaction.isOpen()
                ? StatementBatch.transaction(connection, requests, page)
                : StatementBatch.savepoint(connection, requests, page));
    }

    /** Begins; returns the newest commit that the transaction sees or, if deferred, the newest commit now. */
    public synchronized Lsn begin(SessionTransaction.Mode mode) {
        touch();
        return transaction.begin(mode);
    }

    /** Commits; returns the newest commit. */
    public synchronized Lsn commit() {
        touch();
        return transaction.commit();
    }

    public synchronized Lsn rollback() {
        touch();
        return transaction.rollback();
    }

    private void touch() {
        if (closed) {
            throw new DoLakeException(ErrorCode.CONNECTION_ERROR, "Cannot use session: it is closed");
        }
        lastUseNanos = System.nanoTime();
    }

    /** Rolls back a transaction that was idle for too long. */
    void expire(long nowNanos) {
        long shortest = Math.min(
                database.config().limit(Limit.TRANSACTION_IDLE_TIMEOUT_MS),
                database.config().limit(Limit.READ_ONLY_IDLE_TIMEOUT_MS));
        if (TimeUnit.NANOSECONDS.toMillis(nowNanos - lastUseNanos) >= shortest) {
            expireIfIdle(nowNanos);
        }
    }

    private synchronized void expireIfIdle(long nowNanos) {
        if (!closed) {
            transaction.expire(TimeUnit.NANOSECONDS.toMillis(nowNanos - lastUseNanos));
        }
    }

    /** Interrupts the running statement, rolls back, and closes the connection. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        connection.interrupt();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            database.forget(this);
            cursors.closeAll();
            try {
                if (transaction.isOpen()) {
                    connection.execute("ROLLBACK");
                }
            } catch (DoLakeException e) {
                LOG.debug("Rollback of session {}: {}", id, e.getMessage());
            } finally {
                connection.close();
                if (transaction.isOpen()) {
                    transaction.ended();
                }
            }
        }
    }
}
