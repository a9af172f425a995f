/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import java.sql.SQLException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteConnection;

/** Interrupts statements that run for too long. */
final class Deadlines {
    private final ScheduledExecutorService timer;
    private final long timeoutMs;

    Deadlines(ScheduledExecutorService timer, ServerConfig config) {
        this.timer = timer;
        this.timeoutMs = config.limit(Limit.QUERY_TIMEOUT_MS);
    }

    long timeoutMs() {
        return timeoutMs;
    }

    /** Watches the connection until closed. */
    Deadline start(SQLiteConnection connection) {
        Deadline deadline = new Deadline(connection);
        deadline.future = timer.schedule(deadline::expire, timeoutMs, TimeUnit.MILLISECONDS);
        return deadline;
    }

    /** One statement under watch. Closed before the connection is used for another. */
    static final class Deadline implements AutoCloseable {
        private final SQLiteConnection connection;
        private Future<?> future;
        private boolean done;
        private boolean expired;

        private Deadline(SQLiteConnection connection) {
            this.connection = connection;
        }

        private synchronized void expire() {
            if (!done) {
                expired = true;
                try {
                    connection.getDatabase().interrupt();
                } catch (SQLException e) {
                    Log.LOG.debug("Cannot interrupt a statement: {}", e.getMessage());
                }
            }
        }

        synchronized boolean isExpired() {
            return expired;
        }

        @Override
        public void close() {
            synchronized (this) {
                done = true;
            }
            future.cancel(false);
        }
    }
}
