/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Slows writers down when the change log falls behind, since the WAL cannot restart before the log has all of it. Up to
 * half of {@link Limit#CAPTURE_LAG_BYTES} there is no delay. From there on each transaction waits longer the further
 * the log is behind, up to {@link Limit#CAPTURE_DELAY_MS}; at the limit no transaction begins.
 *
 * <p>A log that is slow but never idle would still let the WAL grow, as no checkpoint finds a moment at which the log
 * is complete. So the limit becomes smaller once the WAL itself is as long as the limit. Thread-safe.
 */
public final class Backpressure {
    /** Delays begin at the limit divided by this. */
    static final int SOFT_DIVISOR = 2;

    /**
     * The limit divided by this may always lag, however long the WAL is: a reader may be the reason for its length, not
     * the log.
     */
    static final int FLOOR_DIVISOR = 64;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final String database;
    private final CommitLsn head;
    private final ChangeLog log;
    private final Capture capture;
    private final long frameBytes;
    private final long hardBytes;
    private final long maxDelayMs;

    public Backpressure(
            String database, ServerConfig config, CommitLsn head, ChangeLog log, Capture capture, long frameBytes) {
        this.database = database;
        this.head = head;
        this.log = log;
        this.capture = capture;
        this.frameBytes = frameBytes;
        hardBytes = config.limit(Limit.CAPTURE_LAG_BYTES);
        maxDelayMs = config.limit(Limit.CAPTURE_DELAY_MS);
    }

    /** Bytes of the WAL that are committed but not yet in the change log. */
    long lagBytes() {
        long durable = log.durable().value();
        return (head.lsn().value() - durable) * frameBytes;
    }

    private long limitBytes() {
        return limitBytes(head.frames() * frameBytes, hardBytes);
    }

    static long limitBytes(long walBytes, long hard) {
        return walBytes <= hard ? hard : Math.max(hard / FLOOR_DIVISOR, 2 * hard - walBytes);
    }

    /** How long a transaction waits before it begins. */
    static long delayMs(long lag, long hard, long max) {
        long soft = hard / SOFT_DIVISOR;
        if (lag <= soft) {
            return 0;
        }
        return lag >= hard ? max : (long) Math.ceil((double) max * (lag - soft) / (hard - soft));
    }

    public boolean isFull() {
        return lagBytes() >= limitBytes();
    }

    /**
     * Waits while the lag is at its limit and the log is being written. Call it without the write lock, so that all
     * waiting writers get the same answer.
     *
     * @throws DoLakeException BUFFER_FULL, or STORAGE_FULL if that is the cause, after the time limit or if the log
     *     cannot be written
     */
    public void awaitRoom(long deadlineNanos) {
        if (!isFull()) {
            return;
        }
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        capture.await(() -> !isFull() || capture.failure() != null, leftMs);
        if (isFull()) {
            throw refused();
        }
    }

    /**
     * Waits for the delay of the present lag, or until the lag is small. Call it with the write lock held, so that the
     * next writer waits too.
     */
    public void slowDown() {
        long delayMs = delayMs(lagBytes(), limitBytes(), maxDelayMs);
        if (delayMs > 0) {
            capture.await(() -> lagBytes() <= limitBytes() / SOFT_DIVISOR, delayMs);
        }
    }

    private DoLakeException refused() {
        DoLakeException cause = capture.failure();
        boolean isStorage = cause != null && cause.code() == ErrorCode.STORAGE_FULL;
        return new DoLakeException(
                        isStorage ? ErrorCode.STORAGE_FULL : ErrorCode.BUFFER_FULL,
                        "Cannot write to database '" + database + "': the change log is too far behind"
                                + (cause == null ? "" : ": " + cause.getMessage()))
                .withHint("Reads still work. Try again later; the status of the database says how far behind it is,"
                        + " and why.")
                .withRetryAfter(RETRY_AFTER)
                .withDetail("lagBytes", lagBytes())
                .withDetail("limitBytes", limitBytes());
    }

    public CaptureLag status() {
        long lag = lagBytes();
        long limit = limitBytes();
        return new CaptureLag(lag, limit, delayMs(lag, limit, maxDelayMs));
    }
}
