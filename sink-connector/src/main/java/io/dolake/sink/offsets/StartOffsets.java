/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.record.RecordRouter;
import io.dolake.sink.table.RecordMark;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableOffsets;
import java.util.Map;
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
public final class StartOffsets {
    private final TableAccess access;
    private final RecordRouter router;
    private final String connector;

    public StartOffsets(TableAccess access, RecordRouter router, String connector) {
        this.access = access;
        this.router = router;
        this.connector = connector;
    }

    /** The table that is asked about a partition; empty if none is. */
    public Optional<TableIdentifier> table(TopicPartition partition) {
        return router.tableOfTopic(partition.topic());
    }

    /** Whether the catalog could be opened: a question that fails then is about its table. */
    public boolean isCatalogOpen() {
        return access.isCatalogOpen();
    }

    /**
     * What the lake knows about a partition.
     *
     * @param table the one that is asked, if it is there
     * @param isLacking whether the table to which its records go by its topic's name has nothing of it; false if others than the name decide
     */
    public record Found(Optional<Table> table, Optional<TableOffsets.Position> position, boolean isLacking) {}

    /** Asks the catalog; may be called by any thread. */
    Found find(TopicPartition partition) {
        Optional<TableIdentifier> name = table(partition);
        Optional<Table> table = name.flatMap(access::load);
        return new Found(
                table,
                table.flatMap(found -> TableOffsets.read(found.properties(), connector, partition)),
                name.isPresent() && router.isByTemplate() && lacks(table, connector, partition));
    }

    /**
     * Whether a table has nothing of a partition, or was being filled anew and is not done. One that others have filled and this
     * connector has not has what it had then.
     */
    public static boolean lacks(Optional<Table> table, String connector, TopicPartition partition) {
        if (table.isEmpty()) {
            return true;
        }
        Map<String, String> properties = table.get().properties();
        if (!properties.containsKey(TableOffsets.property(connector, partition))) {
            return !table.get().snapshots().iterator().hasNext() || TableOffsets.knows(properties, connector);
        }
        try {
            return TableOffsets.read(properties, connector, partition)
                    .filter(TableOffsets.Position::isUnfinished)
                    .isPresent();
        } catch (DoLakeException e) {
            return false; // the table's commit says so too
        }
    }

    /** The record by which a table knows the topic of a partition, if it has anything of it. */
    public static Optional<RecordMark> knownBy(Table table, String connector, TopicPartition partition) {
        try {
            return TableOffsets.read(table.properties(), connector, partition).map(TableOffsets.Position::before);
        } catch (DoLakeException e) {
            return Optional.empty(); // the table's commit says so too
        }
    }
}
