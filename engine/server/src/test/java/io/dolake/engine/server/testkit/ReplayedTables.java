/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.QueryResult;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import io.dolake.schemas.TableSchema;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tables made from a change stream alone. Checks every before-image against the row that it has, and that transactions
 * come in order, each once.
 */
public final class ReplayedTables implements ChangeListener {
    private final Map<String, Map<String, Object[]>> tables = new TreeMap<>();
    private final Map<String, TableSchema> schemas = new TreeMap<>();
    private final List<Lsn> lsns = new ArrayList<>();
    private Lsn lsn = Lsn.ZERO;
    private boolean open;
    private long events;

    /** Begins with rows that were read, as of an LSN; their first column is the primary key. */
    public void load(String table, List<Object[]> rows, Lsn asOf) {
        Map<String, Object[]> loaded = tables.computeIfAbsent(table, t -> new TreeMap<>());
        for (Object[] row : rows) {
            loaded.put(shown(row[0]), row);
        }
        lsn = asOf;
    }

    @Override
    public void begin(Lsn newLsn, long commitTimeMs) {
        assertThat(open).as("begin of %s inside %s", newLsn, lsn).isFalse();
        assertThat(newLsn).isGreaterThan(lsn);
        assertThat(commitTimeMs).isPositive();
        lsn = newLsn;
        open = true;
        events = 0;
    }

    @Override
    public void schemaChange(SchemaChange change) {
        assertThat(change.event()).isEqualTo(events++);
        if (!change.type().equals("table")) {
            return;
        }
        if (change.kind() == SchemaChange.Kind.DROP) {
            tables.remove(change.name());
            schemas.remove(change.name());
        } else if (change.schema() != null) {
            Map<String, Object[]> rows = change.previousName() == null ? null : tables.remove(change.previousName());
            if (rows != null) {
                tables.put(change.name(), rows);
            }
            tables.computeIfAbsent(change.name(), t -> new TreeMap<>());
            schemas.put(change.name(), change.schema());
        }
    }

    @Override
    public void rowChange(RowChange change) {
        assertThat(open).isTrue();
        assertThat(change.event()).isEqualTo(events++);
        Map<String, Object[]> rows = tables.computeIfAbsent(change.schema().name(), t -> new TreeMap<>());
        schemas.put(change.schema().name(), change.schema());
        switch (change.operation()) {
            case CREATE -> {
                Object[] after = values(change.afterSchema(), change, change.after());
                assertThat(rows.put(key(change.afterSchema(), change, after), after))
                        .isNull();
            }
            case UPDATE -> {
                Object[] before = values(change.beforeSchema(), change, change.before());
                Object[] after = values(change.afterSchema(), change, change.after());
                assertThat(text(rows.put(key(change.afterSchema(), change, after), after), change.beforeSchema()))
                        .isEqualTo(text(before, change.beforeSchema()));
            }
            case DELETE -> {
                Object[] before = values(change.beforeSchema(), change, change.before());
                assertThat(text(rows.remove(key(change.beforeSchema(), change, before)), change.beforeSchema()))
                        .isEqualTo(text(before, change.beforeSchema()));
            }
        }
    }

    @Override
    public void commit(long transactionEvents) {
        assertThat(transactionEvents).isEqualTo(events);
        open = false;
        lsns.add(lsn);
    }

    private static Object[] values(TableSchema schema, RowChange change, ByteSlice record) {
        return SqliteRecord.values(schema, change.rowid(), record);
    }

    private static String key(TableSchema schema, RowChange change, Object[] values) {
        List<Integer> key = schema.primaryKey();
        if (key.isEmpty()) {
            return "rowid " + change.rowid();
        }
        return String.join(
                "|", key.stream().map(column -> shown(values[column])).toList());
    }

    /** LSN of the last transaction taken in. */
    public Lsn lsn() {
        return lsn;
    }

    public List<Lsn> lsns() {
        return lsns;
    }

    boolean isBetweenTransactions() {
        return !open;
    }

    /** Compares every table with what the engine says. */
    public void assertEqualTo(DoSqlClient client, String database) {
        List<Object[]> names = client.query(
                        database,
                        Statement.of("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"
                                + " order by name"))
                .rows();
        for (Object[] name : names) {
            String table = (String) name[0];
            QueryResult result = client.query(database, Statement.of("select * from \"" + table + "\""), 100_000);
            assertThat(result.truncated()).isFalse();
            List<String> expected =
                    result.rows().stream().map(row -> text(row, null)).sorted().toList();
            List<String> replayed = tables.getOrDefault(table, Map.of()).values().stream()
                    .map(row -> text(row, schemas.get(table)))
                    .sorted()
                    .toList();
            assertThat(replayed).as("rows of %s at %s", table, lsn).isEqualTo(expected);
        }
    }

    /** Rows older than an added column take its default. */
    private static String text(Object[] row, TableSchema schema) {
        assertThat(row).isNotNull();
        List<String> values = new ArrayList<>();
        for (Object value : row) {
            values.add(shown(value));
        }
        if (schema != null) {
            for (int i = row.length; i < schema.columns().size(); i++) {
                ColumnSchema column = schema.columns().get(i);
                values.add(shown(column.defaultValue()));
            }
        }
        return String.join("|", values);
    }

    private static String shown(Object value) {
        if (value instanceof byte[] bytes) {
            return "x" + HexFormat.of().formatHex(bytes);
        }
        return value == null ? "NULL" : value.getClass().getSimpleName().charAt(0) + ":" + value;
    }
}
