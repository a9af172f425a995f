/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/** When each row of a run was first seen at a place, by its mark, against when its COMMIT returned. */
final class Arrivals {
    private final AtomicLongArray seenNanos;

    /** @param rows marks are 1 to this */
    Arrivals(int rows) {
        seenNanos = new AtomicLongArray(rows + 1);
    }

    void seen(long mark) {
        if (mark < seenNanos.length()) {
            seenNanos.compareAndSet((int) mark, 0, System.nanoTime());
        }
    }

    boolean has(long mark) {
        return seenNanos.get((int) mark) != 0;
    }

    /** @param returnedNanos of each mark; 0 where it does not count */
    String since(long[] returnedNanos) {
        double[] ms = new double[returnedNanos.length];
        int count = 0;
        for (int mark = 1; mark < returnedNanos.length; mark++) {
            if (returnedNanos[mark] != 0 && has(mark)) {
                ms[count++] = Math.max(0, seenNanos.get(mark) - returnedNanos[mark]) / 1e6;
            }
        }
        return quantiles(Arrays.copyOf(ms, count));
    }

    static String quantiles(double[] ms) {
        Arrays.sort(ms);
        return ms.length == 0
                ? "none seen"
                : "p50 %.1f ms, p99 %.1f ms, largest %.1f ms, of %d"
                        .formatted(ms[ms.length / 2], ms[(int) (ms.length * 0.99)], ms[ms.length - 1], ms.length);
    }
}
