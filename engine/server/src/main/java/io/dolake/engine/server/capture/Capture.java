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
 * Moves committed transactions from the WAL into the change log. Woken by commits; runs on a shared pool, never twice
 * at a time for one database. After a failure it starts again, with growing delays, from what is durable.
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
    /** When the next write of the log may begin. */
    private volatile long nextNanos = System.nanoTime();
    /** Whether the last one took as many transactions as it may, so that there are likely to be more. */
    private boolean isBehind;

    private volatile Failure failure;
    private volatile boolean closed;

    /**
     * Why nothing is captured.
     *
     * @param since of the first of the failures since a capture succeeded
     */
    public record Failure(DoLakeException error, Instant since) {}

    /** Opens a decoder where the change log ends. */
    public interface DecoderSource {
        WalDecoder open() throws IOException;
    }

    /** @param decoder the first one; null to open it when needed */
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

    /** Says that a transaction was committed. */
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

    /** Serves all requests there are. As long as one is left nobody else starts a run. */
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
                // What was committed meanwhile has a request of its own.
                more = log.capture(this::captureSome) && isBehind;
                commitTimes.headMap(log.durable().value(), true).clear();
                // Said at once: to catch up may take long.
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

    /** What was committed is in the WAL before anybody hears of it. */
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

    /** Time of a commit; now, for one that an earlier process made. */
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

    /** The decoder is ahead of what is durable now: it is thrown away. */
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
        // One at a time, or those who ask for a capture in between would each add one that goes on for ever.
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

    /** Waits until the change log has reached an LSN, whatever fails meanwhile; false if it has not in time. */
    boolean awaitDurable(Lsn lsn, long timeoutMs) {
        if (log.durable().isBefore(lsn)) {
            pool.execute(this::captureAll);
        }
        return await(() -> !log.durable().isBefore(lsn), timeoutMs);
    }

    /** The same, but gives up as soon as the log cannot be written: who waits here keeps others waiting. */
    boolean tryDurable(Lsn lsn, long timeoutMs) {
        if (log.durable().isBefore(lsn) && failure == null) {
            pool.execute(this::captureAll);
            await(() -> !log.durable().isBefore(lsn) || failure != null, timeoutMs);
        }
        return !log.durable().isBefore(lsn);
    }

    /** Waits for something that a capture or its failure brings about; false if it is not so in time. */
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

    /** Why nothing is captured now; null if all is well. */
    DoLakeException failure() {
        Failure now = failure;
        return now == null ? null : now.error();
    }

    /** The same, with the time since when; null if all is well. */
    public Failure failureSince() {
        return failure;
    }

    /** Waits for a capture that runs; none begins after it. */
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
