/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.sink.maintenance.MaintenanceOptions;
import io.dolake.sink.maintenance.TableMaintenance;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.catalog.TableIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains a task's tables from time to time, on a thread of its own. Of the tasks that share a table the one does it that
 * made the last commit of its first topic partition; should two think they did, they cost each other time, nothing else.
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final TableAccess access;
    private final String connector;
    private final String owner;
    private final MaintenanceOptions options;
    private final long intervalNs;
    private final ExecutorService thread;
    private Future<?> round;
    private long dueNs;

    Upkeep(SinkConfig config, TableAccess access, String connector, int taskId, String owner) {
        this.access = access;
        this.connector = connector;
        this.owner = owner;
        this.options = MaintenanceConfig.options(config);
        this.intervalNs = config.getLong(MaintenanceConfig.INTERVAL_MS) * 1_000_000;
        this.dueNs = System.nanoTime() + intervalNs;
        ClassLoader loader = getClass().getClassLoader();
        this.thread = config.getBoolean(MaintenanceConfig.ENABLED)
                ? Executors.newSingleThreadExecutor(task -> {
                    Thread created = new Thread(task, "dolake-maintenance-" + connector + "-" + taskId);
                    created.setContextClassLoader(loader);
                    created.setDaemon(true);
                    return created;
                })
                : null;
    }

    /** Starts a round of maintenance of these tables if it is time and the last one is over. */
    void consider(Collection<TableIdentifier> tables) {
        boolean isDue = thread != null && System.nanoTime() - dueNs >= 0 && (round == null || round.isDone());
        if (isDue && !tables.isEmpty()) {
            List<TableIdentifier> names = List.copyOf(tables);
            round = thread.submit(() -> names.forEach(this::maintain));
            dueNs = System.nanoTime() + intervalNs;
        }
    }

    private void maintain(TableIdentifier name) {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            access.load(name)
                    .filter(table -> TableOffsets.isFirstOwner(table.properties(), connector, owner))
                    .ifPresent(table -> new TableMaintenance(table, options).run());
        } catch (RuntimeException e) {
            LOG.warn("Cannot maintain table {}, next attempt in {} s", name, intervalNs / 1_000_000_000, e);
        }
    }

    /** Ends a round under way between two of its steps, or in one of them. */
    void stop() {
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
