/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

/**
 * The outcome of a table's maintenance.
 *
 * @param rewrittenFiles data files that were replaced
 * @param addedFiles new data files that replace them
 * @param rows rows in the new files
 * @param removedDeletes delete files and deletion vectors that are no longer needed
 * @param carriedDeletes rows that other writers deleted during the rewrite, and that are deleted in the new files
 * @param conflicts commit attempts that lost against other commits
 * @param abandonedGroups rewrites that were given up because others rewrote the same files or committed all the time
 */
public record MaintenanceResult(
        int rewrittenFiles,
        int addedFiles,
        long rows,
        int removedDeletes,
        long carriedDeletes,
        int conflicts,
        int abandonedGroups,
        int expiredSnapshots,
        int removedOrphans) {

    static final MaintenanceResult NONE = new MaintenanceResult(0, 0, 0, 0, 0, 0, 0, 0, 0);

    static MaintenanceResult expired(int snapshots) {
        return new MaintenanceResult(0, 0, 0, 0, 0, 0, 0, snapshots, 0);
    }

    static MaintenanceResult removed(int orphans) {
        return new MaintenanceResult(0, 0, 0, 0, 0, 0, 0, 0, orphans);
    }

    MaintenanceResult plus(MaintenanceResult other) {
        return new MaintenanceResult(
                rewrittenFiles + other.rewrittenFiles,
                addedFiles + other.addedFiles,
                rows + other.rows,
                removedDeletes + other.removedDeletes,
                carriedDeletes + other.carriedDeletes,
                conflicts + other.conflicts,
                abandonedGroups + other.abandonedGroups,
                expiredSnapshots + other.expiredSnapshots,
                removedOrphans + other.removedOrphans);
    }
}
