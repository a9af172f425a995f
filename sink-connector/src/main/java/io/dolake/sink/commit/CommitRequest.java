/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.table.RecordMark;
import io.dolake.sink.table.TableOffsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * A buffer to commit and what the task knew when it handed it over, for each topic partition of the buffer.
 *
 * @param next the table has all records below it once the buffer is committed
 * @param held all tables have
 * @param epochs orders this task among the owners of the partition
 * @param forgotten partitions whose offsets in the table belong to a topic that is gone
 * @param last the record before {@code next}, where it is known
 * @param before one before {@code held}, where one is known
 * @param topicIds Kafka's ids of the topics, where they were asked
 * @param source the source table of the rows; null if it does not matter
 * @param until how far the table is being filled anew, where it is
 */
public record CommitRequest(
        TableBuffer buffer,
        String owner,
        Map<TopicPartition, Long> next,
        Map<TopicPartition, Long> held,
        Map<TopicPartition, Long> epochs,
        Set<TopicPartition> forgotten,
        Map<TopicPartition, RecordMark> last,
        Map<TopicPartition, RecordMark> before,
        Map<TopicPartition, String> topicIds,
        String source,
        Map<TopicPartition, Long> until) {
    /**
     * The positions to write, with epochs at least as high as those the table asks for, and offsets no lower than it has: what
     * is read again ends before them.
     */
    Map<TopicPartition, TableOffsets.Position> positions(
            Map<TopicPartition, Long> leastEpochs, Map<TopicPartition, Long> floors) {
        Map<TopicPartition, TableOffsets.Position> positions = new HashMap<>();
        for (TopicPartition partition : buffer.firstOffsets().keySet()) {
            long epoch = Math.max(epochs.get(partition), leastEpochs.getOrDefault(partition, 0L));
            positions.put(
                    partition,
                    new TableOffsets.Position(
                            Math.max(next.get(partition), floors.getOrDefault(partition, 0L)),
                            held.get(partition),
                            epoch,
                            owner,
                            buffer.commitId(),
                            last.get(partition),
                            before.get(partition),
                            topicIds.get(partition),
                            until.getOrDefault(partition, 0L)));
        }
        return positions;
    }
}
