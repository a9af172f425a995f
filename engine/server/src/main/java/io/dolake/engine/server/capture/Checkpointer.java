/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.sqlite.SQLiteConnection;

/**
 * Moves frames from the WAL into the main file, but never a frame that is not in the change log. It works in two steps,
 * so that writers hardly wait. The first holds the write lock until the log has caught up and a read mark is set. The
 * second moves the frames without the lock; the read mark keeps it from going further. Emptying the WAL takes the lock
 * again, for the few frames that are left.
 */
public final class Checkpointer implements AutoCloseable {
    private final DatabaseFiles files;
    private final ServerConfig config;
    private final WriteLock lock;
    private final CommitLsn head;
    private final Capture capture;
    private final ChangeLog log;
    private final SQLiteConnection worker;
    private final Connection pin;

    /**
     * The row of PRAGMA wal_checkpoint: 1 if it could not finish, frames in the WAL, frames of them in the main file.
     */
    public record Result(long busy, long log, long checkpointed) {
        /** Whether the checkpoint was completed; then SQLite has also synced the main file. */
        boolean isComplete() {
            return busy == 0 && log == checkpointed;
        }
    }

    /** How far a checkpoint goes. */
    public enum Mode {
        /** As far as readers allow. */
        PASSIVE,
        /** The whole WAL, if readers allow. */
        FULL,
        /** The whole WAL, which is then emptied. */
        TRUNCATE;

        /** The mode that a user names; RESTART is run as TRUNCATE. */
        public static Mode parse(String text) {
            return switch (text.toUpperCase(Locale.ROOT)) {
                case "", "PASSIVE", "NOOP" -> PASSIVE;
                case "FULL" -> FULL;
                case "RESTART", "TRUNCATE" -> TRUNCATE;
                default ->
                    throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot checkpoint: mode '" + text + "' is not one of passive, full, truncate");
            };
        }
    }

    /**
     * @param worker a connection used for nothing else
     * @param pin a read-only connection that is idle, to set the read mark with
     */
    public Checkpointer(
            DatabaseFiles files,
            ServerConfig config,
            WriteLock lock,
            CommitLsn head,
            Capture capture,
            ChangeLog log,
            SQLiteConnection worker,
            Connection pin)
            throws SQLException {
        this.files = files;
        this.config = config;
        this.lock = lock;
        this.head = head;
        this.capture = capture;
        this.log = log;
        this.worker = worker;
        this.pin = pin;
        Sqlite.execute(worker, "PRAGMA busy_timeout = 0");
    }

    /** Runs a checkpoint. The calling thread must not hold the write lock. */
    public synchronized Result run(Mode mode) {
        try {
            if (!isCaptured()) {
                return notFinished();
            }
            Result result = passive();
            if (mode != Mode.PASSIVE && result.busy == 0) {
                try (WriteLock.Permit permit = lock.acquire("checkpoint", config.limit(Limit.LOCK_TIMEOUT_MS))) {
                    result = isCaptured() ? finish(mode) : notFinished();
                }
            }
            if (result.isComplete()) {
                log.afterCheckpoint(MainFile.fingerprint(files.main()));
            }
            return result;
        } catch (SQLException e) {
            throw SqlErrors.io("checkpoint database '" + files.name() + "'", e);
        }
    }

    private Result passive() throws SQLException {
        try (WriteLock.Permit permit = lock.acquire("checkpoint", config.limit(Limit.LOCK_TIMEOUT_MS))) {
            if (!isCaptured()) {
                return notFinished();
            }
            Result now = pragma("noop");
            if (now.log == now.checkpointed) {
                return now;
            }
            log.beforeCheckpoint();
            Sqlite.execute(pin, "BEGIN");
            Sqlite.text(pin, "SELECT 1 FROM sqlite_schema LIMIT 1");
        }
        try {
            return pragma("passive");
        } finally {
            Sqlite.execute(pin, "COMMIT");
        }
    }

    private Result finish(Mode mode) throws SQLException {
        Result now = pragma("noop");
        if (now.log == 0 || (mode == Mode.FULL && now.log == now.checkpointed)) {
            // Nothing to do. A second reset must not happen: the decoder can tell one reset from none, but not from
            // two.
            return now;
        }
        log.beforeCheckpoint();
        Result result = pragma(mode.name().toLowerCase(Locale.ROOT));
        head.update();
        return result;
    }

    /** Empties the WAL when no connection is in use any more; returns whether it worked. */
    public synchronized boolean close(long timeoutMs) throws SQLException {
        if (!capture.awaitDurable(head.lsn(), timeoutMs)) {
            return false;
        }
        return finish(Mode.TRUNCATE).busy == 0;
    }

    /**
     * Waits until the change log holds every commit; false at once if the log cannot be written. Called first without
     * the write lock, for a log that is far behind, then with it, when little is left.
     */
    private boolean isCaptured() {
        return capture.tryDurable(head.lsn(), config.limit(Limit.LOCK_TIMEOUT_MS));
    }

    private Result notFinished() throws SQLException {
        Result now = pragma("noop");
        return new Result(1, now.log, now.checkpointed);
    }

    private Result pragma(String mode) throws SQLException {
        long[] numbers = Sqlite.numbers(worker, "PRAGMA main.wal_checkpoint(" + mode + ")", 3);
        return new Result(numbers[0], numbers[1], numbers[2]);
    }

    @Override
    public void close() {
        QuietClose.close(worker);
    }
}
