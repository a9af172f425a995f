/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.buffer;

import io.dolake.sink.config.SinkConfig;

/** A task's view of the worker's budget. A task with empty buffers always has room, or it could never continue. */
public final class TaskBudget {
    private final WorkerBudget budget;
    private final double highBytes;
    private final double lowBytes;

    public TaskBudget(SinkConfig config, WorkerBudget budget) {
        this.budget = budget;
        long maxBytes = config.bufferMaxBytes();
        this.highBytes = maxBytes * config.bufferHighWatermark();
        this.lowBytes = maxBytes * config.bufferLowWatermark();
    }

    public void grow(long bytes) {
        budget.take(bytes);
    }

    public void shrink(long bytes) {
        budget.give(bytes);
    }

    public long usedBytes() {
        return budget.usedBytes();
    }

    public boolean isFull(long ownBytes) {
        return ownBytes > 0 && budget.usedBytes() >= highBytes;
    }

    public boolean isRelieved(long ownBytes) {
        return ownBytes == 0 || budget.usedBytes() <= lowBytes;
    }
}
