/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeDecoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Decodes the batches of one stream with the table schemas of the stream so far. A batch may be decoded again, for
 * instance because the listener failed or the batch was refused: the schemas known before it are kept for every batch
 * not yet acknowledged.
 *
 * <p>A listener may block until it can pass on the changes, and it may wait for the thread that acknowledges: therefore
 * {@link #forget} never waits for {@link #decode}.
 */
final class BatchDecoder {
    private final ChangeDecoder decoder = new ChangeDecoder();
    private final ConcurrentSkipListMap<Long, Integer> schemasBefore = new ConcurrentSkipListMap<>();
    private long next = 1;

    synchronized void decode(long sequence, ByteSlice block, ChangeListener listener) {
        if (sequence > next) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot decode batch " + sequence + ": batch " + next + " comes before it");
        }
        if (sequence < next) {
            rewind(sequence);
        }
        schemasBefore.put(sequence, decoder.schemaCount());
        next = sequence + 1;
        decoder.decode(block, listener);
    }

    private void rewind(long sequence) {
        Integer count = schemasBefore.get(sequence);
        if (count == null) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot decode batch " + sequence + " again: it is acknowledged");
        }
        decoder.keepSchemas(count);
        schemasBefore.tailMap(sequence, true).clear();
    }

    /** Forgets what is needed to decode batches up to this one again. */
    void forget(long sequence) {
        schemasBefore.headMap(sequence, true).clear();
    }
}
