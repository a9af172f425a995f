/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The write lock of a database: one holder, and a first-come queue with a limit. It is not bound to a thread, since an
 * interactive transaction moves between threads.
 */
public final class WriteLock {
    private final String database;
    private final int maxQueued;
    private final Semaphore semaphore = new Semaphore(1, true);
    private final AtomicInteger queued = new AtomicInteger();
    private volatile Permit holder;

    public WriteLock(String database, ServerConfig config) {
        this.database = database;
        this.maxQueued = config.intLimit(Limit.MAX_QUEUED_WRITES);
    }

    /** Holds the lock until it is closed; closing it twice is harmless. */
    public final class Permit implements AutoCloseable {
        private final String owner;
        private volatile long sinceNanos;
        private boolean open = true;

        private Permit(String owner) {
            this.owner = owner;
        }

        @Override
        public synchronized void close() {
            if (open) {
                open = false;
                holder = null;
                semaphore.release();
            }
        }
    }

    /**
     * Waits for the lock.
     *
     * @param owner who wants the lock, for the error messages of others
     * @throws DoLakeException TXN_LOCK_TIMEOUT after the time, RATE_LIMITED when too many writers wait
     */
    public Permit acquire(String owner, long timeoutMs) {
        if (queued.incrementAndGet() > maxQueued) {
            queued.decrementAndGet();
            throw new DoLakeException(
                            ErrorCode.RATE_LIMITED,
                            "Cannot write to database '" + database + "': " + maxQueued
                                    + " write transactions are already waiting")
                    .withRetryAfter(Duration.ofSeconds(1))
                    .withDetail("limit", maxQueued);
        }
        // Created first, so that nothing can fail between getting the lock and having the permit that releases it.
        Permit permit = new Permit(owner);
        try {
            if (!semaphore.tryAcquire(timeoutMs, TimeUnit.MILLISECONDS)) {
                throw timeout(timeoutMs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(
                    ErrorCode.TXN_LOCK_TIMEOUT, "Cannot write to database '" + database + "': interrupted", e);
        } finally {
            queued.decrementAndGet();
        }
        permit.sinceNanos = System.nanoTime();
        holder = permit;
        return permit;
    }

    private DoLakeException timeout(long timeoutMs) {
        Permit current = holder;
        DoLakeException error = new DoLakeException(
                        ErrorCode.TXN_LOCK_TIMEOUT,
                        "Cannot write to database '" + database + "': the write lock was not free within " + timeoutMs
                                + " ms")
                .withHint("Another transaction holds the write lock; retry, or keep write transactions short.")
                .withRetryAfter(Duration.ofMillis(Math.min(timeoutMs, 1_000)));
        if (current == null) {
            return error;
        }
        return error.withDetail("holder", current.owner)
                .withDetail("heldMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - current.sinceNanos));
    }
}
