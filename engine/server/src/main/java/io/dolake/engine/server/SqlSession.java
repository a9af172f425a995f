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
    private final String id;
    private final Database database;
    private final UserConnection connection;
    private final Cursors cursors;
    private State state = State.NONE;
    private boolean startedBySavepoint;
    private WriteLock.Permit permit;
    private Lsn beginLsn;
    private boolean expired;
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
    synchronized Cursors.Page query(SqlRequest request, int fetchSize) {
        touch();
        SqlText text = request.text();
        SqlGuard.check(text, true);
        boolean reads = text.kind() == SqlText.Kind.READ
                || text.kind() == SqlText.Kind.PRAGMA && SqlGuard.pragma(text) == SqlGuard.Pragma.READ;
        if (reads) {
            return guarded(() -> cursors.open(request, fetchSize));
        }
        Outcome outcome = exec(request).result();
        Rows rows = outcome.rows() != null ? outcome.rows() : new Rows(List.of(), List.of(), false);
        return new Cursors.Page(rows, 0);
    }

    synchronized Cursors.Page fetch(long cursor, int fetchSize) {
        touch();
        return guarded(() -> cursors.fetch(cursor, fetchSize));
    }

    synchronized void closeCursor(long cursor) {
        touch();
        cursors.close(cursor);
    }

    synchronized Database.Written<Outcome> exec(SqlRequest request) {
        touch();
        SqlText text = request.text();
        SqlGuard.check(text, true);
        return switch (text.kind()) {
            case READ -> inState(() -> run(request));
            case WRITE -> write(() -> run(request));
            case PRAGMA -> pragma(request);
            case BEGIN -> control(() -> begin(beginMode(text)));
            case COMMIT -> control(this::commit);
            case ROLLBACK -> control(this::rollback);
            case SAVEPOINT -> savepoint(request);
            case RELEASE -> release(request);
            case ROLLBACK_TO -> inTransaction(() -> run(request));
            case EMPTY -> throw new IllegalStateException("an empty statement is refused before");
        };
    }

    private interface Work<T> {
        T run();
    }

    private Outcome run(SqlRequest request) {
        return connection.run(request, cursors.execPage());
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

    private Database.Written<Outcome> pragma(SqlRequest request) {
        switch (SqlGuard.pragma(request.text())) {
            case READ, SESSION:
                return inState(() -> run(request));
            case WRITE:
                return write(() -> run(request));
            default:
                if (state != State.NONE) {
                    throw new DoLakeException(
                            ErrorCode.TRANSACTION_STATE, "Cannot checkpoint: a transaction of this session is open");
                }
                return new Database.Written<>(CheckpointPragma.run(database, request.text()), database.lsn());
        }
    }

    synchronized Database.Written<List<Outcome>> batch(List<SqlRequest> requests) {
        touch();
        if (state == State.NONE) {
            return database.write(owner(), () -> BatchRunner.transaction(connection, requests, cursors.execPage()));
        }
        return write(() -> BatchRunner.savepoint(connection, requests, cursors.execPage()));
    }

    /** Begins; returns the newest commit that the transaction sees or, if deferred, that there is now. */
    synchronized Lsn begin(Mode mode) {
        touch();
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
        WriteLock.Permit acquired = database.acquire(owner());
        try {
            connection.execute(sql);
        } catch (RuntimeException e) {
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
        requireTransaction("commit");
        guarded(() -> {
            connection.execute("COMMIT");
            return null;
        });
        return ended();
    }

    synchronized Lsn rollback() {
        touch();
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

    private Database.Written<Outcome> savepoint(SqlRequest request) {
        if (state != State.NONE) {
            return inTransaction(() -> run(request));
        }
        beginWrite(request.text().sql());
        startedBySavepoint = true;
        return new Database.Written<>(Outcome.NOTHING, beginLsn);
    }

    private Database.Written<Outcome> release(SqlRequest request) {
        Database.Written<Outcome> released = inTransaction(() -> run(request));
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
        switch (state) {
            case NONE:
                return database.write(owner(), work::run);
            case READ_ONLY:
                throw new DoLakeException(ErrorCode.TRANSACTION_STATE, "Cannot write: the transaction is read-only");
            case DEFERRED:
                return upgrade(work);
            default:
                return inState(work);
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
        } catch (RuntimeException e) {
            if (state != State.NONE && !connection.isInTransaction()) {
                ended();
            }
            throw e;
        }
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
        if (expired) {
            expired = false;
            throw new DoLakeException(
                            ErrorCode.TRANSACTION_STATE,
                            "Cannot go on with the transaction: it was idle for too long and was rolled back")
                    .withHint("DOSQL_TRANSACTION_IDLE_TIMEOUT_MS and DOSQL_READ_ONLY_IDLE_TIMEOUT_MS set the limits.");
        }
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
        expired = true;
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
