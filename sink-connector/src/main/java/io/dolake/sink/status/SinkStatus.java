/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.status;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.RunState;
import io.dolake.sink.buffer.WorkerBudget;
import io.dolake.sink.commit.CommitListener;
import io.dolake.sink.commit.TableCommitter;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.index.IndexProgress;
import io.dolake.sink.index.TableIndex;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.iceberg.catalog.TableIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task's state for monitoring: written by the task's threads, read by any thread. */
public final class SinkStatus implements CommitListener, SinkTaskMXBean {
    private static final Logger LOG = LoggerFactory.getLogger(SinkStatus.class);
    private static final long FLUSH_LOOK_MS = 10;
    /** Subject of errors that are not about one table. */
    public static final String CATALOG = "catalog";

    /** The buffers as of the last update; times in ms since 1970, 0 if the buffers are empty. */
    public record Buffers(long bytes, long events, long oldestMs, long newestMs) {}

    /** The primary key indexes as of the last update; {@code builds} are tables whose files are being read. */
    public record Indexes(long bytes, long spilledBytes, int builds, IndexProgress.State progress) {
        public static final Indexes NONE = new Indexes(0, 0, 0, IndexProgress.IDLE);

        public Indexes plus(TableCommitter committer) {
            TableIndex.Sizes sizes = committer.indexSizes();
            IndexProgress.State state = committer.indexProgress();
            return new Indexes(
                    bytes + sizes.bytes(),
                    spilledBytes + sizes.spilledBytes(),
                    builds + (state.filesTotal() == 0 ? 0 : 1),
                    progress.plus(state));
        }
    }

    /** The last commit. */
    private record LastCommit(long timeMs, String table, long snapshotId, long durationMs) {}

    private final String connector;
    private final int taskId;
    private final long maxBytes;
    private final long commitIntervalMs;
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong rowsWritten = new AtomicLong();
    private final AtomicLong rowsDeleted = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();
    private final AtomicLong failedAttempts = new AtomicLong();
    private final AtomicLong eventsTaken = new AtomicLong();
    private final AtomicLong eventsIgnored = new AtomicLong();
    private final AtomicLong eventsRefused = new AtomicLong();
    private final AtomicLong offsetGaps = new AtomicLong();
    private final AtomicLong bufferFullCount = new AtomicLong();
    private volatile LastCommit lastCommit = new LastCommit(0, "", -1, 0);
    private volatile Buffers buffers = new Buffers(0, 0, 0, 0);
    private volatile Indexes indexes = Indexes.NONE;
    private volatile boolean isBufferFull;
    private volatile boolean isWaitingForCatalog;
    /** By subject, a table or {@link #CATALOG}: errors that are being retried. */
    private final Map<Object, String> errors = new ConcurrentHashMap<>();

    private volatile Map<String, Map<String, String>> tables = Map.of();
    private final Queue<ResumeRequest> resumes = new ConcurrentLinkedQueue<>();
    private volatile long flushRequestedAtMs;

    public SinkStatus(SinkConfig config, String connector, int taskId) {
        this.connector = connector;
        this.taskId = taskId;
        this.maxBytes = config.bufferMaxBytes();
        this.commitIntervalMs = config.commitIntervalMs();
    }

