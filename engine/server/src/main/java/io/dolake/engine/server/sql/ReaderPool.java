/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Read-only connections that are lent to one statement at a time; opened when first needed, up to a limit. */
public final class ReaderPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReaderPool.class);

    private final String database;
    private final long waitMs;
    private final int size;
    private final Supplier<UserConnection> opener;
    private final Semaphore free;
    private final ConcurrentLinkedDeque<UserConnection> idle = new ConcurrentLinkedDeque<>();

    public ReaderPool(String database, ServerConfig config, Supplier<UserConnection> opener) {
        this.database = database;
        this.waitMs = config.limit(Limit.QUERY_TIMEOUT_MS);
        this.size = config.intLimit(Limit.READERS_PER_DATABASE);
        this.opener = opener;
        this.free = new Semaphore(size, true);
    }

    /**
     * Runs work with a connection.
     *
     * @throws DoLakeException TIMEOUT when no connection becomes free in time
     */
    public <T> T use(Function<UserConnection, T> work) {
        acquire(1);
        try {
            UserConnection connection = idle.pollFirst();
            if (connection == null) {
                connection = opener.get();
            }
            try {
                return work.apply(connection);
            } finally {
                idle.addFirst(connection);
            }
        } finally {
            free.release();
        }
    }

    private void acquire(int permits) {
        try {
            if (!free.tryAcquire(permits, waitMs, TimeUnit.MILLISECONDS)) {
                throw new DoLakeException(
                                ErrorCode.TIMEOUT,
                                "Cannot read database '" + database + "': all " + size + " readers were busy for "
                                        + waitMs + " ms")
                        .withHint("DOSQL_READERS_PER_DATABASE sets their number.")
                        .withRetryAfter(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot read database '" + database + "': interrupted", e);
        }
    }

    /** Waits for the running work, then closes the connections. The pool cannot be used afterwards. */
    @Override
    public void close() {
        try {
            acquire(size);
        } catch (DoLakeException e) {
            LOG.warn("Closing readers of '{}' that are in use: {}", database, e.getMessage());
        }
        for (UserConnection connection = idle.poll(); connection != null; connection = idle.poll()) {
            connection.close();
        }
    }
}
