/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.capture.Backpressure;
import io.dolake.engine.server.capture.Capture;
import io.dolake.engine.server.capture.CaptureLag;
import io.dolake.engine.server.capture.CheckpointPolicy;
import io.dolake.engine.server.capture.Checkpointer;
import io.dolake.engine.server.capture.CommitLsn;
import io.dolake.engine.server.capture.WriteLock;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.support.Failures;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing side of an open database: the turn to write, the LSN of each commit, its capture, and checkpoints.
 * Thread-safe.
 */
final class WriteSide {
    private static final Logger LOG = LoggerFactory.getLogger(WriteSide.class);

    private static final long CLOSE_MS = 10_000;

    private final DatabaseFiles files;
    private final ServerConfig config;
    private final ChangeLog log;
    private final long frameBytes;
    private final CommitLsn head;
    private final WriteLock lock;
    private final Capture capture;
    private final Backpressure pressure;
    private final Checkpointer checkpointer;
    private final CheckpointPolicy checkpoints;
    private volatile boolean closed;

    WriteSide(DatabaseFiles files, EngineResources resources, DatabaseStorage storage) throws SQLException {
        this.files = files;
        this.config = resources.config();
        this.log = storage.log();
        this.frameBytes = storage.pageBytes() + 24L;
        head = new CommitLsn(files.wal(), storage.fence(), storage.position());
        lock = new WriteLock(files.name(), config);
        capture = new Capture(
                files,
                config,
                log,
                head,
                storage.decoder(),
                storage::openDecoder,
                resources.captures(),
                resources.timer());
        pressure = new Backpressure(files.name(), config, head, log, capture, frameBytes);
        checkpointer = new Checkpointer(
                files, config, lock, head, capture, log, Sqlite.openWriter(files.main(), config), storage.keeper());
        checkpoints = new CheckpointPolicy(config, System.nanoTime());
    }

    /** Begins to capture what is in the WAL. */
    void start() {
        head.update();
        capture.wake();
    }

    /** LSN of the newest commit. */
    Lsn lsn() {
        return head.lsn();
    }

    /** LSN of the newest commit, read from the WAL; empty between a commit and the moment at which its LSN is known. */
    Optional<Lsn> observeLsn() {
        return head.observe();
    }

    long walBytes() {
        return head.frames() * frameBytes;
    }

    CaptureLag lag() {
        return pressure.status();
    }

    /** Why capture does not progress, and since when; null if it does. */
    Capture.Failure failure() {
        return capture.failureSince();
    }

    /** Waits for the turn to write, and longer if capture is far behind. */
    WriteLock.Permit acquire(String owner) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.limit(Limit.LOCK_TIMEOUT_MS));
        while (true) {
            pressure.awaitRoom(deadlineNanos);
            WriteLock.Permit permit = acquireLock(owner);
            try {
                if (!pressure.isFull()) {
                    pressure.slowDown();
                    return permit;
                }
            } catch (RuntimeException | Error e) {
                permit.close();
                throw e;
            }
            // The writers before this one have filled it up.
            permit.close();
        }
    }

    private WriteLock.Permit acquireLock(String owner) {
        ensureOpen();
        WriteLock.Permit permit = lock.acquire(owner, config.limit(Limit.LOCK_TIMEOUT_MS));
        if (closed) {
            permit.close();
            ensureOpen();
        }
        return permit;
    }

    /** Records a commit; called by the holder of the turn. */
    void committed() {
        Lsn before = head.lsn();
        Lsn now = head.update();
        if (!now.equals(before)) {
            checkpoints.committed(System.nanoTime());
            capture.committed(now);
        }
    }

    Checkpointer.Result checkpoint(Checkpointer.Mode mode) {
        return checkpointer.run(mode);
    }

    /** Runs a checkpoint if one is due. */
    void checkpointIfDue(long nowNanos) {
        Optional<Checkpointer.Mode> mode = checkpoints.due(head.frames(), walBytes(), nowNanos);
        if (mode.isPresent()) {
            checkpoints.attempted(nowNanos);
            Checkpointer.Result result = checkpointer.run(mode.get());
            checkpoints.ended(result);
            LOG.debug("Checkpoint of '{}': {}", files.name(), result);
        }
    }

    void ensureOpen() {
        if (closed) {
            throw Failures.closing(files.name());
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** From now on nobody gets the turn to write. */
    void refuseTurns() {
        closed = true;
    }

    /**
     * Captures what is committed, and empties the WAL if that can be done soon.
     *
     * @param isUsable whether the files may be written to
     */
    void finish(boolean isUsable) {
        try (WriteLock.Permit permit = lock.acquire("close", CLOSE_MS)) {
            if (isUsable && checkpointer.close(CLOSE_MS)) {
                log.afterReset(MainFile.fingerprint(files.main()));
            }
        } catch (SQLException | DoLakeException e) {
            // Committed transactions stay in the WAL and are captured at the next start.
            LOG.warn("Database '{}' is closed with its WAL in use: {}", files.name(), e.getMessage());
        }
    }

    void close() {
        capture.close();
        checkpointer.close();
        head.close();
    }
}
