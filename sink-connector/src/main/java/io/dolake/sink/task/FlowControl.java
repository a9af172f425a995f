/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.buffer.TaskBudget;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.status.SinkStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the consumer back while the task's buffers are full. Used by the task's thread. */
final class FlowControl {
    private static final Logger LOG = LoggerFactory.getLogger(FlowControl.class);

    private final SinkConfig config;
    private final SinkTaskContext context;
    private final TableWriters writers;
    private final PartitionOffsets partitions;
    private final PartitionAssignment assignment;
    private final Suspensions suspensions;
    private final TaskBudget budget;
    private final SinkStatus status;

    FlowControl(
            SinkConfig config,
            SinkTaskContext context,
            TableWriters writers,
            PartitionOffsets partitions,
            PartitionAssignment assignment,
            Suspensions suspensions,
            TaskBudget budget,
            SinkStatus status) {
        this.config = config;
        this.context = context;
        this.writers = writers;
        this.partitions = partitions;
        this.assignment = assignment;
        this.suspensions = suspensions;
        this.budget = budget;
        this.status = status;
    }

    /** Pauses partitions that are assigned while the buffers are full. */
    void opened(Collection<TopicPartition> opened) {
        if (status.isBufferFull()) {
            context.pause(opened.toArray(TopicPartition[]::new));
        }
    }

    /**
     * Throws {@code BUFFER_FULL} with a delay while there is no room for records or a partition's start offset is not
     * settled yet.
     */
    void refuseIfFull(int records, Set<TopicPartition> offered) {
        boolean isWaiting = offered.stream().anyMatch(assignment::isWaiting);
        if (budget.isFull(writers.bytes()) || isWaiting) {
            holdBack();
            long delayMs = config.bufferRetryDelayMs();
            context.timeout(delayMs);
            String reason = isWaiting ? "the catalog did not answer yet" : "the buffer is full";
            String error = status.getLastError().isEmpty() ? "" : " (" + status.getLastError() + ")";
            throw new DoLakeException(ErrorCode.BUFFER_FULL, "Cannot accept " + records + " records: " + reason + error)
                    .withRetryAfter(Duration.ofMillis(delayMs));
        }
    }

    /** Pauses the partitions while the buffers are full, until they have drained to the lower mark. */
    void holdBack() {
        boolean wasFull = status.isBufferFull();
        boolean isFull = wasFull ? !budget.isRelieved(writers.bytes()) : budget.isFull(writers.bytes());
        if (isFull && !wasFull) {
            LOG.warn("buffer_full: {} bytes in buffers, partitions paused", budget.usedBytes());
            context.pause(partitions.all().toArray(TopicPartition[]::new));
        } else if (wasFull && !isFull) {
            LOG.info("Buffers drained to {} bytes, partitions resumed", budget.usedBytes());
            context.resume(partitions.all().stream()
                    .filter(partition -> !assignment.isWaiting(partition) && !suspensions.holds(partition))
                    .toArray(TopicPartition[]::new));
        }
        status.bufferFull(isFull);
    }
}
