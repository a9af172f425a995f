/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;

/**
 * Which batches of a stream are taken, so that a poller sees each sequence once and in order even though refused
 * batches come again and what was under way behind them still arrives. Not thread-safe.
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
                    ErrorCode.PROTOCOL_ERROR, "Cannot take batch " + sequence + ": batch " + next + " has not come");
        }
        return false;
    }

    /** A keep-alive that was sent before the refused batches came again speaks of batches that were dropped. */
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

    /**
     * Notes an acknowledgement; returns the newest there is. What was refused meanwhile is not acknowledged.
     */
    long acknowledge(long sequence) {
        acked = Math.max(acked, Math.min(sequence, next - 1));
        return acked;
    }
}
