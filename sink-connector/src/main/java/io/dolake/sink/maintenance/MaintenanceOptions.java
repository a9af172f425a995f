/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import io.dolake.sink.config.MaintenanceConfig;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;

/**
 * The maintenance steps for a table, and their limits.
 *
 * @param minInputFiles number of small files in a partition from which on they are rewritten
 * @param maxDeletedShare a file with a larger share of deleted rows is always rewritten; 0 to 1
 * @param maxGroupBytes data files rewritten in one commit, in bytes
 * @param maxGroupFiles the same limit as a number of files
 * @param snapshotAge snapshots older than this are expired; null: none
 * @param minSnapshots number of snapshots that are kept whatever their age
 * @param orphanAge files older than this that nothing refers to are removed; null: none
 * @param commitAttempts number of attempts to commit a rewrite to a table that changes meanwhile
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

    public static final int DEFAULT_MAX_GROUP_FILES = 200;
    public static final int DEFAULT_COMMIT_ATTEMPTS = 20;

    /** The defaults. */
    public static MaintenanceOptions defaults() {
        return new MaintenanceOptions(
                MaintenanceConfig.DEFAULT_MIN_INPUT_FILES,
                MaintenanceConfig.DEFAULT_MAX_DELETED_SHARE,
                MaintenanceConfig.DEFAULT_MAX_GROUP_BYTES,
                DEFAULT_MAX_GROUP_FILES,
                MaintenanceConfig.DEFAULT_SNAPSHOT_AGE,
                MaintenanceConfig.DEFAULT_MIN_SNAPSHOTS,
                MaintenanceConfig.DEFAULT_ORPHAN_AGE,
                DEFAULT_COMMIT_ATTEMPTS);
    }

    /** From the settings. */
    public static MaintenanceOptions of(AbstractConfig config) {
        return new MaintenanceOptions(
                config.getInt(MaintenanceConfig.MIN_INPUT_FILES),
                config.getDouble(MaintenanceConfig.MAX_DELETED_SHARE),
                config.getLong(MaintenanceConfig.MAX_GROUP_BYTES),
                DEFAULT_MAX_GROUP_FILES,
                age(config.getLong(MaintenanceConfig.SNAPSHOT_AGE_MS)),
                config.getInt(MaintenanceConfig.MIN_SNAPSHOTS),
                age(config.getLong(MaintenanceConfig.ORPHAN_AGE_MS)),
                DEFAULT_COMMIT_ATTEMPTS);
    }

    private static Duration age(long ms) {
        return ms == 0 ? null : Duration.ofMillis(ms);
    }

    /** The same with other ages; null: the step is skipped. */
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

    /** The same with another minimum number of small files. */
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
