/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import java.time.Duration;

/**
 * A change stream that is read by polling. Batches wait in a bounded queue; when it is full the socket is not read, so
 * the server stops sending. One thread polls; {@code ack}, {@code nack} and {@code close} may come from any thread.
 */
public interface CdcStream extends AutoCloseable {

    String epoch();

    Lsn oldestLsn();

    /** Newest LSN of the server when the stream began. */
    Lsn newestLsn();

    /** The result of a poll. */
    sealed interface Message permits Batch, KeepAlive {}

    /** A run of events; must be decoded in the order polled, since later batches rely on schemas of earlier ones. */
    non-sealed interface Batch extends Message {
        long sequence();

        void decode(ChangeListener listener);
    }

    /** Every transaction up to the LSN was sent. */
    record KeepAlive(Lsn lsn) implements Message {}

    /**
     * The next message, or null when the timeout passes first.
     *
     * @throws io.dolake.schemas.DoLakeException when the stream has ended: the error of the server, or
     *     CONNECTION_ERROR
     */
    Message poll(Duration timeout) throws InterruptedException;

    /**
     * Acknowledges that batches up to the sequence were received and every change up to the LSN was processed. Neither
     * moves back: an older acknowledgement changes nothing. Does nothing if the stream has ended, which the next poll
     * reports.
     *
     * @param bufferUtilization 0.0 to 1.0
     */
    void ack(long sequence, Lsn lsn, double bufferUtilization);

    /**
     * Refuses a polled batch: it and all later ones are sent again, in order and not before the delay; waiting batches
     * are dropped. Does nothing if the stream has ended.
     *
     * @throws io.dolake.schemas.DoLakeException INVALID_ARGUMENT for a batch that was acknowledged or not polled
     */
    void nack(long sequence, Duration retryDelay);

    @Override
    void close();
}
