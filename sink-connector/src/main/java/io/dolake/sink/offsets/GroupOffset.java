/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.sink.table.RecordMark;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * The offset of a topic partition that the group commits, with the record by which the topic is recognized in its
 * metadata: without that record, a reader of the offset cannot tell whether it belongs to the current topic. See {@code
 * schemas/SPEC.md}, section 11.
 */
final class GroupOffset {
    /** Brokers accept 4,096 bytes by default ({@code offset.metadata.max.bytes}). */
    private static final int MAX_LENGTH = 1_000;

    private static final String WITHOUT_RECORD = "{}";

    private GroupOffset() {}

    /** @param last the last record processed before the offset; null if it is not known at the moment */
    static OffsetAndMetadata of(long next, RecordMark last) {
        if (last == null) {
            return new OffsetAndMetadata(next);
        }
        String text = last.toJson().toString();
        if (text.length() > MAX_LENGTH) {
            text = new RecordMark(last.offset(), last.timestamp(), null)
                    .toJson()
                    .toString();
        }
        return new OffsetAndMetadata(next, text);
    }

    /** For a task that received no record before the offset, and will not receive one. */
    static OffsetAndMetadata withoutRecord(long next) {
        return next == 0 ? new OffsetAndMetadata(0) : new OffsetAndMetadata(next, WITHOUT_RECORD);
    }
}
