/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.sink.buffer.BufferedRow;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.index.KeyBatch;
import io.dolake.sink.index.KeyIndex;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.KeyHash;
import io.dolake.sink.row.RowShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/**
 * The difference between a buffer and its table: rows to write, positions to delete, and whether all other rows are
 * deleted first. Changes that the table already has are left out.
 *
 * @param staleEntries changes left out
 * @param gaps values that rows lack
 * @param removedKeys keys that are no longer live and get no new row
 */
record CommitPlan(
        List<BufferedRow> rows,
        List<UnavailableValueLoader.Gap> gaps,
        List<Long> deletes,
        List<KeyHash> removedKeys,
        boolean isEmptied,
        int staleEntries) {

    /** @param softDeletes turns a deletion into a row that stays, marked as deleted */
    static CommitPlan of(
            TableBuffer buffer,
            TableIndex index,
            Map<TopicPartition, Long> floors,
            UnaryOperator<TableBuffer.Entry> softDeletes) {
        TableBuffer.Truncation truncation = buffer.truncation();
        boolean isEmptied = truncation != null && truncation.offset() >= floors.get(truncation.partition());
        List<BufferedRow> rows = new ArrayList<>();
        List<UnavailableValueLoader.Gap> gaps = new ArrayList<>();
        List<Long> deletes = new ArrayList<>();
        List<KeyHash> removedKeys = new ArrayList<>();
        List<Map.Entry<KeyBytes, TableBuffer.Entry>> changes = buffer.rows().entrySet().stream()
                .filter(change -> !isStale(change.getValue(), floors))
                .toList();
        int stale = buffer.rows().size() - changes.size();
        KeyBatch keys = lookUp(changes, index, isEmptied);
        for (int i = 0; i < changes.size(); i++) {
            KeyBytes key = changes.get(i).getKey();
            TableBuffer.Entry entry = changes.get(i).getValue();
            boolean isThere = keys.place(i) != KeyIndex.ABSENT;
            if (entry.isSoftDelete()) {
                if (!isThere) {
                    continue;
                }
                entry = softDeletes.apply(entry);
            }
            if (isThere) {
                deletes.add(keys.place(i));
            }
            if (entry.unavailable() != null) {
                gaps.add(new UnavailableValueLoader.Gap(rows.size(), keys.place(i), entry.unavailable()));
            }
            if (!entry.isDelete()) {
                rows.add(new BufferedRow(key, entry));
            } else if (isThere) {
                removedKeys.add(keys.key(i));
            }
        }
        if (!buffer.appends().isEmpty()) {
            rows = appends(buffer, floors);
            stale = buffer.appends().size() - rows.size();
        }
        return new CommitPlan(rows, gaps, deletes, removedKeys, isEmptied, stale);
    }

    /** The rows as they are in the buffer, unless some are to be left out. */
    private static List<BufferedRow> appends(TableBuffer buffer, Map<TopicPartition, Long> floors) {
        boolean isNew = buffer.firstOffsets().entrySet().stream()
                .allMatch(first -> first.getValue() >= floors.get(first.getKey()));
        return isNew
                ? buffer.appends()
                : buffer.appends().stream()
                        .filter(row -> !isStale(row.entry(), floors))
                        .toList();
    }

    private static KeyBatch lookUp(
            List<Map.Entry<KeyBytes, TableBuffer.Entry>> changes, TableIndex index, boolean isEmptied) {
        KeyBatch keys = new KeyBatch(changes.size());
        changes.forEach(change -> keys.add(index.hash(change.getKey()), KeyIndex.ABSENT));
        if (!isEmptied) {
            index.findAll(keys);
        }
        return keys;
    }

    private static boolean isStale(TableBuffer.Entry entry, Map<TopicPartition, Long> floors) {
        return entry.offset() < floors.get(entry.partition());
    }

    /** The shapes of the buffer, followed by the table's own if some of its deleted rows stay. */
    List<RowShape> shapes(TableBuffer buffer, RowShape ofTable) {
        int number = buffer.shapes().size();
        List<RowShape> shapes = new ArrayList<>(buffer.shapes());
        if (ofTable != null && rows.stream().anyMatch(row -> row.shape() == number)) {
            shapes.add(ofTable);
        }
        return shapes;
    }

    /** Whether the table stays as it is. */
    boolean changesNothing(TableIndex index) {
        return rows.isEmpty()
                && deletes.isEmpty()
                && !(isEmptied && index.files().size() > 0);
    }
}
