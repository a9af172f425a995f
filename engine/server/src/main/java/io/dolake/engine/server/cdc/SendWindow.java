/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** The batches of one consumer that wait to be sent, or were sent and are not acknowledged. Thread-safe. */
public final class SendWindow {
    private final int maxInFlight;
    private final long maxBytes;
    private final Total total;
    private final Deque<Batch> unsent = new ArrayDeque<>();
    private final Deque<Batch> inFlight = new ArrayDeque<>();
    private long bytesInFlight;
    private long heldBytes;
    private boolean closed;
    private long lastSequence;
    private Lsn sentLsn;

    /**
     * @param maxInFlight most batches in flight: sent and not acknowledged
     * @param maxBytes most bytes in flight; one batch may be sent whatever its size
     * @param total the limit of all windows together; beyond it each window may have one batch in flight
     */
    SendWindow(int maxInFlight, long maxBytes, Total total, Lsn from) {
        this.total = total;
        this.maxInFlight = maxInFlight;
        this.maxBytes = maxBytes;
        this.sentLsn = from;
    }

    synchronized void add(Batch batch) {
        if (closed) {
            return;
        }
        unsent.addLast(batch);
        held(batch.block().length);
    }

    /**
     * The bytes that all consumers together have not acknowledged, with their limit. An empty window may exceed the
     * limit by up to half.
     */
    public static final class Total {
        /** So that readers take half of the heap at most: a change is held with both images, encoded and copied. */
        private static final long HEAP_BYTES_OF_READER = 128L << 20;

        private static final int MIN_READERS = 2;

        private final long max;
        private final AtomicLong bytes = new AtomicLong();
        private final Semaphore reading = new Semaphore(
                (int) Math.max(MIN_READERS, Runtime.getRuntime().maxMemory() / HEAP_BYTES_OF_READER), true);

        public Total(long max) {
            this.max = max;
        }

        /** Whether not even an empty window may get more. */
        boolean isExhausted() {
            return bytes.get() > max + max / 2;
        }

        long bytes() {
            return bytes.get();
        }

        /** A permit for reading the change log. */
        Semaphore reading() {
            return reading;
        }
    }

    private void held(long bytes) {
        heldBytes += bytes;
        total.bytes.addAndGet(bytes);
    }

    /** Gives up the window's batches, which nobody waits for any more. */
    synchronized void close() {
        closed = true;
        unsent.clear();
        inFlight.clear();
        held(-heldBytes);
    }

    /**
     * Takes the next batch to send, which counts as sent from now on; null if there is none or too many are in flight.
     */
    synchronized Batch take() {
        if (unsent.isEmpty() || isFull()) {
            return null;
        }
        Batch batch = unsent.removeFirst();
        inFlight.addLast(batch);
        bytesInFlight += batch.block().length;
        lastSequence = Math.max(lastSequence, batch.sequence());
        sentLsn = batch.after();
        return batch;
    }

    synchronized boolean isFull() {
        return inFlight.size() >= maxInFlight
                || bytesInFlight >= maxBytes
                || !inFlight.isEmpty() && total.bytes() > total.max;
    }

    synchronized boolean hasInFlight() {
        return !inFlight.isEmpty();
    }

    synchronized boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    /** Every transaction up to this LSN was sent. */
    synchronized Lsn sentLsn() {
        return sentLsn;
    }

    /** Moves past transactions that gave no batch; only while nothing is unsent. */
    synchronized boolean advance(Lsn lsn) {
        if (!unsent.isEmpty() || !lsn.isAfter(sentLsn)) {
            return false;
        }
        sentLsn = lsn;
        return true;
    }

    /** Acknowledges the batches up to a sequence. */
    synchronized void acknowledge(long sequence) {
        requireSent(sequence);
        while (!inFlight.isEmpty() && inFlight.getFirst().sequence() <= sequence) {
            int bytes = inFlight.removeFirst().block().length;
            bytesInFlight -= bytes;
            held(-bytes);
        }
    }

    /** Schedules a refused batch and all after it to be sent again; the batches before it are acknowledged. */
    synchronized void refuse(long sequence) {
        requireSent(sequence);
        while (!inFlight.isEmpty() && inFlight.getLast().sequence() >= sequence) {
            Batch batch = inFlight.removeLast();
            bytesInFlight -= batch.block().length;
            unsent.addFirst(batch);
            sentLsn = batch.before();
        }
        inFlight.clear();
        held(-bytesInFlight);
        bytesInFlight = 0;
    }

    private void requireSent(long sequence) {
        if (sequence > lastSequence) {
            throw new DoLakeException(
                    ErrorCode.PROTOCOL_ERROR,
                    "Cannot accept answer for batch " + sequence + ": the last batch sent is " + lastSequence);
        }
    }

    /** Number of events read from the change log and not acknowledged. */
    synchronized long pendingEvents() {
        long events = 0;
        for (Batch batch : inFlight) {
            events += batch.events();
        }
        for (Batch batch : unsent) {
            events += batch.events();
        }
        return events;
    }
}
