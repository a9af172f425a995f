/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Monitors the open WebSockets of a client: pings them and ends those that receive nothing any more, neither data nor
 * the answer to a ping. A link that is not read on purpose, or that waits for an answer with a timeout of its own, is
 * not checked.
 */
final class ConnectionMonitor implements AutoCloseable {
    private static final int PINGS_PER_TIMEOUT = 4;

    private final Duration timeout;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<WebSocketConnection> links = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ConnectionMonitor(Duration timeout) {
        this.timeout = timeout;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "dosql-client-heartbeat");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Watches the link until it is dead. {@code excused}: the link may be silent now. */
    void watch(WebSocketConnection link, BooleanSupplier excused) {
        links.add(link);
        if (closed) {
            link.close();
            throwIfClosed();
        }
        Watch watch = new Watch(link, excused);
        long periodNanos = Math.max(1, timeout.toNanos() / PINGS_PER_TIMEOUT);
        watch.task = timer.scheduleWithFixedDelay(watch, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
    }

    void throwIfClosed() {
        if (closed) {
            throw new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot use client: it is closed");
        }
    }

    /** Closes every link. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        links.forEach(WebSocketConnection::close);
        links.clear();
    }

    private final class Watch implements Runnable {
        private final WebSocketConnection link;
        private final BooleanSupplier excused;
        private CompletableFuture<?> ping = CompletableFuture.completedFuture(null);
        private volatile ScheduledFuture<?> task;

        private Watch(WebSocketConnection link, BooleanSupplier excused) {
            this.link = link;
            this.excused = excused;
        }

        @Override
        public void run() {
            if (link.isDead()) {
                links.remove(link);
                task.cancel(false);
            } else if (!excused.getAsBoolean() && link.silentNanos() > timeout.toNanos()) {
                link.end(link.lost("nothing was received for " + timeout.toMillis() + " ms", null));
            } else if (ping.isDone()) {
                ping = link.ping();
            }
        }
    }
}
