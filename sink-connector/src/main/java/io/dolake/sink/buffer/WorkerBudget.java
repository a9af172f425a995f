/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.buffer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Encoded bytes held by all sink tasks of this worker. There is one counter per class loader of the plugin, hence one
 * per worker; every task compares it with its own limit.
 */
public final class WorkerBudget {
    public static final WorkerBudget SHARED = new WorkerBudget();

    private final AtomicLong usedBytes = new AtomicLong();

    void take(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    public void give(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    public long usedBytes() {
        return usedBytes.get();
    }
}
