/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Expires old snapshots, and removes the files that only they need. The sink's offsets are table properties, so they
 * stay. Snapshots of branches and tags are kept.
 */
final class SnapshotExpiry {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotExpiry.class);

    private final Table table;
    private final MaintenanceOptions options;

    SnapshotExpiry(Table table, MaintenanceOptions options) {
        this.table = table;
        this.options = options;
    }

    MaintenanceResult run() {
        table.refresh();
        if (!PropertyUtil.propertyAsBoolean(
                table.properties(), TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT)) {
            LOG.info(
                    "Table {}: no snapshots expired, its property {} forbids it",
                    table.name(),
                    TableProperties.GC_ENABLED);
            return MaintenanceResult.NONE;
        }
        int before = count();
        table.expireSnapshots()
                .expireOlderThan(
                        System.currentTimeMillis() - options.snapshotAge().toMillis())
                .retainLast(options.minSnapshots())
                .cleanExpiredFiles(true)
                .commit();
        table.refresh();
        return MaintenanceResult.expired(Math.max(0, before - count()));
    }

    private int count() {
        int count = 0;
        for (Snapshot ignored : table.snapshots()) {
            count++;
        }
        return count;
    }
}
