/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.sink.buffer.TaskBudget;
import io.dolake.sink.buffer.WorkerBudget;
import io.dolake.sink.catalog.LazyCatalog;
import io.dolake.sink.commit.TableCommitter;
import io.dolake.sink.config.IndexConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.index.IndexSpace;
import io.dolake.sink.offsets.LogStartOffsets;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.offsets.StartOffsets;
import io.dolake.sink.offsets.TopicIds;
import io.dolake.sink.record.RecordReader;
import io.dolake.sink.record.RecordRouter;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.table.TableAccess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records to their tables: buffers them per table ({@link Intake}), has the buffers committed ({@link
 * CommitScheduler}), and pauses the consumer while they are full ({@link FlowControl}). All methods are called by the
 * task's thread; only commits run on others.
 */
public final class SinkWriter {
    private static final Logger LOG = LoggerFactory.getLogger(SinkWriter.class);
    private static final long TICK_MS = 50;
    /** How often an idle task looks for new partitions and for resume requests, and publishes its status. */
    private static final long LOOK_MS = 1000;

    private final SinkConfig config;
    private final SinkTaskContext context;
    private final LazyCatalog catalog;
    private final TableAccess access;
    private final String connector;
    private final int taskId;
    private final SinkStatus status;
    private final RecordReader reader;
    private final Intake intake;
    private final PartitionOffsets partitions;
    private final PartitionAssignment assignment;
    private final TaskBudget budget;
    private final CommitScheduler commits;
    private final FlowControl flow;
    private final MaintenanceScheduler maintenance;
    private final IndexSpace indexSpace;
    private final TableWriters writers = new TableWriters(this::committer);
    private final ErrantRecords refused;
    private final Suspensions suspensions;
    private final LookBack lookBack;
    private final TopicIds topicIds;
    private final Resumption resumption;
    private long reportedAtNs = System.nanoTime();

    public SinkWriter(SinkConfig config, SinkTaskContext context, LazyCatalog catalog) {
        this.config = config;
        this.context = context;
        this.catalog = catalog;
        this.access = new TableAccess(catalog, config);
        this.connector = config.connector();
        this.taskId = config.taskId();
        this.status = new SinkStatus(config, connector, taskId);
        RecordRouter router = new RecordRouter(config);
        this.reader = new RecordReader(config, router, access);
        this.partitions = new PartitionOffsets(config, status, new LogStartOffsets(config, connector, taskId));
        this.topicIds = new TopicIds(config);
        this.suspensions = new Suspensions(context, writers, status, connector);
        this.lookBack = new LookBack(config, context, partitions, writers, suspensions, access, connector);
        this.assignment = new PartitionAssignment(
                context,
                new StartOffsets(access, router, connector),
                partitions,
                status,
                writers,
                suspensions,
                topicIds,
                lookBack,
                config.unknownFailureRetries());
        this.budget = new TaskBudget(config, WorkerBudget.SHARED);
        this.refused = new ErrantRecords(context, new DeadLetters(config, connector));
        this.intake = new Intake(
                config,
                context,
                reader,
                access,
                router,
                writers,
                partitions,
                assignment,
                lookBack,
                suspensions,
                refused,
                budget,
                status);
        this.indexSpace = new IndexSpace(IndexConfig.of(config));
        String task = connector + "-" + taskId;
        String owner = UUID.randomUUID().toString();
        this.maintenance = new MaintenanceScheduler(config, access, connector, task, owner);
        this.commits = new CommitScheduler(
                config, writers, partitions, refused, suspensions, budget, maintenance, status, task, owner);
        this.flow = new FlowControl(config, context, writers, partitions, assignment, suspensions, budget, status);
        this.resumption = new Resumption(
                writers, suspensions, partitions, assignment, lookBack, access, router, refused, commits, this);
        status.register();
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
        resumption.look(status);
        assignment.resolve();
        if (!records.isEmpty()) {
            flow.refuseIfFull(records.size(), ends.keySet());
        }
        reader.preview(records);
        for (SinkRecord record : records) {
            intake.take(record);
        }
        lookBack.look(this::startOver);
        partitions.taken();
        commits.startDue();
        maintenance.consider(writers.tables());
        flow.holdBack();
        boolean isTold = report();
        if (writers.isBusy() || assignment.isWaiting() || lookBack.isBusy()) {
            context.timeout(tickMs());
        } else if (!suspensions.isEmpty() || !isTold || partitions.isEmpty()) {
            context.timeout(LOOK_MS);
        }
        if (commits.hasNewCommits() || lookBack.asks()) {
            commits.told();
            context.requestCommit();
        }
    }

    private long tickMs() {
        return Math.min(TICK_MS, config.commitIntervalMs());
    }

    private TableCommitter committer(TableIdentifier table) {
        return new TableCommitter(table, access, config, connector, taskId, indexSpace);
    }

    /** Reads again what is not committed, so that only the records which a commit refused are rejected. */
    void startOver() {
        LOG.info("What waits is read again");
        close(List.of());
    }

    /**
     * The offsets up to which the lake is complete, each with the last record before it in its metadata. Where nothing is
     * buffered, they are the framework's own.
     */
    public Map<TopicPartition, OffsetAndMetadata> heldOffsets(Map<TopicPartition, OffsetAndMetadata> current) {
        Map<TopicPartition, OffsetAndMetadata> result = new HashMap<>();
        current.forEach((partition, offset) -> {
            lookBack.delivered(partition, offset.offset());
            if (partitions.contains(partition) && !assignment.isWaiting(partition) && !suspensions.holds(partition)) {
                partitions.delivered(partition, offset.offset());
                long bound = writers.held(partition, null).orElse(partitions.bound(partition));
                long next = Math.min(bound, offset.offset());
                refused.forgetBelow(partition, next);
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

    /**
     * Gives partitions up. Waits for commits under way and drops what is still buffered: the next owner reads it again,
     * and so does this task for the partitions it keeps.
     */
    public void close(Collection<TopicPartition> closed) {
        commits.finish();
        Map<TopicPartition, Long> rewinds = new HashMap<>();
        for (TopicPartition partition : partitions.all()) {
            writers.buffered(partition).ifPresent(offset -> rewinds.put(partition, offset));
        }
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
        refused.startOver();
        for (TopicPartition partition : closed) {
            writers.all().forEach(writer -> writer.committer().forget(partition));
            assignment.close(partition);
            suspensions.forget(partition);
            refused.forget(partition);
            rewinds.remove(partition);
        }
        rewinds.keySet().removeIf(suspensions::holds);
        rewinds.forEach(assignment::rewind);
        if (!partitions.all().isEmpty()) {
            flow.holdBack();
        }
        report();
    }

    public SinkStatus status() {
        return status;
    }

    String connector() {
        return connector;
    }

    public void stop() {
        close(partitions.all());
        commits.stop();
        maintenance.stop();
        status.unregister();
        indexSpace.close();
        assignment.stop();
        topicIds.close();
        catalog.close();
    }
}
