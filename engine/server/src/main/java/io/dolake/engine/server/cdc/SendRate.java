/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The rate limit of one consumer, in events per second. A refused batch halves it, starting from the rate really
 * reached. It grows again, up to the configured limit, while the consumer reports a buffer that is less than half full.
 * Thread-safe.
 */
final class SendRate {
    private static final double FLOOR = 100;
    private static final double GROWTH = 1.1;
    private static final double LOW_UTILIZATION = 0.5;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final double limit;
    private final LongSupplier nanos;
    private double rate;
    private long nextNanos;
    private long windowNanos;
    private long windowEvents;
    private double observed;

    /** @param nanos a clock like {@link System#nanoTime} */
    SendRate(double limit, LongSupplier nanos) {
        this.limit = limit;
        this.nanos = nanos;
        rate = limit;
        nextNanos = nanos.getAsLong();
        windowNanos = nextNanos;
    }

    synchronized double eventsPerSecond() {
        return rate;
    }

    /** How long to wait before the next batch; 0 or less if there is no need to wait. */
    synchronized long waitNanos() {
        return nextNanos - nanos.getAsLong();
    }

    /** Records sent events, which delay the next ones. */
    synchronized void sent(long events) {
        long now = nanos.getAsLong();
        nextNanos = Math.max(now, nextNanos) + (long) (events * (double) SECOND_NANOS / rate);
        windowEvents += events;
        if (now - windowNanos >= SECOND_NANOS) {
            observed = windowEvents * (double) SECOND_NANOS / (now - windowNanos);
            windowNanos = now;
            windowEvents = 0;
        }
    }

    synchronized void refused(long retryDelayMs) {
        long now = nanos.getAsLong();
        double seconds = Math.max((now - windowNanos) / (double) SECOND_NANOS, 0.001);
        double recent = Math.max(observed, windowEvents / Math.max(seconds, 1));
        rate = Math.max(FLOOR, Math.min(rate, Math.max(recent, FLOOR)) / 2);
        rate = Math.min(rate, limit);
        nextNanos = now + TimeUnit.MILLISECONDS.toNanos(retryDelayMs);
    }

    synchronized void accepted(double bufferUtilization) {
        if (bufferUtilization < LOW_UTILIZATION) {
            rate = Math.min(limit, rate * GROWTH);
        }
    }
}
