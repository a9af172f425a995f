/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.support.Failures;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * Interrupts statements that run for too long. One periodic task checks all connections: a timer for each statement
 * would cost more than many statements do.
 */
public final class Deadlines {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    /**
     * The checks are this many times as frequent as the timeout, so a statement overruns it by that fraction at most.
     */
    private static final int PRECISION = 20;

    private static final long MAX_SWEEP_MS = 100;

    private final long timeoutMs;
    private final Set<Deadline> deadlines = ConcurrentHashMap.newKeySet();

    public Deadlines(ScheduledExecutorService timer, ServerConfig config) {
        timeoutMs = config.limit(Limit.QUERY_TIMEOUT_MS);
        long sweepMs = Math.max(1, Math.min(MAX_SWEEP_MS, timeoutMs / PRECISION));
        timer.scheduleWithFixedDelay(
                Failures.repeated("check deadlines", this::sweep), sweepMs, sweepMs, TimeUnit.MILLISECONDS);
    }

    long timeoutMs() {
        return timeoutMs;
    }

    private void sweep() {
        long now = System.nanoTime();
        deadlines.forEach(deadline -> deadline.check(now));
    }

    /** Registers the deadline of a connection, until it is forgotten. */
    Deadline of(SQLiteConnection connection) {
        Deadline deadline = new Deadline(connection, TimeUnit.MILLISECONDS.toNanos(timeoutMs));
        deadlines.add(deadline);
        return deadline;
    }

    void forget(Deadline deadline) {
        deadlines.remove(deadline);
    }

    /** Watches one statement at a time: from {@link #start} to {@link #close}. */
    static final class Deadline implements AutoCloseable {
        private final SQLiteConnection connection;
        private final long timeoutNanos;
        private long sinceNanos;
        private boolean running;
        private boolean expired;
        private boolean stopped;

        private Deadline(SQLiteConnection connection, long timeoutNanos) {
            this.connection = connection;
            this.timeoutNanos = timeoutNanos;
        }

        synchronized Deadline start() {
            sinceNanos = System.nanoTime();
            running = true;
            expired = false;
            stopped = false;
            return this;
        }

        private synchronized void check(long nowNanos) {
            if (running && nowNanos - sinceNanos >= timeoutNanos) {
                expired = true;
                // Repeated at every check, in case the first came before SQLite had begun.
                interrupt();
            }
        }

        /** Stops the running statement, if any, from another thread. */
        synchronized void interrupt() {
            stopped = true;
            try {
                connection.getDatabase().interrupt();
            } catch (SQLException e) {
                LOG.debug("Cannot interrupt a statement: {}", e.getMessage());
            }
        }

        /**
         * Whether the running statement must end; asked by the engine's own SQL functions, which SQLite cannot
         * interrupt.
         */
        synchronized boolean isStopped() {
            return stopped;
        }

        /** Whether the statement, or the last one if none runs, was interrupted. */
        synchronized boolean isExpired() {
            return expired;
        }

        @Override
        public synchronized void close() {
            running = false;
        }
    }
}
