/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

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
 */
record CommitRequest(
        TableBuffer buffer,
        String owner,
        Map<TopicPartition, Long> next,
        Map<TopicPartition, Long> held,
        Map<TopicPartition, Long> epochs,
        Set<TopicPartition> forgotten) {

    /** The positions to write, with epochs at least as high as those the table asks for. */
    Map<TopicPartition, TableOffsets.Position> positions(Map<TopicPartition, Long> leastEpochs) {
        Map<TopicPartition, TableOffsets.Position> positions = new HashMap<>();
        for (TopicPartition partition : buffer.firstOffsets().keySet()) {
            long epoch = Math.max(epochs.get(partition), leastEpochs.getOrDefault(partition, 0L));
            positions.put(
                    partition,
                    new TableOffsets.Position(
                            next.get(partition), held.get(partition), epoch, owner, buffer.commitId()));
        }
        return positions;
    }
}
