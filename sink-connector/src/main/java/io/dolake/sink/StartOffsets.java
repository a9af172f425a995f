/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.Optional;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/**
 * Where to start reading a topic partition, according to the lake. The table asked is the one that the topic's name
 * suggests, {@code <anything>.<namespace>.<table>} as Debezium names topics: what it holds about the partition is true for
 * all tables of the partition. Without such a table the consumer group's offset decides, which is never ahead of the lake;
 * what it repeats is recognised at the commit.
 */
final class StartOffsets {
    private final TableAccess access;
    private final String connector;

    StartOffsets(TableAccess access, String connector) {
        this.access = access;
        this.connector = connector;
    }

    /** What the lake knows about a partition. */
    Optional<TableOffsets.Position> find(TopicPartition partition) {
        String[] parts = partition.topic().split("\\.");
        if (parts.length < 2) {
            return Optional.empty();
        }
        TableIdentifier name = TableIdentifier.of(Namespace.of(parts[parts.length - 2]), parts[parts.length - 1]);
        return access.load(name).flatMap(table -> TableOffsets.read(table.properties(), connector, partition));
    }
}
