/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.ErrorCode;
import io.dolake.sink.buffer.TaskBudget;
import io.dolake.sink.commit.CommitJob;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.support.DaemonThreads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Starts commits when they are due, on threads of their own, and handles their outcome. Its methods are called by the
 * task's thread.
 */
final class CommitScheduler {
    private final SinkConfig config;
    private final TableWriters writers;
    private final PartitionOffsets partitions;
    private final ErrantRecords refused;
    private final Suspensions suspensions;
    private final TaskBudget budget;
    private final MaintenanceScheduler maintenance;
    private final SinkStatus status;
    private final ExecutorService threads;
    private String owner;
    private boolean hasNewCommits;

    /** @param owner distinguishes commits of this task from those of other tasks */
    CommitScheduler(
            SinkConfig config,
            TableWriters writers,
            PartitionOffsets partitions,
            ErrantRecords refused,
            Suspensions suspensions,
            TaskBudget budget,
            MaintenanceScheduler maintenance,
            SinkStatus status,
            String task,
            String owner) {
        this.config = config;
        this.writers = writers;
        this.partitions = partitions;
        this.refused = refused;
        this.suspensions = suspensions;
        this.budget = budget;
        this.maintenance = maintenance;
        this.status = status;
        this.owner = owner;
        this.threads = Executors.newFixedThreadPool(config.commitThreads(), new DaemonThreads("dolake-commit-" + task));
    }

    /**
     * Marks later commits as those of a new owner: offsets that this task wrote for a deleted topic then count as
     * another owner's.
     */
    void renewOwner() {
        owner = UUID.randomUUID().toString();
    }

    /**
     * Handles commits that have ended and suspends the tables whose commit failed for good. Returns whether to start
     * over.
     */
    boolean settle() {
        boolean isToReadAgain = false;
        for (TableWriter writer : writers.all()) {
            CommitJob job = writer.inFlight();
            if (job == null || !job.isFinished()) {
                continue;
            }
            if (job.isHeldUp() || refused.note(job, writers)) {
                status.settled(writer.table());
                isToReadAgain = true;
            } else if (job.failure() != null) {
                if (job.failure().code() == ErrorCode.TASK_FENCED) {
                    throw job.failure();
                }
                Object owner = job.failure().details().get(SourceTables.OWNER);
                if (owner != null) {
                    // Now the cause is known: the records of the other tables are refused one by one.
                    writer.belongsTo(owner.toString());
                    status.settled(writer.table());
                    isToReadAgain = true;
                    continue;
                }
                budget.shrink(writer.bytes());
                suspensions.failed(writer);
                isToReadAgain |= refused.isDeadLetters(writer);
            } else {
                budget.shrink(job.request().buffer().bytes());
                writer.committed();
                partitions.committed(job.request().next().keySet());
                maintenance.committed(writer.table());
                hasNewCommits = true;
            }
        }
        return isToReadAgain;
    }

    /** Starts the commits that are due: by time, by number of rows, because the buffers are full, or on request. */
    void startDue() {
        long nowMs = System.currentTimeMillis();
        long intervalMs = config.commitIntervalMs();
        long firstDelayMs = config.commitFirstDelayMs();
        boolean isFull = budget.isFull(writers.bytes());
        if (!startUnsettled()) {
            return;
        }
        long requestedAtMs = status.flushRequestedAtMs();
        long waiting = 0;
        List<TableWriter> fillable = new ArrayList<>();
        for (TableWriter writer : writers.all()) {
            waiting += writer.active() == null ? 0 : writer.active().events();
            long openedAtMs = writer.active() == null ? nowMs : writer.active().openedAtMs();
            boolean isDue = isFull || writer.isDue(nowMs, intervalMs, firstDelayMs) || openedAtMs <= requestedAtMs;
            if (writer.canCommit() && isDue) {
                waiting -= writer.active().events();
                start(writer);
            } else if (writer.canCommit()) {
                fillable.add(writer);
            }
        }
        fillable.sort(
                Comparator.comparingInt((TableWriter writer) -> writer.active().events())
                        .reversed());
        for (TableWriter writer : fillable) {
            if (waiting >= config.bufferMaxEvents()) {
                waiting -= writer.active().events();
                start(writer);
            }
        }
    }

    /** Starts the commit that precedes all others, if there is one. False while it cannot be started. */
    private boolean startUnsettled() {
        Optional<TableWriter> unsettled = refused.unsettled(writers);
        if (unsettled.isPresent() && unsettled.get().isSuspended()) {
            return true;
        }
        if (unsettled.isPresent() && unsettled.get().canCommit()) {
            start(unsettled.get());
            refused.settling(unsettled.get().inFlight());
            return true;
        }
        return unsettled.isEmpty();
    }

    private void start(TableWriter writer) {
        boolean isLast = refused.holdsOnlyWhatOthersHold(writer.active());
        CommitJob job = new CommitJob(
                writer.committer(),
                writer.request(writers, partitions, owner, isLast),
                status,
                config,
                refused.first());
        writer.started(job);
        threads.execute(job);
    }

    /** Waits for the commits under way, after asking them to end, and records those that succeed. */
    void finish() {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.closeTimeoutMs());
        writers.all().stream()
                .map(TableWriter::inFlight)
                .filter(Objects::nonNull)
                .forEach(CommitJob::cancel);
        for (TableWriter writer : writers.all()) {
            CommitJob job = writer.inFlight();
            long leftMs = Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime()));
            if (job != null && job.await(leftMs) && job.isCommitted()) {
                budget.shrink(job.request().buffer().bytes());
                writer.committed();
                partitions.committed(job.request().next().keySet());
            }
        }
    }

    /** Whether commits have succeeded that Connect does not know of yet. */
    boolean hasNewCommits() {
        return hasNewCommits;
    }

    /** Connect has been asked to commit the offsets of these commits. */
    void told() {
        hasNewCommits = false;
    }

    void stop() {
        threads.shutdownNow();
    }
}
