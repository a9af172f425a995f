/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.engine.wal.WalDecoder;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves committed transactions from the WAL into the change log. Commits wake it; it runs on a shared pool, one run at
 * a time for each database. After a failure it retries from the durable position, with growing delays.
 */
public final class Capture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);

    private static final long FIRST_RETRY_MS = 50;
    private static final long LAST_RETRY_MS = 5_000;

    private final DatabaseFiles files;
    private final String database;
    private final ServerConfig config;
    private final ChangeLog log;
    private final CommitLsn head;
    private final DecoderSource decoders;
    private final Executor pool;
    private final ScheduledExecutorService timer;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicBoolean retryScheduled = new AtomicBoolean();
    private final NavigableMap<Long, Long> commitTimes = new ConcurrentSkipListMap<>();
    private final Object moved = new Object();
    private WalDecoder decoder;
    private int capturesSinceMerge;
    private long retryMs = FIRST_RETRY_MS;
    /** Earliest time of the next write to the log. */
    private volatile long nextNanos = System.nanoTime();
    /** Whether the last write took the largest number of transactions, so that more are likely to be waiting. */
    private boolean isBehind;

    private volatile Failure failure;
    private volatile boolean closed;

    /**
     * The failure that keeps changes from being captured.
     *
     * @param since when the first failure since the last successful capture happened
     */
    public record Failure(DoLakeException error, Instant since) {}

    /** Opens a decoder where the change log ends. */
    public interface DecoderSource {
        WalDecoder open() throws IOException;
    }

    /** @param decoder the decoder to begin with; null to open one when needed */
    public Capture(
            DatabaseFiles files,
            ServerConfig config,
            ChangeLog log,
            CommitLsn head,
            WalDecoder decoder,
            DecoderSource decoders,
            Executor pool,
            ScheduledExecutorService timer) {
        this.files = files;
        this.database = files.name();
        this.config = config;
        this.log = log;
        this.head = head;
        this.decoder = decoder;
        this.decoders = decoders;
        this.pool = pool;
        this.timer = timer;
    }

    /** Reports a commit. */
    public void committed(Lsn lsn) {
        commitTimes.put(lsn.value(), System.currentTimeMillis());
        wake();
    }

    public void wake() {
        if (requests.getAndIncrement() == 0 && !closed) {
            pool.execute(this::runInTime);
        }
    }

    private void runInTime() {
        long earlyNanos = nextNanos - System.nanoTime();
        if (earlyNanos > 0) {
            timer.schedule(() -> pool.execute(this::run), earlyNanos, TimeUnit.NANOSECONDS);
        } else {
            run();
        }
    }

    /** Serves all pending requests. While one is left nobody else starts a run. */
    private void run() {
        int seen = requests.get();
        captureAll();
        if (requests.addAndGet(-seen) > 0 && !closed) {
            runInTime();
        }
    }

    private synchronized void captureAll() {
        try {
            boolean more = true;
            while (more && !closed && log.durable().isBefore(head.lsn())) {
                nextNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.limit(Limit.CAPTURE_INTERVAL_MS));
                // Transactions committed meanwhile have a request of their own.
                more = log.capture(this::captureSome) && isBehind;
                commitTimes.headMap(log.durable().value(), true).clear();
                // Reported at once, since catching up may take long.
                recovered();
                mergeSometimes();
                signal();
            }
            recovered();
            retryMs = FIRST_RETRY_MS;
        } catch (RuntimeException | Error e) {
            failed(e);
        }
        signal();
    }

    private ChangeLog.Captured captureSome(ChangeLog.Appender appender) {
        SegmentBuilder builder = new SegmentBuilder(config.limit(Limit.SEGMENT_BYTES), this::commitTimeMs, appender);
        try {
            if (decoder == null) {
                decoder = decoders.open();
            }
            int most = config.intLimit(Limit.CAPTURE_TRANSACTIONS);
            int decoded = decoder.poll(builder, most, head.lsn());
            if (decoded == 0) {
                throw notThere();
            }
            isBehind = decoded == most;
        } catch (IOException e) {
            throw SqlErrors.io("read the write-ahead log of database '" + database + "'", e);
        }
        builder.finish();
        return new ChangeLog.Captured(decoder.position(), builder.isSchemaChanged() ? schemaLsns() : null);
    }

    /** Requires that the WAL holds every reported commit: a commit is in the WAL before it is reported. */
    private DoLakeException notThere() {
        return new DoLakeException(
                ErrorCode.WAL_CORRUPT,
                "Cannot capture changes of database '" + files.name() + "': " + files.wal() + " can be read up to LSN "
                        + decoder.position().lsn() + ", and " + head.lsn() + " was committed");
    }

    private Map<String, Lsn> schemaLsns() {
        Map<String, Lsn> lsns = new HashMap<>();
        for (TableSchema table : decoder.tables().values()) {
            if (!table.schemaLsn().equals(Lsn.ZERO)) {
                lsns.put(table.name(), table.schemaLsn());
            }
        }
        return lsns;
    }

    /** Time of a commit; the present time for a commit of an earlier process. */
    private long commitTimeMs(long lsn) {
        Long known = commitTimes.get(lsn);
        return known != null ? known : System.currentTimeMillis();
    }

    private void mergeSometimes() {
        capturesSinceMerge++;
        if (capturesSinceMerge >= config.limit(Limit.MERGE_SEGMENTS)) {
            capturesSinceMerge = 0;
            log.merge();
        }
    }

    private void recovered() {
        if (failure != null) {
            log.trust();
            failure = null;
        }
    }

    /** Discards the decoder, which is ahead of the durable position, and schedules a retry. */
    private void failed(Throwable e) {
        QuietClose.close(decoder);
        decoder = null;
        DoLakeException error = e instanceof DoLakeException known
                ? known
                : new DoLakeException(
                        ErrorCode.INTERNAL_ERROR, "Cannot capture changes of database '" + database + "': " + e, e);
        if (error.code() == ErrorCode.WAL_CORRUPT || error.code() == ErrorCode.WAL_GAP) {
            log.distrust();
        }
        Failure before = failure;
        failure = new Failure(error, before == null ? Instant.now() : before.since());
        LOG.error("Cannot capture changes of database '{}'; next try in {} ms", database, retryMs, e);
        // One retry at a time: otherwise each request for a capture in between would add an endless chain of retries.
        if (!closed && retryScheduled.compareAndSet(false, true)) {
            timer.schedule(this::retry, retryMs, TimeUnit.MILLISECONDS);
            retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
        }
    }

    private void retry() {
        retryScheduled.set(false);
        wake();
    }

    private void signal() {
        synchronized (moved) {
            moved.notifyAll();
        }
    }

    /** Waits until the change log has reached an LSN, through failures too; false if the time runs out. */
    boolean awaitDurable(Lsn lsn, long timeoutMs) {
        if (log.durable().isBefore(lsn)) {
            pool.execute(this::captureAll);
        }
        return await(() -> !log.durable().isBefore(lsn), timeoutMs);
    }

    /** The same, but gives up as soon as the log cannot be written, because this caller makes others wait. */
    boolean tryDurable(Lsn lsn, long timeoutMs) {
        if (log.durable().isBefore(lsn) && failure == null) {
            pool.execute(this::captureAll);
            await(() -> !log.durable().isBefore(lsn) || failure != null, timeoutMs);
        }
        return !log.durable().isBefore(lsn);
    }

    /** Waits for a condition that a capture or its failure brings about; false if the time runs out. */
    boolean await(BooleanSupplier condition, long timeoutMs) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        synchronized (moved) {
            while (!condition.getAsBoolean()) {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (leftMs <= 0 || closed) {
                    return false;
                }
                try {
                    moved.wait(leftMs);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    /** The present failure; null if capture works. */
    DoLakeException failure() {
        Failure now = failure;
        return now == null ? null : now.error();
    }

    /** The present failure and since when; null if capture works. */
    public Failure failureSince() {
        return failure;
    }

    /** Stops capture: waits for a run under way; none begins afterwards. */
    @Override
    public void close() {
        closed = true;
        signal();
        synchronized (this) {
            QuietClose.close(decoder);
            decoder = null;
        }
    }
}
