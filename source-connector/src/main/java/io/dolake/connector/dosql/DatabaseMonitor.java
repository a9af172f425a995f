/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.DoLakeException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches which databases the engine has, and asks for new tasks when they are others than those assigned. */
final class DatabaseMonitor implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DatabaseMonitor.class);
    private static final long STOP_TIMEOUT_MS = 5_000;

    private final DoSqlConnectorConfig config;
    private final Engine engine;
    private final Runnable changed;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile List<String> assigned = List.of();

    /** @param changed called when the assigned databases are no longer those that are captured */
    DatabaseMonitor(DoSqlConnectorConfig config, Engine engine, Runnable changed) {
        this.config = config;
        this.engine = engine;
        this.changed = changed;
        this.thread = new Thread(this::watch, "dosql-database-monitor-" + config.getLogicalName());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The databases to divide among tasks, in order. The last known ones if the engine does not answer. */
    List<String> assign() {
        try {
            assigned = captured();
        } catch (DoLakeException e) {
            LOGGER.warn("Databases of {} are not known, going on with {}: {}", config.server(), assigned, e.toString());
        }
        return assigned;
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

    /** Looks once. */
    void look() {
        try {
            List<String> now = captured();
            if (!now.equals(assigned)) {
                LOGGER.info("Databases are now {}, were {}", now, assigned);
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
