/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.sink.table.RecordMark;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * The offset of a topic partition that the group commits, with the record by which the topic is known again in its metadata: who reads an
 * offset without it cannot tell whether it is one of the topic that is there. See {@code schemas/SPEC.md}, section 11.
 */
final class GroupOffset {
    /** Brokers take 4,096 bytes by default ({@code offset.metadata.max.bytes}). */
    private static final int MAX_LENGTH = 1_000;

    private static final String WITHOUT_RECORD = "{}";

    private GroupOffset() {}

    /** @param last the last record taken before the offset; null if it is not known for the moment */
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

    /** Where the task was handed no record before the offset, and is not to be. */
    static OffsetAndMetadata withoutRecord(long next) {
        return next == 0 ? new OffsetAndMetadata(0) : new OffsetAndMetadata(next, WITHOUT_RECORD);
    }
}
