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
 * A buffer to commit, and what the task knew about each topic partition in it when it handed it over.
 *
 * @param next the table is complete below this offset once the buffer is committed
 * @param held all tables are complete below this offset
 * @param epochs order of this task among the owners of the partition
 * @param forgotten partitions whose offsets in the table belong to a deleted topic
 * @param last the record before {@code next}, where it is known
 * @param before a record before {@code held}, where one is known
 * @param topicIds Kafka's ids of the topics, where they were queried
 * @param source the source table of the rows; null if not relevant
 * @param until end of the range that is being refilled, where there is one
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
     * The positions to write, with epochs at least as high as the table requires, and offsets no lower than the table
     * has: records that are read again end before them.
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
