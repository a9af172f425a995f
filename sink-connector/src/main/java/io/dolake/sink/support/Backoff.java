/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.support;

import org.apache.kafka.common.utils.ExponentialBackoff;

/** Delays before the next attempt: twice as long after each failure, up to a limit, with jitter. */
public final class Backoff {
    private static final int FACTOR = 2;
    private static final double JITTER = 0.2;

    private final ExponentialBackoff delays;
    private int failures;

    public Backoff(long firstMs, long longestMs) {
        delays = new ExponentialBackoff(firstMs, FACTOR, Math.max(firstMs, longestMs), JITTER);
    }

    /** The delay after one more failure. */
    public long nextMs() {
        return delays.backoff(failures++);
    }

    public int failures() {
        return failures;
    }
}
