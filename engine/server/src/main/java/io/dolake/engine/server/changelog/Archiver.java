/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.ArchivedSegment;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves expired segments from the change log to the archive: it first stores the object durably, then changes the log.
 * It runs on a separate pool, one run at a time for each database; nothing waits for it. After a failure nothing is
 * dropped, and it retries with growing delays.
 */
public final class Archiver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);

    private static final long FIRST_RETRY_MS = 500;
    private static final long LAST_RETRY_MS = 60_000;
    private static final long STOP_MS = 5_000;
    /** Segments that move in one transaction of the log. */
    private static final int STEP = 32;

    private final String database;
    private final ServerConfig config;
    private final ChangeLog log;
    private final Supplier<Lsn> held;
    private final Executor pool;
    private final ReentrantLock running = new ReentrantLock();
    private long retryMs = FIRST_RETRY_MS;
    private volatile boolean queued;
    private volatile boolean behind;
    private volatile Failure failure;
    private volatile boolean closed;

    /** Why archiving fails, and when it is retried. */
    record Failure(DoLakeException error, long retryAtMs) {}

    /** @param held see {@link ChangeLog#retain} */
    public Archiver(String database, ServerConfig config, ChangeLog log, Supplier<Lsn> held, Executor pool) {
        this.database = database;
        this.config = config;
        this.log = log;
        this.held = held;
        this.pool = pool;
    }

    /** Starts a run unless one is under way or a failure is too recent. Called often. */
    public void wake(long nowMs) {
        Failure last = failure;
        if (closed || queued || last != null && nowMs < last.retryAtMs) {
            return;
        }
        queued = true;
        try {
            pool.execute(() -> {
                try {
                    run();
                } finally {
                    queued = false;
                }
            });
        } catch (RejectedExecutionException e) {
            queued = false;
            LOG.debug("Archiving is skipped: the engine is stopping");
        }
    }

    /** Archives all segments that are due. */
    public void run() {
        running.lock();
        try {
            archive();
            expire();
            failure = null;
            retryMs = FIRST_RETRY_MS;
        } catch (RuntimeException e) {
            failed(e);
        } finally {
            running.unlock();
        }
    }

    private void archive() {
        long lastId = log.dueForArchive(System.currentTimeMillis());
        behind = lastId != 0;
        if (!behind) {
            return;
        }
        try (LogReader reader = log.openReader()) {
            for (List<Long> ids = reader.oldestIds(lastId, STEP);
                    !ids.isEmpty() && !closed;
                    ids = reader.oldestIds(lastId, STEP)) {
                archive(reader, ids);
            }
            behind = closed;
        }
    }

    private void archive(LogReader reader, List<Long> ids) {
        String epoch = log.state().epoch();
        List<ArchivedSegment> archived = new ArrayList<>();
        for (long id : ids) {
            if (closed) {
                return;
            }
            archived.add(log.archive().put(epoch, reader.local(id)));
        }
        log.archived(archived);
        LOG.info(
                "Archived changes of '{}' up to LSN {}",
                database,
                archived.get(archived.size() - 1).end());
    }

    /**
     * Drops expired segments from the archive. An object leaves the index before it is deleted, so that no reader is
     * sent to a missing object.
     */
    private void expire() {
        if (config.limit(Limit.ARCHIVE_RETENTION_MS) != Long.MAX_VALUE) {
            log.expireArchive(System.currentTimeMillis(), held.get());
        }
        for (List<String> trash = log.trash(STEP); !trash.isEmpty() && !closed; trash = log.trash(STEP)) {
            trash.forEach(log.archive()::delete);
            log.trashDeleted(trash);
        }
    }

    private void failed(RuntimeException e) {
        if (closed) {
            LOG.info("Archiving of '{}' stops: {}", database, e.toString());
            return;
        }
        DoLakeException error = e instanceof DoLakeException known
                ? known
                : new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot archive changes: " + e, e);
        failure = new Failure(error, System.currentTimeMillis() + retryMs);
        LOG.warn("Cannot archive changes of database '{}'; next try in {} ms", database, retryMs, e);
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    }

    /**
     * Refuses writers while the log is too large because of segments that are due for the archive.
     *
     * @throws DoLakeException STORAGE_FULL
     */
    public void refuseIfFull() {
        long bytes = log.size().bytes();
        long limit = Math.max(config.limit(Limit.WAL_MAX_BYTES), config.limit(Limit.WAL_RETENTION_BYTES));
        if (!behind || bytes <= limit) {
            return;
        }
        Failure last = failure;
        throw new DoLakeException(
                        ErrorCode.STORAGE_FULL,
                        "Cannot write to database '" + database + "': its change log has " + bytes
                                + " bytes and the archive does not keep up"
                                + (last == null ? "" : ": " + last.error.getMessage()))
                .withHint("DOSQL_WAL_MAX_BYTES sets the limit; the status of the database shows the error of the"
                        + " archive.")
                .withRetryAfter(Duration.ofSeconds(1))
                .withDetail("limit", limit);
    }

    public ArchiveStatus status() {
        Failure last = failure;
        return new ArchiveStatus(
                log.archive().location(),
                log.archiveSize().segments(),
                log.archiveSize().bytes(),
                last == null ? null : last.error,
                last == null ? null : Instant.ofEpochMilli(last.retryAtMs));
    }

    /** Makes a run end after the object that it is storing. */
    public void stop() {
        closed = true;
    }

    /** Waits for a run, which ends after the object that it is storing; none begins afterwards. */
    @Override
    public void close() {
        stop();
        try {
            if (running.tryLock(STOP_MS, TimeUnit.MILLISECONDS)) {
                running.unlock();
            } else {
                // The object may be stored but not in the index: it is stored again after the next start.
                LOG.warn("The archive of '{}' does not answer; closing without waiting for it", database);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
