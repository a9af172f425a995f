/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.QueryResult;
import io.dolake.engine.client.Statement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * What a consumer that applies events one by one has at the end. Strict: a create of a row that is there, or an update
 * or delete of one that is not, is an error, since an exact stream has none.
 */
final class Replica {
    private static final int MAX_DIFFERENCES = 20;

    private final Map<String, Map<String, Map<String, Object>>> tables = new TreeMap<>();

    static Replica of(List<SourceRecord> records) {
        Replica replica = new Replica();
        for (int i = 0; i < records.size(); i++) {
            replica.apply(records.get(i), i);
        }
        return replica;
    }

    private void apply(SourceRecord record, int index) {
        Struct envelope = (Struct) record.value();
        if (envelope == null || envelope.schema().field("op") == null) {
            return;
        }
        Struct source = envelope.getStruct("source");
        Map<String, Map<String, Object>> rows = tables.computeIfAbsent(
                source.getString("db") + "." + source.getString("table"), name -> new LinkedHashMap<>());
        String what = "record " + index + ": " + envelope;
        String key = record.key() == null ? null : flat((Struct) record.key()).toString();
        switch (envelope.getString("op")) {
            case "t" -> rows.clear();
            case "r" -> rows.put(key, flat(envelope.getStruct("after")));
            case "c" ->
                assertThat(rows.put(key, flat(envelope.getStruct("after"))))
                        .as(what)
                        .isNull();
            case "u" -> {
                assertThat(rows.get(key)).as(what).isEqualTo(flat(envelope.getStruct("before")));
                rows.put(key, flat(envelope.getStruct("after")));
            }
            case "d" -> assertThat(rows.remove(key)).as(what).isEqualTo(flat(envelope.getStruct("before")));
            default -> throw new AssertionError(what);
        }
    }

    /** Non-null fields only: a column added later is null in older rows. */
    private static Map<String, Object> flat(Struct struct) {
        Map<String, Object> flat = new TreeMap<>();
        for (Field field : struct.schema().fields()) {
            Object value = struct.getWithoutDefault(field.name());
            if (value instanceof ByteBuffer buffer) {
                flat.put(field.name(), HexFormat.of().formatHex(buffer.array()));
            } else if (value != null) {
                flat.put(field.name(), value);
            }
        }
        return flat;
    }

    /** Rows of a table, by key. */
    Map<String, Map<String, Object>> rows(String database, String table) {
        return tables.getOrDefault(database + "." + table, Map.of());
    }

    /** Compares every table of the database, dropped ones included, value by value. */
    void assertSameAs(DoSqlClient client, String database, String as) {
        List<Object[]> names = client.query(
                        database,
                        Statement.of(
                                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
                .rows();
        Map<String, Map<String, Map<String, Object>>> expected = new TreeMap<>();
        for (Object[] name : names) {
            Map<String, Map<String, Object>> rows = source(client, database, (String) name[0]);
            if (!rows.isEmpty()) {
                expected.put(database + "." + name[0], rows);
            }
        }
        Map<String, Map<String, Map<String, Object>>> actual = new TreeMap<>(tables);
        actual.values().removeIf(Map::isEmpty);
        actual.keySet().removeIf(table -> !table.startsWith(database + "."));
        assertThat(differences(expected, actual)).as(as).isEmpty();
    }

    /** Row by row, so that a failure can be read. */
    private static List<String> differences(
            Map<String, Map<String, Map<String, Object>>> expected,
            Map<String, Map<String, Map<String, Object>>> actual) {
        List<String> differences = new ArrayList<>();
        Set<String> tables = new TreeSet<>(expected.keySet());
        tables.addAll(actual.keySet());
        for (String table : tables) {
            Map<String, Map<String, Object>> here = expected.getOrDefault(table, Map.of());
            Map<String, Map<String, Object>> there = actual.getOrDefault(table, Map.of());
            Set<String> keys = new TreeSet<>(here.keySet());
            keys.addAll(there.keySet());
            keys.removeIf(key -> Objects.equals(here.get(key), there.get(key)));
            keys.forEach(key ->
                    differences.add(table + " " + key + ": source " + here.get(key) + ", replica " + there.get(key)));
        }
        return differences.subList(0, Math.min(MAX_DIFFERENCES, differences.size()));
    }

    private static Map<String, Map<String, Object>> source(DoSqlClient client, String database, String table) {
        List<Object[]> keyRows = client.query(
                        database, Statement.of("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", table))
                .rows();
        List<String> key = keyRows.stream().map(row -> (String) row[0]).toList();
        String rowid = key.isEmpty() ? "_rowid_, " : "";
        QueryResult result = client.query(database, Statement.of("SELECT " + rowid + "* FROM \"" + table + "\""));
        assertThat(result.truncated()).isFalse();
        Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
        for (Object[] values : result.rows()) {
            Map<String, Object> row = new TreeMap<>();
            for (int i = 0; i < values.length; i++) {
                String name = key.isEmpty() && i == 0
                        ? "_rowid_"
                        : result.columns().get(i).name();
                if (values[i] instanceof byte[] bytes) {
                    row.put(name, HexFormat.of().formatHex(bytes));
                } else if (values[i] != null) {
                    row.put(name, values[i]);
                }
            }
            Map<String, Object> keyOf = new TreeMap<>(row);
            keyOf.keySet().retainAll(key.isEmpty() ? List.of("_rowid_") : key);
            rows.put(keyOf.toString(), row);
        }
        return rows;
    }
}
