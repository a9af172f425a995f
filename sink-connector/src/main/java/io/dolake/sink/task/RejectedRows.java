/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.RowShape;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/**
 * Rows that commits have refused. Their records are read once more and then refused one by one before they reach a
 * buffer. Used by the task's thread.
 */
final class RejectedRows {
    /** Number of shapes remembered per table. A forgotten one is found again by the next commit. */
    private static final int MAX_SHAPES = 100;

    private static final TreeMap<Long, Map<TableIdentifier, DoLakeException>> NONE = new TreeMap<>();

    private final Map<TopicPartition, TreeMap<Long, Map<TableIdentifier, DoLakeException>>> records = new HashMap<>();
    private final Map<TableIdentifier, Map<RowShape, DoLakeException>> shapes = new HashMap<>();

    void add(TableIdentifier table, RowsRejectedException refused) {
        refused.rows()
                .forEach((place, reason) -> records.computeIfAbsent(place.partition(), any -> new TreeMap<>())
                        .computeIfAbsent(place.offset(), any -> new HashMap<>())
                        .put(table, reason));
        if (!refused.shapes().isEmpty()) {
            Map<RowShape, DoLakeException> ofTable = shapes.computeIfAbsent(table, any -> new HashMap<>());
            if (ofTable.size() >= MAX_SHAPES) {
                ofTable.clear();
            }
            ofTable.putAll(refused.shapes());
        }
    }

    boolean isEmpty() {
        return records.isEmpty() && shapes.isEmpty();
    }

    /**
     * Why a table refused a change of the record at this position, or rows like it; null if the table may accept it.
     */
    DoLakeException reason(Change change, TopicPartition partition, long offset) {
        Map<TableIdentifier, DoLakeException> ofRecord =
                records.getOrDefault(partition, NONE).getOrDefault(offset, Map.of());
        DoLakeException ofPlace = ofRecord.get(change.table());
        if (ofPlace != null) {
            return ofPlace;
        }
        if (change instanceof Change.Truncate) {
            // A table that was emptied may accept them again.
            shapes.remove(change.table());
        }
        return change instanceof Change.Upsert upsert
                ? shapes.getOrDefault(change.table(), Map.of()).get(upsert.shape())
                : null;
    }

    /** Forgets records below an offset, which will not be read again. */
    void forgetBelow(TopicPartition partition, long offset) {
        TreeMap<Long, Map<TableIdentifier, DoLakeException>> ofPartition = records.get(partition);
        if (ofPartition != null) {
            ofPartition.headMap(offset).clear();
            if (ofPartition.isEmpty()) {
                records.remove(partition);
            }
        }
    }

    /** Forgets what a table refused. */
    void forget(TableIdentifier table) {
        shapes.remove(table);
        records.values().forEach(ofPartition -> {
            ofPartition.values().forEach(ofRecord -> ofRecord.remove(table));
            ofPartition.values().removeIf(Map::isEmpty);
        });
        records.values().removeIf(Map::isEmpty);
    }

    void forget(TopicPartition partition) {
        records.remove(partition);
    }
}
