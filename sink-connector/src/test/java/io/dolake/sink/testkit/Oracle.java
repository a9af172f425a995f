/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.check.KeyChecker;
import io.dolake.sink.table.TableOffsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** What a table must hold after the first records of a topic partition: the records replayed one by one. */
public final class Oracle {
    private Oracle() {}

    public static List<Map<String, String>> rows(FakeTopic topic, long offset) {
        Map<Object, Map<String, String>> keyed = new LinkedHashMap<>();
        List<Map<String, String>> appended = new ArrayList<>();
        for (SinkRecord record : topic.records.subList(0, (int) offset)) {
            Struct value = (Struct) record.value();
            String op = value == null ? "tombstone" : value.getString("op");
            switch (op) {
                case "c", "r", "u" -> {
                    if (record.key() == null) {
                        appended.add(row(value.getStruct("after")));
                    } else {
                        keyed.put(record.key(), row(value.getStruct("after")));
                    }
                }
                case "d" -> keyed.remove(record.key());
                case "t" -> {
                    keyed.clear();
                    appended.clear();
                }
                default -> assertThat(op).isEqualTo("tombstone");
            }
        }
        List<Map<String, String>> rows = new ArrayList<>(keyed.values());
        rows.addAll(appended);
        return rows;
    }

    private static Map<String, String> row(Struct after) {
        Map<String, String> row = new TreeMap<>();
        after.schema()
                .fields()
                .forEach(field -> row.put(field.name(), String.valueOf(after.getWithoutDefault(field.name()))));
        return row;
    }

    /** The table as it is equals the topic as it is. */
    public static void assertSame(Lake lake, FakeTopic topic, String table) {
        assertThat(counted(lake.exists(table) ? lake.rows(table) : List.of()))
                .isEqualTo(counted(rows(topic, topic.end())));
    }

    /** A snapshot of a table equals the topic as it is. */
    public static void assertSame(Table table, long snapshotId, FakeTopic topic) {
        assertThat(counted(Lake.rows(table, snapshotId))).isEqualTo(counted(rows(topic, topic.end())));
    }

    /** Every snapshot equals the topic up to the offset that the snapshot says, and no key is live twice in it. */
    public static void assertEverySnapshot(Lake lake, FakeTopic topic, String name) {
        Table table = lake.table(name);
        for (Snapshot snapshot : table.snapshots()) {
            String offsets = snapshot.summary().get(TableOffsets.SUMMARY_OFFSETS);
            if (offsets != null) {
                long next = Long.parseLong(offsets.replaceAll(".*:(\\d+)}", "$1"));
                assertThat(counted(Lake.rows(table, snapshot.snapshotId())))
                        .as("snapshot %s at offset %s", snapshot.snapshotId(), next)
                        .isEqualTo(counted(rows(topic, next)));
            }
        }
        assertKeysOnce(table);
    }

    public static void assertKeysOnce(Table table) {
        assertThat(new KeyChecker(table).checkAll())
                .allSatisfy(finding ->
                        assertThat(finding.isClean()).as("%s", finding).isTrue());
    }

    private static Map<Map<String, String>, Integer> counted(List<Map<String, String>> rows) {
        Map<Map<String, String>, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row, 1, Integer::sum));
        return counts;
    }
}
