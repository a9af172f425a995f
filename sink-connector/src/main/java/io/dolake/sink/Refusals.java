/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/**
 * What commits have refused. Its records are read once more, and are then turned down one by one before they reach a buffer.
 * Used by the task's thread.
 */
final class Refusals {
    /** Shapes remembered of a table; one that is forgotten is found again by the next commit. */
    private static final int MAX_SHAPES = 100;

    private final Map<TopicPartition, TreeMap<Long, DoLakeException>> records = new HashMap<>();
    private final Map<TableIdentifier, Map<RowShape, DoLakeException>> shapes = new HashMap<>();

    void add(TableIdentifier table, RowsRefused refused) {
        refused.rows()
                .forEach((place, reason) -> records.computeIfAbsent(place.partition(), any -> new TreeMap<>())
                        .put(place.offset(), reason));
        if (!refused.shapes().isEmpty()) {
            Map<RowShape, DoLakeException> ofTable = shapes.computeIfAbsent(table, any -> new HashMap<>());
            if (ofTable.size() >= MAX_SHAPES) {
                ofTable.clear();
            }
            ofTable.putAll(refused.shapes());
        }
    }

    /** Throws if the record at this place was refused. */
    void check(TopicPartition partition, long offset) {
        if (records.isEmpty()) {
            return;
        }
        TreeMap<Long, DoLakeException> ofPartition = records.get(partition);
        DoLakeException reason = ofPartition == null ? null : ofPartition.get(offset);
        if (reason != null) {
            throw reason;
        }
    }

    /** Throws if rows like one of these were refused. A table that is emptied may take them again. */
    void check(List<Change> changes) {
        if (shapes.isEmpty()) {
            return;
        }
        for (Change change : changes) {
            if (change instanceof Change.Truncate) {
                shapes.remove(change.table());
            } else if (change instanceof Change.Upsert upsert) {
                DoLakeException reason =
                        shapes.getOrDefault(change.table(), Map.of()).get(upsert.shape());
                if (reason != null) {
                    throw reason;
                }
            }
        }
    }

    /** Forgets records below an offset, which will not be read again. */
    void forgetBelow(TopicPartition partition, long offset) {
        TreeMap<Long, DoLakeException> ofPartition = records.get(partition);
        if (ofPartition != null) {
            ofPartition.headMap(offset).clear();
            if (ofPartition.isEmpty()) {
                records.remove(partition);
            }
        }
    }

    /** Forgets the shapes of a table whose schema may have changed. */
    void forget(TableIdentifier table) {
        shapes.remove(table);
    }

    void forget(TopicPartition partition) {
        records.remove(partition);
    }
}
