/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import io.dolake.sink.table.Branch;
import java.util.List;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a table fast to read while it is being written: rewrites small files and files with many deleted rows, expires
 * old snapshots, removes orphan files. Safe next to any number of writers and other maintenance; each step is a
 * separate commit, or none.
 */
public final class TableMaintenance {
    private static final Logger LOG = LoggerFactory.getLogger(TableMaintenance.class);

    private final Table table;
    private final Branch branch;
    private final MaintenanceOptions options;

    /** Maintenance of a table, which is refreshed as needed; files of one branch are rewritten. */
    public TableMaintenance(Table table, Branch branch, MaintenanceOptions options) {
        this.table = table;
        this.branch = branch;
        this.options = options;
    }

    /** One round. Stops between two steps if the thread is interrupted. */
    public MaintenanceResult run() {
        MaintenanceResult result = rewrite();
        if (options.snapshotAge() != null && !Thread.currentThread().isInterrupted()) {
            result = result.plus(new SnapshotExpiry(table, options).run());
        }
        if (options.orphanAge() != null && !Thread.currentThread().isInterrupted()) {
            result = result.plus(new OrphanFiles(table, options.orphanAge()).remove());
        }
        LOG.info("Table {}: {}", table.name(), result);
        return result;
    }

    /**
     * Rewrites files where that is worthwhile, without the other steps: this part of a round is cheap enough to run
     * every few commits.
     */
    public MaintenanceResult rewrite() {
        table.refresh();
        if (branch.head(table) == null) {
            return MaintenanceResult.NONE;
        }
        // Planned once: what is committed meanwhile is left to the next round.
        List<CompactionGroup> groups = new CompactionPlan(table, branch, options).groups();
        MaintenanceResult result = MaintenanceResult.NONE;
        for (CompactionGroup group : groups) {
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            result = result.plus(new Compaction(table, branch, group, options.commitAttempts()).run());
        }
        return result;
    }
}
