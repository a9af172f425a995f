/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.KeyNames;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Records without a value in topics of envelopes. Mostly a tombstone follows the delete of its key and adds nothing; in
 * a compacted topic, it may be all that is left of the delete. It names no table: its key goes to the tables that
 * received the envelopes with such keys. Used by the task's thread.
 */
final class Tombstones {
    /** Number of topics and key schemas remembered before all are forgotten; the next envelopes restore them. */
    private static final int MAX_KEYS = 4096;

    private record Keys(String topic, String schema) {}

    /** The form of a table's keys: the columns, and the kinds of their values. */
    private record Shape(List<String> columns, String kinds) {}

    private final Map<Keys, Map<TableIdentifier, Shape>> tables = new HashMap<>();
    /** The delete that was the last record of a partition; most partitions have none. */
    private final Map<TopicPartition, Object> deletes = new HashMap<>();

    private String lastTopic;
    private Schema lastSchema;
    private TableIdentifier lastTable;

    /** Registers an envelope. */
    void after(SinkRecord record, List<Change> changes) {
        if (!deletes.isEmpty()) {
            deletes.remove(partition(record));
        }
        boolean isDelete = false;
        boolean isUpsert = false;
        for (Change change : changes) {
            if (change instanceof Change.Upsert upsert) {
                isUpsert = true;
                note(record, upsert);
            } else if (change instanceof Change.Delete delete) {
                isDelete = true;
                shapes(record)
                        .putIfAbsent(
                                delete.table(),
                                new Shape(delete.keyNames(), delete.key().kinds()));
            } else if (change instanceof Change.SoftDelete delete) {
                isDelete = true;
                shapes(record)
                        .putIfAbsent(
                                delete.table(),
                                new Shape(delete.keyNames(), delete.key().kinds()));
            }
        }
        // An update that moves a row deletes it under another key than its own.
        if (isDelete && !isUpsert) {
            deletes.put(partition(record), record.key());
        }
    }

    private void note(SinkRecord record, Change.Upsert upsert) {
        // Mostly the same as for the previous record; then there is nothing to look up.
        boolean isKnown = lastTable == upsert.table()
                && lastSchema == record.keySchema()
                && Objects.equals(lastTopic, record.topic());
        if (!isKnown && upsert.key() != null) {
            lastTable = upsert.table();
            lastSchema = record.keySchema();
            lastTopic = record.topic();
            shapes(record)
                    .put(
                            upsert.table(),
                            new Shape(upsert.shape().keyNames(), upsert.key().kinds()));
        }
    }

    private Map<TableIdentifier, Shape> shapes(SinkRecord record) {
        if (tables.size() >= MAX_KEYS) {
            tables.clear();
        }
        return tables.computeIfAbsent(keys(record), any -> new LinkedHashMap<>());
    }

    private static Keys keys(SinkRecord record) {
        String name = record.keySchema() == null ? null : record.keySchema().name();
        return new Keys(record.topic(), name == null ? "" : name);
    }

    private static TopicPartition partition(SinkRecord record) {
        return new TopicPartition(record.topic(), record.kafkaPartition());
    }

    /** Whether the previous record was the delete to which this tombstone belongs. Valid for one call. */
    boolean isTold(SinkRecord tombstone) {
        if (deletes.isEmpty()) {
            return false;
        }
        Object deleted = deletes.remove(partition(tombstone));
        return deleted != null && deleted.equals(tombstone.key());
    }

    /** The tables that received rows with such a key; none if no such row has been seen. */
    List<TableIdentifier> tables(SinkRecord tombstone) {
        Map<TableIdentifier, Shape> shapes = tables.getOrDefault(keys(tombstone), Map.of());
        if (shapes.size() > 1 && keys(tombstone).schema().isEmpty()) {
            throw new DoLakeException(
                            ErrorCode.TABLE_NOT_FOUND,
                            "Cannot apply tombstone: rows of its topic go to several tables, and it does not name one of them")
                    .withHint("Send each table's changes to a topic of its own, or keys with named schemas");
        }
        return List.copyOf(shapes.keySet());
    }

    /** Refuses a delete whose key does not have the form of the keys of its table's rows. */
    void check(SinkRecord tombstone, List<Change> changes) {
        Map<TableIdentifier, Shape> shapes = tables.getOrDefault(keys(tombstone), Map.of());
        for (Change change : changes) {
            if (change instanceof Change.Delete delete) {
                check(shapes.get(delete.table()), delete.table(), delete.keyNames(), delete.key());
            } else if (change instanceof Change.SoftDelete delete) {
                check(shapes.get(delete.table()), delete.table(), delete.keyNames(), delete.key());
            }
        }
    }

    private static void check(Shape shape, TableIdentifier table, List<String> columns, KeyBytes key) {
        // Where one key is a part of the other, the commit determines whether the table has both.
        if (shape == null || KeyNames.areParts(shape.columns(), columns)) {
            return;
        }
        if (!shape.columns().equals(columns)) {
            throw other(table, "columns " + columns, shape.columns().toString());
        }
        if (!KeyBytes.areAlike(shape.kinds(), key.kinds())) {
            throw other(table, "values of other types", "those of the rows");
        }
    }

    static DoLakeException other(TableIdentifier table, String has, String wanted) {
        return new DoLakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Cannot apply tombstone for table " + table + ": its key has " + has + ", the table's is "
                                + wanted)
                .withHint("Delete the row in another way, or name the key in " + InputConfig.DEFAULT_ID_COLUMNS);
    }
}
