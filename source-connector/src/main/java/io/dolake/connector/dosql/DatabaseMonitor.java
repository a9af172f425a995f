/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.DoLakeException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the number of databases of the engine, and requests new tasks when there should be more of them. Tasks find
 * new databases on their own: databases are only distributed again, which restarts all tasks, until there are as many
 * tasks as allowed.
 */
final class DatabaseMonitor implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DatabaseMonitor.class);
    private static final long STOP_TIMEOUT_MS = 5_000;

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final Runnable changed;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile List<String> assigned = List.of();
    private volatile int maxTasks;

    /** @param changed called when there are more databases than tasks, and more tasks are allowed */
    DatabaseMonitor(DoSqlConnectorConfig config, EngineConnection engine, Runnable changed) {
        this.config = config;
        this.engine = engine;
        this.changed = changed;
        this.thread = new Thread(this::watch, "dosql-database-monitor-" + config.getLogicalName());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /**
     * The databases to distribute among that many tasks, in order. The last known ones if the engine does not answer.
     */
    List<String> assign(int limit) {
        maxTasks = limit;
        try {
            assigned = captured();
        } catch (DoLakeException e) {
            LOGGER.warn(
                    "Databases of {} are not known, continuing with {}: {}", config.server(), assigned, e.toString());
        }
        return assigned;
    }

    /** The number of tasks for that many databases. */
    static int tasks(int databases, int limit) {
        return Math.max(1, Math.min(limit, databases));
    }

    private List<String> captured() {
        return engine.databases().stream()
                .filter(config.databaseFilter())
                .sorted()
                .toList();
    }

    private void watch() {
        long intervalMs = config.discoveryInterval().toMillis();
        try {
            while (!closed.await(intervalMs, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Checks once. */
    void look() {
        try {
            List<String> now = captured();
            int wanted = tasks(now.size(), maxTasks);
            if (maxTasks > 0 && wanted > tasks(assigned.size(), maxTasks)) {
                LOGGER.info("{} databases are to be divided among {} tasks", now.size(), wanted);
                changed.run();
            }
        } catch (RuntimeException e) {
            LOGGER.warn("Cannot list the databases of {}: {}", config.server(), e.toString());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            engine.close();
        }
    }
}
