/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue of messages from the socket to the poller. It is full at {@link #MAX_BATCHES} batches, the number
 * that a server may have in flight, so a server that keeps to the limit can always send keep-alives. Successive
 * keep-alives are merged into one.
 */
final class CdcQueue {
    /** {@code schemas/SPEC.md}, section 8, rule 4. */
    static final int MAX_BATCHES = 16;

    private static final Duration MAX_WAIT = Duration.ofDays(1);

    private final Runnable onRoom;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<CdcStream.Message> messages = new ArrayDeque<>();
    private int batches;
    private boolean sourceWaits;
    private DoLakeException end;

    /** @param onRoom called once after each {@link #add} that returned false, when there is room again */
    CdcQueue(Runnable onRoom) {
        this.onRoom = onRoom;
    }

    /** Adds a message in any case; false if there is no room for another one. */
    boolean add(CdcStream.Message message) {
        lock.lock();
        try {
            if (message instanceof CdcStream.KeepAlive && messages.peekLast() instanceof CdcStream.KeepAlive) {
                messages.removeLast();
            }
            messages.add(message);
            batches += message instanceof CdcStream.Batch ? 1 : 0;
            sourceWaits = batches >= MAX_BATCHES;
            changed.signalAll();
            return !sourceWaits;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the queue: waiting messages are still handed out, then every poll throws. */
    void end(DoLakeException reason) {
        lock.lock();
        try {
            end = end == null ? reason : end;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Null when the timeout passes first. */
    CdcStream.Message poll(Duration timeout) throws InterruptedException {
        CdcStream.Message message;
        boolean wake;
        lock.lockInterruptibly();
        try {
            long left = timeout.compareTo(MAX_WAIT) < 0 ? timeout.toNanos() : MAX_WAIT.toNanos();
            while (messages.isEmpty() && end == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            message = messages.poll();
            if (message == null && end != null) {
                throw ClientErrors.again(end);
            }
            batches -= message instanceof CdcStream.Batch ? 1 : 0;
            wake = wakes();
        } finally {
            lock.unlock();
        }
        if (wake) {
            onRoom.run();
        }
        return message;
    }

    void clear() {
        boolean wake;
        lock.lock();
        try {
            messages.clear();
            batches = 0;
            wake = wakes();
        } finally {
            lock.unlock();
        }
        if (wake) {
            onRoom.run();
        }
    }

    private boolean wakes() {
        boolean wake = sourceWaits && batches < MAX_BATCHES;
        sourceWaits &= !wake;
        return wake;
    }

    /** For tests and status: batches that wait. */
    int batches() {
        lock.lock();
        try {
            return batches;
        } finally {
            lock.unlock();
        }
    }
}
