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
 * Keeps writers from running away from the change log, since the WAL cannot begin anew before the log has all of it. Up to
 * half of {@link Limit#CAPTURE_LAG_BYTES} they notice nothing. From there on each transaction waits, the longer the further
 * the log is behind, up to {@link Limit#CAPTURE_DELAY_MS}; at the limit none begins.
 *
 * <p>A log that is slow and never stops would still let the WAL grow, as no checkpoint finds a moment in which it has
 * everything. So the limit becomes smaller once the WAL itself is as long as it. Thread-safe.
 */
public final class Backpressure {
    /** The limit divided by it is where delays begin. */
    static final int SOFT_DIVISOR = 2;

    /** The limit divided by it is what may lag however long the WAL is: a reader may be the reason, not the log. */
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

    /** Bytes of the WAL that are committed and not in the change log. */
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
     * Waits while the lag is at its limit and the log is being written. To be called without the turn to write, so that all
     * who wait get the same answer.
     *
     * @throws DoLakeException BUFFER_FULL, or STORAGE_FULL where that is why, when the time is over or the log cannot be
     *     written
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

    /** Waits for as long as the lag says, or until it is small. To be called with the turn to write: the next one waits too. */
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
                .withHint(
                        "Reads go on. Try again later; the status of the database says how far behind it is, and why.")
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
