/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import java.util.concurrent.ThreadLocalRandom;

/** Delays that double from a first to a longest one, each shortened by up to half at random. */
public final class Backoff {
    private final long firstMs;
    private final long longestMs;
    private int failures;

    public Backoff(long firstMs, long longestMs) {
        this.firstMs = firstMs;
        this.longestMs = Math.max(firstMs, longestMs);
    }

    public long nextMs() {
        long delayMs = Math.min(longestMs, firstMs << Math.min(failures, 20));
        failures++;
        return delayMs - ThreadLocalRandom.current().nextLong(delayMs / 2 + 1);
    }

    public int failures() {
        return failures;
    }
}
