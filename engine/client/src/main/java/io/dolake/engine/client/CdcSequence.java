/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;

/**
 * Decides which batches of a stream are accepted, so that a poller sees each sequence once and in order, even though
 * refused batches come again and batches already in flight after them still arrive. Not thread-safe.
 */
final class CdcSequence {
    private long next = 1;
    private long acked;
    private boolean awaitingResend;

    /**
     * Whether a batch that arrives is the next one.
     *
     * @throws DoLakeException PROTOCOL_ERROR when one is missing
     */
    boolean takes(long sequence) {
        if (sequence == next) {
            next++;
            awaitingResend = false;
            return true;
        }
        if (sequence > next && !awaitingResend) {
            throw new DoLakeException(
                    ErrorCode.PROTOCOL_ERROR, "Cannot accept batch " + sequence + ": batch " + next + " is missing");
        }
        return false;
    }

    /**
     * Whether a keep-alive counts: one sent before the refused batches come again refers to batches that were dropped.
     */
    boolean takesKeepAlive() {
        return !awaitingResend;
    }

    /** False if an earlier refusal, still unanswered, covers this one. */
    boolean refuse(long sequence) {
        if (sequence <= acked || (sequence >= next && !awaitingResend)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot refuse batch " + sequence + ": only batches " + (acked + 1) + " to " + (next - 1)
                            + " are open");
        }
        if (awaitingResend && sequence >= next) {
            return false;
        }
        next = sequence;
        awaitingResend = true;
        return true;
    }

    /** Records an acknowledgement and returns the newest one. Batches refused meanwhile are not acknowledged. */
    long acknowledge(long sequence) {
        acked = Math.max(acked, Math.min(sequence, next - 1));
        return acked;
    }
}
