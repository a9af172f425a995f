/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.sink.table.RecordMark;
import java.util.TreeMap;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * What {@link PartitionOffsets} keeps of one topic partition: the offset at which reading was set to start (-1: not
 * set), and the next expected offset (-1: none seen yet). {@code readBefore}: how far it had been read before it was
 * sent back (-1: it was not, or has caught up).
 */
final class PartitionState {
    final long epoch;
    long startAt = -1;
    long position = -1;
    long readBefore = -1;
    /** How far the framework has got, including records that it did not deliver. */
    long delivered = -1;

    /** The missing offset after the start; -1: none is known to be missing. */
    long needed = -1;
    /** The last record processed; null if it is not known. */
    SinkRecord last;
    /** The last mark made of a record. */
    RecordMark told;
    /** The record at which reading starts, if it has to be recognized; null if not. */
    RecordMark witness;
    /** Positions that reading has passed, by offset; at most {@link PartitionOffsets#MAX_MARKS}. */
    final TreeMap<Long, RecordMark> marks = new TreeMap<>();

    String topicId;
    /** Whether the task was handed nothing of what lies before the start. */
    boolean isEmpty;

    boolean skipsBatch;
    boolean isSeekRepeated;
    boolean isSeekDone;

    PartitionState(long epoch) {
        this.epoch = epoch;
    }

    /** The offset to be read next, -1 if it is not known. */
    long expected() {
        return Math.max(delivered, position >= 0 ? position : needed);
    }

    RecordMark atLast() {
        if (told == null || told.offset() != last.originalKafkaOffset()) {
            told = RecordMark.of(last);
        }
        return told;
    }
}
