/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.sink.buffer.TaskBudget;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.status.SinkStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops what is buffered and not committed: for partitions that are revoked, or to read it again. */
final class Revocation {
    private static final Logger LOG = LoggerFactory.getLogger(Revocation.class);

    private final TableWriters writers;
    private final PartitionOffsets partitions;
    private final PartitionAssignment assignment;
    private final CommitScheduler commits;
    private final Suspensions suspensions;
    private final ErrantRecords refused;
    private final TaskBudget budget;
    private final FlowControl flow;
    private final SinkStatus status;

    Revocation(
            TableWriters writers,
            PartitionOffsets partitions,
            PartitionAssignment assignment,
            CommitScheduler commits,
            Suspensions suspensions,
            ErrantRecords refused,
            TaskBudget budget,
            FlowControl flow,
            SinkStatus status) {
        this.writers = writers;
        this.partitions = partitions;
        this.assignment = assignment;
        this.commits = commits;
        this.suspensions = suspensions;
        this.refused = refused;
        this.budget = budget;
        this.flow = flow;
        this.status = status;
    }

    /** Reads again what is not committed, so that only the records which a commit refused are rejected. */
    void startOver() {
        LOG.info("What waits is read again");
        close(List.of());
    }

    /**
     * Gives partitions up. Waits for commits under way and drops what is still buffered: the next owner reads it again,
     * and so does this task for the partitions it keeps.
     */
    void close(Collection<TopicPartition> closed) {
        commits.finish();
        Map<TopicPartition, Long> rewinds = new HashMap<>();
        for (TopicPartition partition : partitions.all()) {
            writers.buffered(partition).ifPresent(offset -> rewinds.put(partition, offset));
        }
        dropBuffers();
        refused.startOver();
        for (TopicPartition partition : closed) {
            forget(partition);
            rewinds.remove(partition);
        }
        rewinds.keySet().removeIf(suspensions::holds);
        rewinds.forEach(assignment::rewind);
        if (!partitions.all().isEmpty()) {
            flow.holdBack();
        }
    }

    private void dropBuffers() {
        List<TableWriter> stuck = new ArrayList<>();
        for (TableWriter writer : writers.all()) {
            budget.shrink(writer.bytes());
            writer.discardActive();
            if (writer.inFlight() != null && !writer.inFlight().isFinished()) {
                stuck.add(writer);
                writer.inFlight().abandon();
            }
            writer.discardInFlight();
            status.settled(writer.table());
        }
        // A commit that may still be under way keeps its committer.
        writers.renew(stuck);
    }

    private void forget(TopicPartition partition) {
        writers.all().forEach(writer -> writer.committer().forget(partition));
        assignment.close(partition);
        suspensions.forget(partition);
        refused.forget(partition);
    }
}
