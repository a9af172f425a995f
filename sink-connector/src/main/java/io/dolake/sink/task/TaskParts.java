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
import io.dolake.sink.record.RecordTables;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.table.TableAccess;
import java.util.UUID;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The parts of a task, created and connected to each other; what they do together is in {@link SinkWriter}. */
final class TaskParts {
    final TableWriters writers;
    final PartitionOffsets partitions;
    final PartitionAssignment assignment;
    final Suspensions suspensions;
    final LookBack lookBack;
    final ErrantRecords refused;
    final Intake intake;
    final CommitScheduler commits;
    final FlowControl flow;
    final Revocation revocation;
    final Resumption resumption;
    final MaintenanceScheduler maintenance;
    final SinkStatus status;

    private final LazyCatalog catalog;
    private final IndexSpace indexSpace;
    private final TopicIds topicIds;

    TaskParts(SinkConfig config, SinkTaskContext context, LazyCatalog catalog) {
        this.catalog = catalog;
        String connector = config.connector();
        int taskId = config.taskId();
        TableAccess access = new TableAccess(catalog, config);
        RecordRouter router = new RecordRouter(config);
        TaskBudget budget = new TaskBudget(config, WorkerBudget.SHARED);
        status = new SinkStatus(config, connector, taskId);
        indexSpace = new IndexSpace(IndexConfig.of(config));
        writers = new TableWriters(budget, table -> new TableCommitter(table, access, config, indexSpace));
        partitions = new PartitionOffsets(config, status, new LogStartOffsets(config, connector, taskId));
        topicIds = new TopicIds(config);
        suspensions = new Suspensions(context, writers, status, connector);
        lookBack = new LookBack(config, context, partitions, writers, suspensions, access, connector);
        assignment = new PartitionAssignment(
                context,
                new StartOffsets(access, router, connector),
                partitions,
                status,
                writers,
                suspensions,
                topicIds,
                lookBack,
                config.unknownFailureRetries());
        refused = new ErrantRecords(context, new DeadLetterTable(config, connector));
        boolean isShared = config.allowsSharedTables() || !router.isByTemplate();
        intake = new Intake(
                context,
                new RecordReader(config, router, access),
                access,
                isShared ? null : new SourceTables(),
                writers,
                partitions,
                assignment,
                lookBack,
                suspensions,
                new RecordRejection(
                        new RecordTables(router), writers, partitions, lookBack, suspensions, refused, status),
                status);
        String task = connector + "-" + taskId;
        String owner = UUID.randomUUID().toString();
        maintenance = new MaintenanceScheduler(config, access, connector, task, owner);
        commits = new CommitScheduler(
                config, writers, partitions, refused, suspensions, budget, maintenance, status, task, owner);
        flow = new FlowControl(config, context, writers, partitions, assignment, suspensions, budget, status);
        revocation =
                new Revocation(writers, partitions, assignment, commits, suspensions, refused, budget, flow, status);
        resumption = new Resumption(
                writers,
                suspensions,
                partitions,
                assignment,
                lookBack,
                access,
                router,
                refused,
                commits,
                revocation,
                connector);
        status.register();
    }

    /** Stops threads and closes what was opened; the partitions have been given up before. */
    void stop() {
        commits.stop();
        maintenance.stop();
        status.unregister();
        indexSpace.close();
        assignment.stop();
        topicIds.close();
        catalog.close();
    }
}
