/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.status;

import java.util.Map;

/** What a sink task tells, and does, over JMX, as {@code io.dolake:type=sink-task,connector=..,task=..}. */
public interface SinkTaskMXBean {
    /** {@code RUNNING}, {@code BUFFER_FULL}, {@code WAITING_FOR_CATALOG} or {@code RETRYING}. */
    String getState();

    /** Whether the task has paused its partitions because the buffer is at its high watermark. */
    boolean isBufferFull();

    /** Encoded bytes in this task's buffers, commits under way included. */
    long getBufferBytes();

    /** Changes in this task's buffers, commits under way included. */
    long getBufferEvents();

    /** Bytes used by all tasks of the worker over the limit, 0.0 to 1.0 and a little above. */
    double getBufferUtilization();

    /** Arrival of the oldest and the newest change in the buffers, in ms since 1970; 0 if they are empty. */
    long getOldestBatchTimeMs();

    long getNewestBatchTimeMs();

    /** Age of the oldest change in the buffers, in ms; 0 if they are empty. */
    long getOldestEventAgeMs();

    /** Until the next commit by age, in ms; -1 if nothing waits. */
    long getTimeUntilFlushMs();

    /** The last commit: time in ms since 1970 (0: none yet), table, snapshot, how long it took. */
    long getLastCommitTimeMs();

    String getLastCommitTable();

    long getLastCommitSnapshotId();

    long getLastCommitDurationMs();

    /** Commits, rows written, positions deleted, conflicts with others, failed attempts; since the task started. */
    long getCommits();

    long getRowsWritten();

    long getRowsDeleted();

    long getConflicts();

    long getFailedAttempts();

    /** Records taken, about no row (tombstones, heartbeats and the like), and refused; since the task started. */
    long getEventsTaken();

    long getEventsIgnored();

    long getEventsRefused();

    /** Times the topic had lost the record at which its table goes on; since the task started. */
    long getOffsetGaps();

    /** Times the buffer was full; since the task started. */
    long getBufferFullCount();

    /** An error that is tried again, as {@code CODE: message}; empty once what it is about got through or was set aside. */
    String getLastError();

    /**
     * The tables that the task has met, by name, and topic partitions that are set aside: {@code state}, and while that is
     * {@code SUSPENDED} {@code code, reason, position, since, remedy, lagRecords} (changes that came since) and {@code
     * held.<topic>-<partition>} (the offset from which it lacks changes); {@code source.<topic>-<partition>}: how far its commits are in
     * the source. As of a second ago.
     */
    Map<String, Map<String, String>> getTables();

    /** How many of these are suspended. */
    int getSuspendedTables();

    /**
     * Has a suspended table, or a partition that is set aside, go on.
     *
     * @param table as {@link #getTables} names it
     * @param from {@code held}: with what it lacks; {@code start}: with the first record that the topic still has; empty: {@code
     *     held}, unless that would leave a gap that somebody has to know of
     * @param timeoutMs how long to wait for the task, which looks once a second
     * @return empty; else why not, as {@code CODE: message}
     */
    String resume(String table, String from, long timeoutMs);

    /** Memory of all primary key indexes, in bytes. */
    long getIndexBytes();

    /** Disk of all primary key indexes, in bytes: what was beyond memory. */
    long getIndexSpilledBytes();

    /**
     * Tables whose keys are being read, as after a start or another's commit; of these, data files read, data files to read in
     * all, and rows read.
     */
    int getIndexBuilds();

    long getIndexFilesRead();

    long getIndexFilesToRead();

    long getIndexRowsRead();

    /**
     * Has everything committed that is in the buffers now, whatever its age, and waits for it.
     *
     * @param timeoutMs 0: to have it begun only
     * @return whether it is committed; if not, it goes on
     */
    boolean flush(long timeoutMs);
}
