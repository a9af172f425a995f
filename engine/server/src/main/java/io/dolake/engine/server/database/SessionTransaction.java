/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.capture.WriteLock;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.sql.Cursors;
import io.dolake.engine.server.sql.SqlRequest;
import io.dolake.engine.server.sql.StatementResult;
import io.dolake.engine.server.sql.UserConnection;
import io.dolake.engine.server.support.Failures;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction of a session: its state, its mode, and the write lock while it holds it. A transaction that ended
 * without the user's COMMIT or ROLLBACK is remembered until the user rolls back, so that no statement meant for it runs
 * outside of it. Not thread-safe.
 */
public final class SessionTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(SessionTransaction.class);

    private static final String ROLL_BACK =
            "Roll back or begin a transaction: until then no other statement of this session runs.";

    private final String owner;
    private final Database database;
    private final UserConnection connection;
    private final Cursors cursors;
    private State state = State.NONE;
    private boolean startedBySavepoint;
    private WriteLock.Permit permit;
    private Lsn beginLsn;
    /** Whether the user has made the session read-only with PRAGMA query_only. */
    private boolean readOnly;

    /** Why a transaction ended that its user has not ended; null if there is no such transaction. */
    private DoLakeException lost;

    SessionTransaction(String owner, Database database, UserConnection connection, Cursors cursors) {
        this.owner = owner;
        this.database = database;
        this.connection = connection;
        this.cursors = cursors;
    }

    private enum State {
        NONE,
        DEFERRED,
        WRITE,
        READ_ONLY
    }

    /** How a transaction begins. */
    public enum Mode {
        DEFERRED,
        IMMEDIATE,
        READ_ONLY;

        /** The mode by its name in the protocol. */
        public static Mode parse(String text) {
            return switch (text) {
                case "deferred" -> DEFERRED;
                case "immediate" -> IMMEDIATE;
                case "readOnly" -> READ_ONLY;
                default ->
                    throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot begin transaction: mode '" + text
                                    + "' is not one of deferred, immediate, readOnly");
            };
        }
    }

    /** The work of a statement. */
    interface Work<T> {
        T run();
    }

    boolean isOpen() {
        return state != State.NONE;
    }

    /** Whether the transaction holds the write lock. */
    boolean isWriting() {
        return state == State.WRITE;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    void readOnly(boolean only) {
        readOnly = only;
    }

    /** Begins; returns the newest commit that the transaction sees or, if deferred, the newest commit now. */
    Lsn begin(Mode mode) {
        lost = null;
        if (state != State.NONE) {
            throw new DoLakeException(
                    ErrorCode.TRANSACTION_STATE, "Cannot begin transaction: one is open in this session");
        }
        switch (mode) {
            case IMMEDIATE -> beginWrite("BEGIN IMMEDIATE");
            case READ_ONLY -> {
                beginLsn = PinnedView.begin(connection, database, owner);
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
        WriteLock.Permit acquired = database.acquire(owner);
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
    Lsn commit() {
        requireNotLost();
        requireTransaction("commit");
        guarded(() -> {
            connection.execute("COMMIT");
            return null;
        });
        return ended();
    }

    Lsn rollback() {
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

    Database.Written<StatementResult> savepoint(SqlRequest request, UserConnection.Page page) {
        if (state != State.NONE) {
            return inTransaction(() -> connection.run(request, page));
        }
        beginWrite(request.text().sql());
        startedBySavepoint = true;
        return new Database.Written<>(StatementResult.NOTHING, beginLsn);
    }

    Database.Written<StatementResult> release(SqlRequest request, UserConnection.Page page) {
        Database.Written<StatementResult> released = inTransaction(() -> connection.run(request, page));
        if (startedBySavepoint && !connection.isInTransaction()) {
            return new Database.Written<>(released.result(), ended());
        }
        return released;
    }

    <T> Database.Written<T> inTransaction(Work<T> work) {
        requireTransaction("use savepoints of a");
        return inState(work);
    }

    <T> Database.Written<T> inState(Work<T> work) {
        T result = guarded(work);
        return new Database.Written<>(result, currentLsn());
    }

    Lsn currentLsn() {
        return state == State.NONE ? database.lsn() : beginLsn;
    }

    <T> Database.Written<T> write(Work<T> work) {
        requireWritable();
        Work<T> writing = () -> {
            connection.queryOnly(false);
            return work.run();
        };
        return switch (state) {
            case NONE -> database.write(owner, () -> alone(writing));
            case DEFERRED -> upgrade(writing);
            default -> inState(writing);
        };
    }

    /**
     * Runs work in autocommit mode. If it fails midway it is rolled back, so that later work does not become part of
     * it.
     */
    private <T> T alone(Work<T> work) {
        try {
            return work.run();
        } catch (RuntimeException | Error e) {
            connection.rollBackIfOpen();
            throw e;
        }
    }

    private void requireWritable() {
        if (readOnly || state == State.READ_ONLY) {
            throw new DoLakeException(
                    ErrorCode.TRANSACTION_STATE,
                    "Cannot write: the " + (readOnly ? "session" : "transaction") + " is read-only");
        }
    }

    void requireNotLost() {
        if (lost != null) {
            throw lost;
        }
    }

    /** Takes the write lock for the first write of a deferred transaction. */
    private <T> Database.Written<T> upgrade(Work<T> work) {
        permit = database.acquire(owner);
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

    /** Checks whether an error has ended the transaction, as a full disk or a conflict clause does. */
    <T> T guarded(Work<T> work) {
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
                        ErrorCode.TRANSACTION_STATE, "Cannot continue transaction: it was rolled back, since " + reason)
                .withHint(hint);
    }

    /** Returns the newest commit, read before the next writer gets the lock: after a commit, this one. */
    Lsn ended() {
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

    /** Rolls back a transaction that was idle for too long. */
    void expire(long idleMs) {
        Limit limit = state == State.READ_ONLY ? Limit.READ_ONLY_IDLE_TIMEOUT_MS : Limit.TRANSACTION_IDLE_TIMEOUT_MS;
        if (state == State.NONE || idleMs < database.config().limit(limit)) {
            return;
        }
        LOG.warn("Rolling back a transaction of {} with '{}', idle for {} ms", owner, database.name(), idleMs);
        cursors.closeAll();
        connection.execute("ROLLBACK");
        ended();
        lost = lost(
                "it was idle for too long",
                ROLL_BACK + " DOSQL_TRANSACTION_IDLE_TIMEOUT_MS and DOSQL_READ_ONLY_IDLE_TIMEOUT_MS set the limits.");
    }
}
