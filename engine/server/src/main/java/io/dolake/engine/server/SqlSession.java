/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A connection of one user: statements in order, transactions, cursors. All methods may be called from any thread, one
 * runs at a time.
 */
final class SqlSession implements AutoCloseable {
    private static final String ROLL_BACK = "Roll back or begin: until then no statement of this session is run.";
    private static final List<Rows.Column> QUERY_ONLY = List.of(new Rows.Column("query_only", ""));

    private final String id;
    private final Database database;
    private final UserConnection connection;
    private final Cursors cursors;
    private State state = State.NONE;
    private boolean startedBySavepoint;
    private WriteLock.Permit permit;
    private Lsn beginLsn;
    /** Whether its user has said that it is to read only, by PRAGMA query_only. */
    private boolean readOnly;

    /** Why a transaction is over that its user has not ended; null if there is none such. */
    private DoLakeException lost;

    private volatile long lastUseNanos = System.nanoTime();
    private volatile boolean closed;

    private enum State {
        NONE,
        DEFERRED,
        WRITE,
        READ_ONLY
    }

    /** How a transaction begins. */
    enum Mode {
        DEFERRED,
        IMMEDIATE,
        READ_ONLY;

        /** The mode by its name in the protocol. */
        static Mode parse(String text) {
            return switch (text) {
                case "deferred" -> DEFERRED;
                case "immediate" -> IMMEDIATE;
                case "readOnly" -> READ_ONLY;
                default ->
                    throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot begin transaction: mode '" + text + "' is none of deferred, immediate, readOnly");
            };
        }
    }

    SqlSession(String id, Database database, UserConnection connection) {
        this.id = id;
        this.database = database;
        this.connection = connection;
        this.cursors = new Cursors(connection, database.config());
    }

    Database database() {
        return database;
    }

    /** Runs a statement; what it returns is read page by page. */
    synchronized Cursors.Page query(SqlRequest request, int fetchSize, Memory.Lease memory) {
        touch();
        SqlText text = request.text();
        SqlGuard.check(text, true);
        boolean reads = text.kind() == SqlText.Kind.READ
                || text.kind() == SqlText.Kind.PRAGMA
                        && SqlGuard.pragma(text) == SqlGuard.Pragma.READ
                        && !isQueryOnly(text);
        if (reads) {
            requireNotLost();
            return guarded(() -> {
                connection.queryOnly(state != State.WRITE);
                return cursors.open(request, fetchSize, memory);
            });
        }
        Outcome outcome = exec(request, memory).result();
        Rows rows = outcome.rows() != null ? outcome.rows() : new Rows(List.of(), List.of(), false);
        return new Cursors.Page(rows, 0);
    }

    synchronized Cursors.Page fetch(long cursor, int fetchSize, Memory.Lease memory) {
        touch();
        requireNotLost();
        return guarded(() -> cursors.fetch(cursor, fetchSize, memory));
    }

    synchronized void closeCursor(long cursor) {
        touch();
        cursors.close(cursor);
    }

    synchronized Database.Written<Outcome> exec(SqlRequest request, Memory.Lease memory) {
        touch();
        SqlText text = request.text();
        SqlGuard.check(text, true);
        if (text.kind() != SqlText.Kind.ROLLBACK && text.kind() != SqlText.Kind.BEGIN) {
            requireNotLost();
        }
        UserConnection.Page page = cursors.execPage(memory);
        return switch (text.kind()) {
            case READ -> read(request, page);
            case WRITE -> write(() -> text.returns() ? atomically(request, page) : connection.run(request, page));
            case PRAGMA -> pragma(request, page);
            case BEGIN -> control(() -> begin(beginMode(text)));
            case COMMIT -> control(this::commit);
            case ROLLBACK -> control(this::rollback);
            case SAVEPOINT -> savepoint(request, page);
            case RELEASE -> release(request, page);
            case ROLLBACK_TO -> inTransaction(() -> connection.run(request, page));
            case EMPTY -> throw new IllegalStateException("an empty statement is refused before");
        };
    }

    private static boolean isQueryOnly(SqlText text) {
        return PragmaText.of(text.sql()).name().equals("QUERY_ONLY");
    }

    private Database.Written<Outcome> read(SqlRequest request, UserConnection.Page page) {
        return inState(() -> {
            connection.queryOnly(state != State.WRITE);
            return connection.run(request, page);
        });
    }

    /** A statement whose rows cannot be returned has no effect. */
    private Outcome atomically(SqlRequest request, UserConnection.Page page) {
        return state == State.NONE
                ? BatchRunner.oneInTransaction(connection, request, page)
                : BatchRunner.oneInSavepoint(connection, request, page);
    }

