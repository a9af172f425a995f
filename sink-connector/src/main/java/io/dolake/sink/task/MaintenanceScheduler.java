/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.sink.config.MaintenanceConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.maintenance.MaintenanceOptions;
import io.dolake.sink.maintenance.TableMaintenance;
import io.dolake.sink.support.DaemonThreads;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableOffsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.iceberg.catalog.TableIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains a task's tables periodically and after a number of commits, on a thread of its own. If several tasks share
 * a table, the task that last committed the table's first topic partition maintains it. If two tasks both think they
 * did, they only cost each other time.
 */
final class MaintenanceScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceScheduler.class);

    private final TableAccess access;
    private final String connector;
    private final String owner;
    private final MaintenanceOptions options;
    private final long intervalNs;
    private final int commitsBetween;
    private final Map<TableIdentifier, Integer> commits = new HashMap<>();
    private final ExecutorService thread;
    private Future<?> round;
    private long dueNs;

    MaintenanceScheduler(SinkConfig config, TableAccess access, String connector, String task, String owner) {
        this.access = access;
        this.connector = connector;
        this.owner = owner;
        this.options = MaintenanceOptions.of(config);
        this.intervalNs = config.getLong(MaintenanceConfig.INTERVAL_MS) * 1_000_000;
        this.commitsBetween = config.getInt(MaintenanceConfig.COMMITS);
        this.dueNs = System.nanoTime() + intervalNs;
        this.thread = config.getBoolean(MaintenanceConfig.ENABLED)
                ? Executors.newSingleThreadExecutor(new DaemonThreads("dolake-maintenance-" + task))
                : null;
    }

    /** Notes a commit of this task. */
    void committed(TableIdentifier table) {
        if (thread != null && commitsBetween > 0) {
            commits.merge(table, 1, Integer::sum);
        }
    }

    /**
     * Once the last round is over, starts a round for a table that is due by time, or else for those with enough
     * commits.
     */
    void consider(Collection<TableIdentifier> tables) {
        if (thread == null || round != null && !round.isDone()) {
            return;
        }
        if (System.nanoTime() - dueNs >= 0 && !tables.isEmpty()) {
            start(List.copyOf(tables), TableMaintenance::run);
            dueNs = System.nanoTime() + intervalNs;
            return;
        }
        List<TableIdentifier> worn = commits.entrySet().stream()
                .filter(table -> table.getValue() >= commitsBetween)
                .map(Map.Entry::getKey)
                .toList();
        if (!worn.isEmpty()) {
            start(worn, TableMaintenance::rewrite);
        }
    }

    private void start(List<TableIdentifier> tables, Consumer<TableMaintenance> step) {
        tables.forEach(commits::remove);
        round = thread.submit(() -> tables.forEach(table -> maintain(table, step)));
    }

    private void maintain(TableIdentifier name, Consumer<TableMaintenance> step) {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            access.load(name)
                    .filter(table -> TableOffsets.isFirstOwner(table.properties(), connector, owner))
                    .ifPresent(table -> step.accept(new TableMaintenance(table, access.branch(name), options)));
        } catch (RuntimeException e) {
            LOG.warn("Cannot maintain table {}, the next round tries again", name, e);
        }
    }

    /** Ends a round under way, between two of its steps or within one. */
    void stop() {
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
