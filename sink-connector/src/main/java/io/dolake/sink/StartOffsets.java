/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Where to start reading a topic partition, according to the lake. The table asked is the one that the topic's name
 * suggests: what it holds about the partition is true for
 * all tables of the partition. Without such a table the consumer group's offset decides, which is never ahead of the lake;
 * what it repeats is recognised at the commit.
 */
final class StartOffsets {
    private final TableAccess access;
    private final Routing routing;
    private final String connector;

    StartOffsets(TableAccess access, Routing routing, String connector) {
        this.access = access;
        this.routing = routing;
        this.connector = connector;
    }

    /** What the lake knows about a partition. */
    Optional<TableOffsets.Position> find(TopicPartition partition) {
        return routing.tableOfTopic(partition.topic())
                .flatMap(access::load)
                .flatMap(table -> TableOffsets.read(table.properties(), connector, partition));
    }
}
