/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.sink.catalog.LazyCatalog;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.status.SinkStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Writes records to their tables: buffers them per table ({@link Intake}), has the buffers committed ({@link
 * CommitScheduler}), and pauses the consumer while they are full ({@link FlowControl}). All methods are called by the
 * task's thread; only commits run on others.
 */
public final class SinkWriter {
    private static final long TICK_MS = 50;
    /** How often an idle task looks for new partitions and for resume requests, and publishes its status. */
    private static final long LOOK_MS = 1000;

    private final SinkTaskContext context;
    private final long tickMs;
    private final TaskParts parts;
    private final SinkStatus status;
    private final Intake intake;
    private final PartitionOffsets partitions;
    private final PartitionAssignment assignment;
    private final CommitScheduler commits;
    private final FlowControl flow;
    private final TableWriters writers;
    private final Suspensions suspensions;
    private final LookBack lookBack;
    private long reportedAtNs = System.nanoTime();

    public SinkWriter(SinkConfig config, SinkTaskContext context, LazyCatalog catalog) {
        this.context = context;
        this.tickMs = Math.max(1, Math.min(TICK_MS, config.commitFirstDelayMs()));
        this.parts = new TaskParts(config, context, catalog);
        this.status = parts.status;
        this.intake = parts.intake;
        this.partitions = parts.partitions;
        this.assignment = parts.assignment;
        this.commits = parts.commits;
        this.flow = parts.flow;
        this.writers = parts.writers;
        this.suspensions = parts.suspensions;
        this.lookBack = parts.lookBack;
        context.timeout(LOOK_MS);
    }

    public void open(Collection<TopicPartition> opened) {
        assignment.open(opened);
        flow.opened(opened);
    }

    /**
     * Accepts all records, or throws before it accepted any: {@code BUFFER_FULL} with a delay while there is no room.
     * If the catalog has to be asked about a table and does not answer, the records before that one are accepted, and
     * recognized when they are delivered again. A record that cannot be accepted suspends only its table, or its
     * partition if it has no table.
     */
    public void put(Collection<SinkRecord> records) {
        boolean isToReadAgain = commits.settle();
        Map<TopicPartition, Long> ends = new HashMap<>();
        records.forEach(record -> ends.put(intake.partition(record), record.originalKafkaOffset() + 1));
        partitions.offered(ends);
        if (isToReadAgain) {
            startOver();
        }
        parts.resumption.look(status);
        assignment.resolve();
        if (!records.isEmpty()) {
            flow.refuseIfFull(records.size(), ends.keySet());
        }
        intake.take(records);
        lookBack.look(this::startOver);
        partitions.taken();
        commits.startDue();
        parts.maintenance.consider(writers.tables());
        flow.holdBack();
        boolean isTold = report();
        if (writers.isBusy() || assignment.isWaiting() || lookBack.isBusy()) {
            context.timeout(tickMs);
        } else if (!suspensions.isEmpty() || !isTold || partitions.isEmpty()) {
            context.timeout(LOOK_MS);
        }
        if (commits.hasNewCommits() || lookBack.asks()) {
            commits.told();
            context.requestCommit();
        }
    }

    private void startOver() {
        parts.revocation.startOver();
        report();
    }

    /**
     * The offsets up to which the lake is complete, each with the last record before it in its metadata. Where nothing
     * is buffered, they are the framework's own.
     */
    public Map<TopicPartition, OffsetAndMetadata> heldOffsets(Map<TopicPartition, OffsetAndMetadata> current) {
        Map<TopicPartition, OffsetAndMetadata> result = new HashMap<>();
        current.forEach((partition, offset) -> {
            lookBack.delivered(partition, offset.offset());
            if (partitions.contains(partition) && !assignment.isWaiting(partition) && !suspensions.holds(partition)) {
                partitions.delivered(partition, offset.offset());
                long bound = writers.held(partition, null).orElse(partitions.bound(partition));
                long next = Math.min(bound, offset.offset());
                parts.refused.forgetBelow(partition, next);
                result.put(partition, partitions.groupOffset(partition, next, lookBack.isConcerned(partition)));
            }
        });
        return lookBack.isUnderWay() ? Map.of() : result;
    }

    /**
     * Publishes the status. False if the status of the tables, which takes longer, has to wait for its interval or for
     * commits.
     */
    private boolean report() {
        status.buffers(writers.buffers());
        status.indexes(writers.indexes());
        long nowNs = System.nanoTime();
        boolean isNews = suspensions.hasChanged() || commits.hasNewCommits() && !writers.isBusy();
        if (!isNews && nowNs - reportedAtNs < TimeUnit.MILLISECONDS.toNanos(LOOK_MS)) {
            return false;
        }
        reportedAtNs = nowNs;
        status.tables(TableStates.of(writers, suspensions, partitions, status.tableErrors()));
        return true;
    }

    /** Gives partitions up; see {@link Revocation#close}. */
    public void close(Collection<TopicPartition> closed) {
        parts.revocation.close(closed);
        report();
    }

    public SinkStatus status() {
        return status;
    }

    public void stop() {
        close(partitions.all());
        parts.stop();
    }
}
