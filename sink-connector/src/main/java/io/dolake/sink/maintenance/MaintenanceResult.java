/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

/**
 * What maintenance did to a table.
 *
 * @param rewrittenFiles data files that were replaced
 * @param addedFiles by so many
 * @param rows rows in these
 * @param removedDeletes delete files and deletion vectors that are not needed any more
 * @param carriedDeletes rows that others deleted while these were rewritten, and that are deleted in the new files
 * @param conflicts attempts to commit that others were faster than
 * @param abandonedGroups rewrites that were given up, since others rewrote the same files or never rested
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
