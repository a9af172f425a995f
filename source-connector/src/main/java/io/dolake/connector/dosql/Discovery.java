/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.util.Threads;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks periodically which databases the engine has, and which of them belong to this task: those that the connector
 * assigned to it, and its share of all later ones, by a hash of their names. Queries the engine on a separate thread.
 */
final class Discovery implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Discovery.class);

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final int tasks;
    private final int task;
    private final Set<String> own;
    private final Set<String> assigned;
    private final ExecutorService executor;
    private Future<List<String>> asked;
    private long nextNanos;

    Discovery(DoSqlConnectorConfig config, EngineConnection engine) {
        this.config = config;
        this.engine = engine;
        this.tasks = config.run().taskCount();
        this.task = tasks == 0 ? 0 : Integer.parseInt(config.taskNumber());
        this.own = Set.copyOf(config.taskDatabases());
        this.assigned = Set.copyOf(config.run().assigned());
        this.executor =
                Threads.newSingleThreadExecutor(DoSqlConnector.class, config.getLogicalName(), "database-discovery");
        this.nextNanos = System.nanoTime() + config.discoveryInterval().toNanos();
    }

    /**
     * Whether it checks at all: a task that does not know the number of tasks keeps the databases that it was given.
     */
    boolean looks() {
        return tasks > 0;
    }

    /** The databases of this task that exist; null if nothing new is known. Does not wait. */
    List<String> poll() {
        if (tasks == 0) {
            return null;
        }
        if (asked == null) {
            if (System.nanoTime() - nextNanos >= 0) {
                asked = executor.submit(engine::databases);
            }
            return null;
        }
        if (!asked.isDone()) {
            return null;
        }
        Future<List<String>> answer = asked;
        asked = null;
        nextNanos = System.nanoTime() + config.discoveryInterval().toNanos();
        try {
            return answer.get().stream().filter(this::isOwn).toList();
        } catch (ExecutionException e) {
            LOGGER.warn(
                    "Cannot list the databases of {}: {}",
                    config.server(),
                    e.getCause().toString());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    boolean isOwn(String database) {
        if (assigned.contains(database) || own.contains(database)) {
            return own.contains(database);
        }
        return config.databaseFilter().test(database) && Math.floorMod(database.hashCode(), tasks) == task;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
