/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import java.time.Duration;

/**
 * What maintenance does to a table, and its limits.
 *
 * @param minInputFiles so many small files of a partition are worth rewriting
 * @param maxDeletedShare a file of whose rows a greater share than this is deleted is rewritten in any case; 0 to 1
 * @param maxGroupBytes data files rewritten in one commit, in bytes
 * @param maxGroupFiles and in files
 * @param snapshotAge snapshots older than this are expired; null: none are
 * @param minSnapshots so many are kept whatever their age
 * @param orphanAge files older than this that nothing refers to are removed; null: none are
 * @param commitAttempts how often a rewrite is offered to a table that changes meanwhile
 */
public record MaintenanceOptions(
        int minInputFiles,
        double maxDeletedShare,
        long maxGroupBytes,
        int maxGroupFiles,
        Duration snapshotAge,
        int minSnapshots,
        Duration orphanAge,
        int commitAttempts) {

    public static final int DEFAULT_MIN_INPUT_FILES = 8;
    public static final double DEFAULT_MAX_DELETED_SHARE = 0.1;
    public static final long DEFAULT_MAX_GROUP_BYTES = 512L << 20;
    public static final int DEFAULT_MAX_GROUP_FILES = 200;
    public static final Duration DEFAULT_SNAPSHOT_AGE = Duration.ofDays(5);
    public static final int DEFAULT_MIN_SNAPSHOTS = 10;
    public static final Duration DEFAULT_ORPHAN_AGE = Duration.ofDays(3);
    public static final int DEFAULT_COMMIT_ATTEMPTS = 20;

    /** The least age that settings may name: files of a commit under way are referred to by nothing yet. */
    public static final Duration LEAST_ORPHAN_AGE = Duration.ofHours(1);

    /** The defaults. */
    public static MaintenanceOptions defaults() {
        return new MaintenanceOptions(
                DEFAULT_MIN_INPUT_FILES,
                DEFAULT_MAX_DELETED_SHARE,
                DEFAULT_MAX_GROUP_BYTES,
                DEFAULT_MAX_GROUP_FILES,
                DEFAULT_SNAPSHOT_AGE,
                DEFAULT_MIN_SNAPSHOTS,
                DEFAULT_ORPHAN_AGE,
                DEFAULT_COMMIT_ATTEMPTS);
    }

    /** The same with other ages; null: nothing of the kind is removed. */
    public MaintenanceOptions withAges(Duration newSnapshotAge, Duration newOrphanAge) {
        return new MaintenanceOptions(
                minInputFiles,
                maxDeletedShare,
                maxGroupBytes,
                maxGroupFiles,
                newSnapshotAge,
                minSnapshots,
                newOrphanAge,
                commitAttempts);
    }

    /** The same with another number of small files that are worth rewriting. */
    public MaintenanceOptions withMinInputFiles(int files) {
        return new MaintenanceOptions(
                files,
                maxDeletedShare,
                maxGroupBytes,
                maxGroupFiles,
                snapshotAge,
                minSnapshots,
                orphanAge,
                commitAttempts);
    }
}