    private interface Work<T> {
        T run();
    }

    private Database.Written<Outcome> control(Runnable action) {
        action.run();
        return new Database.Written<>(Outcome.NOTHING, currentLsn());
    }

    /** BEGIN alone is deferred in SQLite. */
    private static Mode beginMode(SqlText text) {
        boolean immediate = text.head().contains("IMMEDIATE") || text.head().contains("EXCLUSIVE");
        return immediate ? Mode.IMMEDIATE : Mode.DEFERRED;
    }

    private Database.Written<Outcome> pragma(SqlRequest request, UserConnection.Page page) {
        if (isQueryOnly(request.text())) {
            return inState(() -> queryOnly(PragmaText.of(request.text().sql())));
        }
        switch (SqlGuard.pragma(request.text())) {
            case READ:
                return read(request, page);
            case SESSION:
                return inState(() -> connection.run(request, page));
            case WRITE:
                return write(() -> connection.run(request, page));
            default:
                if (state != State.NONE) {
                    throw new DoLakeException(
                            ErrorCode.TRANSACTION_STATE, "Cannot checkpoint: a transaction of this session is open");
                }
                return new Database.Written<>(CheckpointPragma.run(database, request.text()), database.lsn());
        }
    }

    /** Answered here: the connection's own setting changes with each statement. */
    private Outcome queryOnly(PragmaText pragma) {
        if (pragma.hasArgument()) {
            readOnly = pragma.isOn();
            return Outcome.NOTHING;
        }
        Object[] row = {readOnly ? 1L : 0L};
        return new Outcome(0, 0, null, new Rows(QUERY_ONLY, java.util.Collections.singletonList(row), false));
    }

    synchronized Database.Written<List<Outcome>> batch(List<SqlRequest> requests, Memory.Lease memory) {
        touch();
        requireNotLost();
        UserConnection.Page page = cursors.execPage(memory);
        return write(() -> state == State.NONE
                ? BatchRunner.transaction(connection, requests, page)
                : BatchRunner.savepoint(connection, requests, page));
    }

    /** Begins; returns the newest commit that the transaction sees or, if deferred, that there is now. */
    synchronized Lsn begin(Mode mode) {
        touch();
        lost = null;
        if (state != State.NONE) {
            throw new DoLakeException(
                    ErrorCode.TRANSACTION_STATE, "Cannot begin transaction: one is open in this session");
        }
        switch (mode) {
            case IMMEDIATE -> beginWrite("BEGIN IMMEDIATE");
            case READ_ONLY -> {
                beginLsn = PinnedView.begin(connection, database, owner());
                state = State.READ_ONLY;
            }
            case DEFERRED -> {
                connection.execute("BEGIN");
                beginLsn = database.lsn();
                state = State.DEFERRED;
            }
        }
        startedBySavepoint = false;
        return beginLsn;
    }

    private void beginWrite(String sql) {
        requireWritable();
        WriteLock.Permit acquired = database.acquire(owner());
        try {
            connection.queryOnly(false);
            connection.execute(sql);
        } catch (RuntimeException | Error e) {
            acquired.close();
            throw e;
        }
        permit = acquired;
        beginLsn = database.lsn();
        state = State.WRITE;
    }

    /** Commits; returns the newest commit. */
    synchronized Lsn commit() {
        touch();
        requireNotLost();
        requireTransaction("commit");
        guarded(() -> {
            connection.execute("COMMIT");
            return null;
        });
        return ended();
    }

    synchronized Lsn rollback() {
        touch();
        if (lost != null) {
            lost = null;
            return database.lsn();
        }
        requireTransaction("roll back");
        cursors.closeAll();
        connection.execute("ROLLBACK");
        return ended();
    }

    private void requireTransaction(String verb) {
        if (state == State.NONE) {
            throw new DoLakeException(
                    ErrorCode.TRANSACTION_STATE, "Cannot " + verb + " transaction: none is open in this session");
        }
    }

    private Database.Written<Outcome> savepoint(SqlRequest request, UserConnection.Page page) {
        if (state != State.NONE) {
            return inTransaction(() -> connection.run(request, page));
        }
        beginWrite(request.text().sql());
        startedBySavepoint = true;
        return new Database.Written<>(Outcome.NOTHING, beginLsn);
    }

    private Database.Written<Outcome> release(SqlRequest request, UserConnection.Page page) {
        Database.Written<Outcome> released = inTransaction(() -> connection.run(request, page));
        if (startedBySavepoint && !connection.isInTransaction()) {
            return new Database.Written<>(released.result(), ended());
        }
        return released;
    }

