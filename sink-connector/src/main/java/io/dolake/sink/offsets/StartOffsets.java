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
 * The offset at which to start reading a topic partition, according to the lake. The table that the topic's name
 * suggests is read: its offset of the partition is valid for all tables of the partition. Without such a table the
 * consumer group's offset decides, which is never ahead of the lake; records that it repeats are recognized at the
 * commit.
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

    /** The table to read for a partition; empty if there is none. */
    public Optional<TableIdentifier> table(TopicPartition partition) {
        return router.tableOfTopic(partition.topic());
    }

    /** Whether the catalog could be opened: a lookup that fails afterwards failed for its table. */
    public boolean isCatalogOpen() {
        return access.isCatalogOpen();
    }

    /**
     * The lake's knowledge of a partition.
     *
     * @param table the table that was read, if it exists
     * @param isLacking whether the table named after the topic has no offset of it; false if other settings than the
     *     name decide
     */
    public record Found(Optional<Table> table, Optional<TableOffsets.Position> position, boolean isLacking) {}

    /** Reads the catalog; may be called by any thread. */
    Found find(TopicPartition partition) {
        Optional<TableIdentifier> name = table(partition);
        Optional<Table> table = name.flatMap(access::load);
        return new Found(
                table,
                table.flatMap(found -> TableOffsets.read(found.properties(), connector, partition)),
                name.isPresent() && router.isByTemplate() && lacks(table, connector, partition));
    }

    /**
     * Whether a table has no offset of a partition, or was being refilled and is not complete. A table that other
     * connectors have filled and this one has not is complete up to where they left it.
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
            return false; // the commit to the table reports it too
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
