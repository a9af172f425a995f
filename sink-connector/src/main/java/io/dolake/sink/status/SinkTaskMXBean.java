/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.status;

import java.util.Map;

/** The status and operations of a sink task over JMX, as {@code io.dolake:type=sink-task,connector=..,task=..}. */
public interface SinkTaskMXBean {
    /** {@code RUNNING}, {@code BUFFER_FULL}, {@code WAITING_FOR_CATALOG} or {@code RETRYING}. */
    String getState();

    /** Whether the task has paused its partitions because the buffer is at its high watermark. */
    boolean isBufferFull();

    /** Encoded bytes in this task's buffers, including commits under way. */
    long getBufferBytes();

    /** Changes in this task's buffers, including commits under way. */
    long getBufferEvents();

    /** Bytes used by all tasks of the worker over the limit, 0.0 to 1.0 and a little above. */
    double getBufferUtilization();

    /** Arrival of the oldest and the newest change in the buffers, in ms since 1970; 0 if they are empty. */
    long getOldestBatchTimeMs();

    long getNewestBatchTimeMs();

    /** Age of the oldest change in the buffers, in ms; 0 if they are empty. */
    long getOldestEventAgeMs();

    /** Time after which the oldest change is committed at the latest, in ms; -1 if nothing is buffered. */
    long getTimeUntilFlushMs();

    /** The last commit: time in ms since 1970 (0: none yet), table, snapshot, duration. */
    long getLastCommitTimeMs();

    String getLastCommitTable();

    long getLastCommitSnapshotId();

    long getLastCommitDurationMs();

    /**
     * Commits, rows written, positions deleted, conflicts with other writers, failed attempts; since the task started.
     */
    long getCommits();

    long getRowsWritten();

    long getRowsDeleted();

    long getConflicts();

    long getFailedAttempts();

    /**
     * Records accepted, records that do not concern a row (tombstones, heartbeats and the like), and records refused;
     * since the task started.
     */
    long getEventsTaken();

    long getEventsIgnored();

    long getEventsRefused();

    /** How often the topic had lost the next record of a table; since the task started. */
    long getOffsetGaps();

    /** How often the buffer was full; since the task started. */
    long getBufferFullCount();

    /**
     * An error that is being retried, as {@code CODE: message}; empty once the operation succeeded or its table was
     * suspended.
     */
    String getLastError();

    /**
     * The tables that the task has met, by name, and suspended topic partitions: {@code state}, and while that is
     * {@code SUSPENDED} {@code code, reason, position, since, remedy, lagRecords} (changes that arrived since) and
     * {@code held.<topic>-<partition>} (the offset from which it lacks changes); {@code source.<topic>-<partition>}:
     * the source position of its commits. At most a second old.
     */
    Map<String, Map<String, String>> getTables();

    /** How many of these are suspended. */
    int getSuspendedTables();

    /**
     * Resumes a suspended table or partition.
     *
     * @param table as {@link #getTables} names it
     * @param from {@code held}: with the changes that it lacks; {@code start}: with the first record that the topic
     *     still has; empty: {@code held}, unless that would leave an unnoticed gap
     * @param timeoutMs how long to wait for the task, which checks once a second
     * @return empty; otherwise the reason why not, as {@code CODE: message}
     */
    String resume(String table, String from, long timeoutMs);

    /** Memory of all primary key indexes, in bytes. */
    long getIndexBytes();

    /** Disk space of all primary key indexes, in bytes: what exceeded memory. */
    long getIndexSpilledBytes();

    /**
     * Tables whose keys are being read, as after a start or another writer's commit; of these, data files read, data
     * files to read in all, and rows read.
     */
    int getIndexBuilds();

    long getIndexFilesRead();

    long getIndexFilesToRead();

    long getIndexRowsRead();

    /**
     * Commits everything that is in the buffers now, whatever its age, and waits for it.
     *
     * @param timeoutMs 0: do not wait
     * @return whether it is committed; if not, the commits continue
     */
    boolean flush(long timeoutMs);
}