    private <T> Database.Written<T> inTransaction(Work<T> work) {
        requireTransaction("use savepoints of a");
        return inState(work);
    }

    private <T> Database.Written<T> inState(Work<T> work) {
        T result = guarded(work);
        return new Database.Written<>(result, currentLsn());
    }

    private Lsn currentLsn() {
        return state == State.NONE ? database.lsn() : beginLsn;
    }

    private <T> Database.Written<T> write(Work<T> work) {
        requireWritable();
        Work<T> writing = () -> {
            connection.queryOnly(false);
            return work.run();
        };
        return switch (state) {
            case NONE -> database.write(owner(), writing::run);
            case DEFERRED -> upgrade(writing);
            default -> inState(writing);
        };
    }

    private void requireWritable() {
        if (readOnly || state == State.READ_ONLY) {
            throw new DoLakeException(
                    ErrorCode.TRANSACTION_STATE,
                    "Cannot write: the " + (readOnly ? "session" : "transaction") + " is read-only");
        }
    }

    private void requireNotLost() {
        if (lost != null) {
            throw lost;
        }
    }

    /** The first write of a deferred transaction. */
    private <T> Database.Written<T> upgrade(Work<T> work) {
        permit = database.acquire(owner());
        state = State.WRITE;
        try {
            return inState(work);
        } catch (DoLakeException e) {
            if (e.code() == ErrorCode.SERIALIZATION_FAILURE && state == State.WRITE) {
                state = State.DEFERRED;
                releasePermit();
            }
            throw e;
        }
    }

    /** After an error the transaction may have ended by itself: a full disk, a conflict clause. */
    private <T> T guarded(Work<T> work) {
        try {
            return work.run();
        } catch (RuntimeException | Error e) {
            if (state != State.NONE && !connection.isInTransaction()) {
                cursors.closeAll();
                ended();
                lost = lost(
                        "an error has ended it: "
                                + Failures.of("run statement", e).code(),
                        ROLL_BACK);
            }
            throw e;
        }
    }

    private static DoLakeException lost(String reason, String hint) {
        return new DoLakeException(
                        ErrorCode.TRANSACTION_STATE,
                        "Cannot go on with the transaction: it was rolled back, since " + reason)
                .withHint(hint);
    }

    /** Returns the newest commit, found before the next writer has its turn: after a commit, that one. */
    private Lsn ended() {
        boolean wrote = state == State.WRITE;
        state = State.NONE;
        startedBySavepoint = false;
        try {
            if (wrote) {
                database.committed();
            }
            return database.lsn();
        } finally {
            releasePermit();
        }
    }

    private void releasePermit() {
        if (permit != null) {
            permit.close();
            permit = null;
        }
    }

    private String owner() {
        return "session " + id;
    }

    private void touch() {
        if (closed) {
            throw new DoLakeException(ErrorCode.CONNECTION_ERROR, "Cannot use session: it is closed");
        }
        lastUseNanos = System.nanoTime();
    }

    /** Rolls a transaction back that was left alone. */
    void expire(long nowNanos) {
        long shortest = Math.min(
                database.config().limit(Limit.TRANSACTION_IDLE_TIMEOUT_MS),
                database.config().limit(Limit.READ_ONLY_IDLE_TIMEOUT_MS));
        if (TimeUnit.NANOSECONDS.toMillis(nowNanos - lastUseNanos) >= shortest) {
            expireIfIdle(nowNanos);
        }
    }

    private synchronized void expireIfIdle(long nowNanos) {
        Limit limit = state == State.READ_ONLY ? Limit.READ_ONLY_IDLE_TIMEOUT_MS : Limit.TRANSACTION_IDLE_TIMEOUT_MS;
        long idleMs = TimeUnit.NANOSECONDS.toMillis(nowNanos - lastUseNanos);
        if (closed || state == State.NONE || idleMs < database.config().limit(limit)) {
            return;
        }
        Log.LOG.warn("Rolling back a transaction of session {} with '{}', idle for {} ms", id, database.name(), idleMs);
        cursors.closeAll();
        connection.execute("ROLLBACK");
        ended();
        lost = lost(
                "it was idle for too long",
                ROLL_BACK + " DOSQL_TRANSACTION_IDLE_TIMEOUT_MS and DOSQL_READ_ONLY_IDLE_TIMEOUT_MS set the limits.");
    }

    /** Stops what runs, rolls back, closes. */
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
                if (state != State.NONE) {
                    connection.execute("ROLLBACK");
                }
            } catch (DoLakeException e) {
                Log.LOG.debug("Rollback of session {}: {}", id, e.getMessage());
            } finally {
                connection.close();
                if (state != State.NONE) {
                    ended();
                }
            }
        }
    }
}
