/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.archive.ObjectStore;
import io.dolake.engine.server.cdc.SendWindow;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sql.ConnectionResources;
import io.dolake.engine.server.sql.Deadlines;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.support.Memory;
import io.dolake.engine.server.support.QuietClose;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that all databases of an engine share. */
public final class EngineResources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineResources.class);

    private static final long STOP_MS = 10_000;

    /**
     * Stack size of every thread that runs SQL. The deepest recursion that the limits of {@link Sqlite#limit} allow, a
     * chain of 1,000 triggers or of 2,000 generated columns, takes 2 to 4 MiB, which would end the process on a thread
     * of the usual size. Only the part of the stack that is used takes memory.
     */
    private static final long STACK_BYTES = 16L << 20;

    private static final int IN_FLIGHT_PART_OF_HEAP = 8;

    /**
     * The part of the heap for requests and replies. Each byte may be held several times: as a value, as JSON, and on
     * its way to the network.
     */
    private static final int REQUESTS_PART_OF_HEAP = 8;

    private final ServerConfig config;
    private final ExecutorService captures;
    private final ExecutorService chores;
    private final ExecutorService archives;
    private final ObjectStore archiveStore;
    private final ExecutorService consumers;
    private final ExecutorService sessions;
    private final ScheduledThreadPoolExecutor timer;
    private final ConnectionResources connections;
    private final Memory memory;
    private final SendWindow.Total inFlight;

    EngineResources(ServerConfig config) {
        this.config = config;
        long heap = Runtime.getRuntime().maxMemory();
        memory = new Memory(Math.min(config.limit(Limit.REQUESTS_MEMORY_BYTES), heap / REQUESTS_PART_OF_HEAP));
        inFlight = new SendWindow.Total(Math.min(config.limit(Limit.CDC_MEMORY_BYTES), heap / IN_FLIGHT_PART_OF_HEAP));
        archiveStore = config.archive() == null ? null : openStore(config);
        int processors = Runtime.getRuntime().availableProcessors();
        captures = Executors.newFixedThreadPool(processors, threads("dosql-capture"));
        chores = Executors.newFixedThreadPool(2, threads("dosql-chores"));
        archives = Executors.newFixedThreadPool(2, threads("dosql-archive"));
        consumers = Executors.newCachedThreadPool(threads("dosql-consumer"));
        sessions = Executors.newCachedThreadPool(threads("dosql-session"));
        timer = new ScheduledThreadPoolExecutor(1, threads("dosql-timer"), (task, executor) -> {
            if (!executor.isShutdown()) {
                throw new RejectedExecutionException("the timer is stopped and refused " + task);
            }
        });
        timer.setRemoveOnCancelPolicy(true);
        connections = new ConnectionResources(config, new Deadlines(timer, config), memory);
    }

    private static ObjectStore openStore(ServerConfig config) {
        ObjectStore store = ObjectStore.open(config.archive(), config);
        try {
            store.check();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Threads that may run SQL. */
    public static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(null, task, name + "-" + number.incrementAndGet(), STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        };
    }

    public ServerConfig config() {
        return config;
    }

    /** Pool for capture; none of its tasks runs forever. */
    ExecutorService captures() {
        return captures;
    }

    /** Pool for checkpoints, retention and other work that may take long. */
    ExecutorService chores() {
        return chores;
    }

    /** Pool for moving segments to the archive, which waits for the network. */
    ExecutorService archives() {
        return archives;
    }

    /** The object store of the archive; null if no archive is configured. */
    ObjectStore archiveStore() {
        return archiveStore;
    }

    /** One thread for each CDC subscription. */
    public ExecutorService consumers() {
        return consumers;
    }

    /** For the requests of sessions: one thread for each busy session. */
    public ExecutorService sessions() {
        return sessions;
    }

    public ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /** The memory of requests and replies. */
    public Memory memory() {
        return memory;
    }

    /** The memory of batches of change streams. */
    public SendWindow.Total inFlight() {
        return inFlight;
    }

    /** Shared by the connections of users. */
    ConnectionResources connections() {
        return connections;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        for (ExecutorService executor : new ExecutorService[] {consumers, sessions, chores, archives, captures}) {
            executor.shutdown();
            try {
                if (!executor.awaitTermination(STOP_MS, TimeUnit.MILLISECONDS)) {
                    LOG.warn("A background task did not end within {} ms", STOP_MS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        QuietClose.close(archiveStore);
    }
}
