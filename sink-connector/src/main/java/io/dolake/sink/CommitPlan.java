/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A buffer against the state of its table: rows to write, places to delete, and whether all else goes first. Changes that
 * the table has already are left out.
 *
 * @param staleEntries changes left out
 * @param removedKeys keys that are live no more and get no new row
 */
record CommitPlan(
        List<RowWriter.Row> rows, List<Long> deletes, List<KeyHash> removedKeys, boolean isEmptied, int staleEntries) {

    static CommitPlan of(TableBuffer buffer, TableIndex index, Map<TopicPartition, Long> floors) {
        TableBuffer.Truncation truncation = buffer.truncation();
        boolean isEmptied = truncation != null && truncation.offset() >= floors.get(truncation.partition());
        List<RowWriter.Row> rows = new ArrayList<>();
        List<Long> deletes = new ArrayList<>();
        List<KeyHash> removedKeys = new ArrayList<>();
        int stale = 0;
        for (Map.Entry<KeyBytes, TableBuffer.Entry> change : buffer.rows().entrySet()) {
            TableBuffer.Entry entry = change.getValue();
            if (isStale(entry, floors)) {
                stale++;
                continue;
            }
            KeyHash hash = index.hash(change.getKey());
            long place = isEmptied ? KeyIndex.ABSENT : index.find(hash);
            if (place != KeyIndex.ABSENT) {
                deletes.add(place);
            }
            if (!entry.isDelete()) {
                rows.add(new RowWriter.Row(change.getKey(), entry.shape(), entry.row()));
            } else if (place != KeyIndex.ABSENT) {
                removedKeys.add(hash);
            }
        }
        for (TableBuffer.Entry entry : buffer.appends()) {
            if (isStale(entry, floors)) {
                stale++;
            } else {
                rows.add(new RowWriter.Row(null, entry.shape(), entry.row()));
            }
        }
        return new CommitPlan(rows, deletes, removedKeys, isEmptied, stale);
    }

    private static boolean isStale(TableBuffer.Entry entry, Map<TopicPartition, Long> floors) {
        return entry.offset() < floors.get(entry.partition());
    }

    /** Whether the table stays as it is. */
    boolean changesNothing(TableIndex index) {
        return rows.isEmpty()
                && deletes.isEmpty()
                && !(isEmptied && index.files().size() > 0);
    }
}