    public void register() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            server.registerMBean(this, objectName());
        } catch (InstanceAlreadyExistsException e) {
            LOG.warn("Another task is registered as {}: this one is not shown", objectName());
        } catch (JMException e) {
            throw new IllegalStateException("Cannot register " + objectName(), e);
        }
    }

    public void unregister() {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(objectName());
        } catch (InstanceNotFoundException e) {
            LOG.debug("{} was not registered", objectName());
        } catch (JMException e) {
            LOG.warn("Cannot unregister {}", objectName(), e);
        }
    }

    private ObjectName objectName() {
        try {
            String name = connector.matches("[A-Za-z0-9_.-]+") ? connector : ObjectName.quote(connector);
            return new ObjectName("io.dolake:type=sink-task,connector=" + name + ",task=" + taskId);
        } catch (JMException e) {
            throw new IllegalStateException("Cannot name the status of " + connector, e);
        }
    }

    @Override
    public void committed(TableCommitter.Outcome outcome, TableIdentifier table, long durationMs) {
        settled(table);
        if (outcome.snapshotId() != null) {
            commits.incrementAndGet();
            rowsWritten.addAndGet(outcome.rows());
            rowsDeleted.addAndGet(outcome.deletes());
            lastCommit = new LastCommit(System.currentTimeMillis(), table.toString(), outcome.snapshotId(), durationMs);
        }
    }

    @Override
    public void conflict() {
        conflicts.incrementAndGet();
    }

    /** Reports that an operation on {@code subject} failed, and is retried. */
    @Override
    public void fault(Object subject, DoLakeException error) {
        failedAttempts.incrementAndGet();
        errors.put(subject, error.toString());
    }

    /** Reports that the operation on {@code subject} succeeded, or was given up. */
    public void settled(Object subject) {
        errors.remove(subject);
    }

    /** The errors that are being retried, by table. */
    public Map<TableIdentifier, String> tableErrors() {
        Map<TableIdentifier, String> ofTables = new HashMap<>();
        errors.forEach((subject, error) -> {
            if (subject instanceof TableIdentifier table) {
                ofTables.put(table, error);
            }
        });
        return ofTables;
    }

    public void tables(Map<String, Map<String, String>> states) {
        tables = states;
    }

    /** The next table to resume; null if there is no request. */
    public ResumeRequest nextResume() {
        return resumes.poll();
    }

    public void taken(boolean isForATable) {
        (isForATable ? eventsTaken : eventsIgnored).incrementAndGet();
    }

    public void refused() {
        eventsRefused.incrementAndGet();
    }

    public void offsetGap() {
        offsetGaps.incrementAndGet();
    }

    public void buffers(Buffers newBuffers) {
        buffers = newBuffers;
    }

    public void indexes(Indexes newIndexes) {
        indexes = newIndexes;
    }

    /** Buffers that were begun up to this time are to be committed, however young; in ms since 1970. */
    public long flushRequestedAtMs() {
        return flushRequestedAtMs;
    }

    public void bufferFull(boolean isFull) {
        if (isFull && !isBufferFull) {
            bufferFullCount.incrementAndGet();
        }
        isBufferFull = isFull;
    }

    public void waitingForCatalog(boolean isWaiting) {
        isWaitingForCatalog = isWaiting;
    }

    @Override
    public String getState() {
        if (isBufferFull) {
            return "BUFFER_FULL";
        }
        if (isWaitingForCatalog) {
            return "WAITING_FOR_CATALOG";
        }
        return errors.isEmpty() ? "RUNNING" : "RETRYING";
    }

    @Override
    public boolean isBufferFull() {
        return isBufferFull;
    }

    @Override
    public long getBufferBytes() {
        return buffers.bytes();
    }

    @Override
    public long getBufferEvents() {
        return buffers.events();
    }

    @Override
    public double getBufferUtilization() {
        return (double) WorkerBudget.SHARED.usedBytes() / maxBytes;
    }

    @Override
    public long getOldestBatchTimeMs() {
        return buffers.oldestMs();
    }

    @Override
    public long getNewestBatchTimeMs() {
        return buffers.newestMs();
    }

    @Override
    public long getOldestEventAgeMs() {
        long oldestMs = buffers.oldestMs();
        return oldestMs == 0 ? 0 : Math.max(0, System.currentTimeMillis() - oldestMs);
    }

    @Override
    public long getTimeUntilFlushMs() {
        return buffers.oldestMs() == 0 ? -1 : Math.max(0, commitIntervalMs - getOldestEventAgeMs());
    }

    @Override
    public long getLastCommitTimeMs() {
        return lastCommit.timeMs();
    }

    @Override
    public String getLastCommitTable() {
        return lastCommit.table();
    }

    @Override
    public long getLastCommitSnapshotId() {
        return lastCommit.snapshotId();
    }

    @Override
    public long getLastCommitDurationMs() {
        return lastCommit.durationMs();
    }

    @Override
    public long getCommits() {
        return commits.get();
    }

    @Override
    public long getRowsWritten() {
        return rowsWritten.get();
    }

    @Override
    public long getRowsDeleted() {
        return rowsDeleted.get();
    }

    @Override
    public long getConflicts() {
        return conflicts.get();
    }

    @Override
    public long getFailedAttempts() {
        return failedAttempts.get();
    }

    @Override
    public long getEventsTaken() {
        return eventsTaken.get();
    }

    @Override
    public long getEventsIgnored() {
        return eventsIgnored.get();
    }

    @Override
    public long getEventsRefused() {
        return eventsRefused.get();
    }

    @Override
    public long getOffsetGaps() {
        return offsetGaps.get();
    }

    @Override
    public long getBufferFullCount() {
        return bufferFullCount.get();
    }

    @Override
    public String getLastError() {
        return errors.values().stream().findFirst().orElse("");
    }

    @Override
    public Map<String, Map<String, String>> getTables() {
        return tables;
    }

    @Override
    public int getSuspendedTables() {
        return (int) tables.values().stream()
                .filter(state -> RunState.SUSPENDED.name().equals(state.get("state")))
                .count();
    }

    @Override
    public String resume(String table, String from, long timeoutMs) {
        ResumeRequest request = new ResumeRequest(table, from);
        resumes.add(request);
        return request.await(timeoutMs);
    }

    @Override
    public long getIndexBytes() {
        return indexes.bytes();
    }

    @Override
    public long getIndexSpilledBytes() {
        return indexes.spilledBytes();
    }

    @Override
    public int getIndexBuilds() {
        return indexes.builds();
    }

    @Override
    public long getIndexFilesRead() {
        return indexes.progress().files();
    }

    @Override
    public long getIndexFilesToRead() {
        return indexes.progress().filesTotal();
    }

    @Override
    public long getIndexRowsRead() {
        return indexes.progress().rows();
    }

    /** Polls as often as the task does: the task reports its buffers after every call. */
    @Override
    public boolean flush(long timeoutMs) {
        long requestedAtMs = System.currentTimeMillis();
        flushRequestedAtMs = requestedAtMs;
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (buffers.oldestMs() != 0 && buffers.oldestMs() <= requestedAtMs) {
            if (System.nanoTime() >= endNanos) {
                return false;
            }
            try {
                Thread.sleep(FLUSH_LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
