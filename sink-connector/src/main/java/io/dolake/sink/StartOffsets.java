/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
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

    /** The table that is asked about a partition; empty if none is. */
    Optional<TableIdentifier> table(TopicPartition partition) {
        return routing.tableOfTopic(partition.topic());
    }

    /** Whether the catalog could be opened: a question that fails then is about its table. */
    boolean isCatalogOpen() {
        return access.isCatalogOpen();
    }

    /**
     * What the lake knows about a partition.
     *
     * @param emptyTable the table that its records go to by its topic's name, if it does not exist or has never had a row; null if it
     *     has some, or if others than the name decide
     */
    record Found(Optional<TableOffsets.Position> position, TableIdentifier emptyTable) {}

    /** Asks the catalog; may be called by any thread. */
    Found find(TopicPartition partition) {
        Optional<TableIdentifier> name = table(partition);
        Optional<Table> table = name.flatMap(access::load);
        boolean isEmpty = name.isPresent()
                && routing.isByTemplate()
                && table.filter(found -> found.currentSnapshot() != null).isEmpty();
        return new Found(
                table.flatMap(found -> TableOffsets.read(found.properties(), connector, partition)),
                isEmpty ? name.get() : null);
    }
}
