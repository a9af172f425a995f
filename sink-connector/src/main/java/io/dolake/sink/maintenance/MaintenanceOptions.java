/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import io.dolake.sink.config.MaintenanceConfig;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;

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

    /** As the settings say. */
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
