/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.util.ArrayDeque;
import java.util.Deque;

/** Batches that wait to be sent, and those sent and not acknowledged. Thread-safe. */
final class BatchWindow {
    private final int maxInFlight;
    private final long maxBytes;
    private final Deque<Batch> unsent = new ArrayDeque<>();
    private final Deque<Batch> inFlight = new ArrayDeque<>();
    private long bytesInFlight;
    private long lastSequence;
    private Lsn sentLsn;

    /**
     * @param maxInFlight batches that may be sent and not acknowledged
     * @param maxBytes of them together; one batch may be sent whatever its size
     */
    BatchWindow(int maxInFlight, long maxBytes, Lsn from) {
        this.maxInFlight = maxInFlight;
        this.maxBytes = maxBytes;
        this.sentLsn = from;
    }

    synchronized void add(Batch batch) {
        unsent.addLast(batch);
    }

    /** The next batch to send, which counts as sent; null if there is none or too many are in flight. */
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
        return inFlight.size() >= maxInFlight || bytesInFlight >= maxBytes;
    }

    synchronized boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    /** Every transaction up to it was sent. */
    synchronized Lsn sentLsn() {
        return sentLsn;
    }

    /** Accounts for transactions that gave no batch; only while nothing is unsent. */
    synchronized boolean advance(Lsn lsn) {
        if (!unsent.isEmpty() || !lsn.isAfter(sentLsn)) {
            return false;
        }
        sentLsn = lsn;
        return true;
    }

    /** Batches up to the sequence have arrived. */
    synchronized void acknowledge(long sequence) {
        requireSent(sequence);
        while (!inFlight.isEmpty() && inFlight.getFirst().sequence() <= sequence) {
            bytesInFlight -= inFlight.removeFirst().block().length;
        }
    }

    /** The batch and all after it have to be sent again; those before it have arrived. */
    synchronized void refuse(long sequence) {
        requireSent(sequence);
        while (!inFlight.isEmpty() && inFlight.getLast().sequence() >= sequence) {
            Batch batch = inFlight.removeLast();
            bytesInFlight -= batch.block().length;
            unsent.addFirst(batch);
            sentLsn = batch.before();
        }
        inFlight.clear();
        bytesInFlight = 0;
    }

    private void requireSent(long sequence) {
        if (sequence > lastSequence) {
            throw new DoLakeException(
                    ErrorCode.PROTOCOL_ERROR,
                    "Cannot take answer for batch " + sequence + ": the last one sent is " + lastSequence);
        }
    }

    /** Events that are not acknowledged, as far as they were read from the change log. */
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
