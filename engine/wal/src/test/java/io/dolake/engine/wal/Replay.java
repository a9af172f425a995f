/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.SqliteRecord;
import io.dolake.schemas.TableSchema;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The oracle: replays events into rows, refuses an event that does not fit them, and compares the rows with the tables.
 */
final class Replay implements ChangeListener {
    private record Row(long rowid, Object[] values) {}

    private static final class Table {
        private TableSchema schema;
        private final Map<List<Object>, Row> rows = new HashMap<>();

        Table(TableSchema schema) {
            this.schema = schema;
        }
    }

    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final Map<String, String> renamed = new HashMap<>();
    private Lsn lsn = Lsn.ZERO;
    private long next;
    private long total;
    private boolean rowSeen;

    /** Events taken so far. */
    long events() {
        return total;
    }

    @Override
    public void begin(Lsn newLsn, long commitTimeMs) {
        check(newLsn.isAfter(lsn), "LSN " + newLsn + " after " + lsn);
        lsn = newLsn;
        next = 0;
        rowSeen = false;
        renamed.clear();
    }

    @Override
    public void commit(long events) {
        check(events == next && events > 0, "commit of " + events + " events after " + next);
        total += events;
    }

    @Override
    public void schemaChange(SchemaChange change) {
        check(change.event() == next++ && !rowSeen, "order of " + change);
        if (!change.type().equals("table")) {
            return;
        }
        if (change.kind() == SchemaChange.Kind.DROP) {
            tables.remove(change.name());
        } else if (change.schema() != null) {
            check(change.schema().schemaLsn().equals(lsn), "schema LSN of " + change);
            if (change.kind() == SchemaChange.Kind.CREATE) {
                check(tables.put(change.name(), new Table(change.schema())) == null, "create of " + change.name());
            } else {
                alter(change);
            }
        }
    }

    private void alter(SchemaChange change) {
        Table table = tables.remove(change.previousName() == null ? change.name() : change.previousName());
        check(table != null, "alter of unknown " + change);
        renamed.put(change.previousName(), change.name());
        TableSchema before = table.schema;
        table.schema = change.schema();
        Map<List<Object>, Row> rows = new HashMap<>();
        for (Row row : table.rows.values()) {
            Object[] values = reshape(before, table.schema, row.values);
            rows.put(key(table.schema, row.rowid, values), new Row(row.rowid, values));
        }
        table.rows.clear();
        table.rows.putAll(rows);
        check(tables.put(change.name(), table) == null, "rename to existing " + change.name());
    }

    private static Object[] reshape(TableSchema before, TableSchema after, Object[] values) {
        List<String> old = names(before);
        List<String> now = names(after);
        Object[] result = new Object[now.size()];
        for (int i = 0; i < result.length; i++) {
            int from = old.indexOf(now.get(i));
            if (from < 0 && i < old.size() && !now.contains(old.get(i))) {
                from = i;
            }
            ColumnSchema column = after.columns().get(i);
            result[i] = !column.isStored() ? null : from < 0 ? column.defaultValue() : values[from];
        }
        return result;
    }

    private static List<String> names(TableSchema schema) {
        return schema.columns().stream()
                .map(column -> SqliteNames.fold(column.name()))
                .toList();
    }

    @Override
    public void rowChange(RowChange change) {
        check(change.event() == next++, "event index " + change.event());
        rowSeen = true;
        Table table = tables.get(change.schema().name());
        if (table == null) {
            // Renamed in this transaction: the image before bears the old name.
            table = tables.get(renamed.get(change.schema().name()));
        }
        check(table != null, "row of unknown table " + change.schema().name());
        Object[] before = null;
        Object[] after = null;
        if (change.beforeSchema() != null) {
            before = SqliteRecord.values(change.beforeSchema(), change.rowid(), change.before());
            if (change.beforeSchema() != table.schema) {
                before = reshape(change.beforeSchema(), table.schema, before);
            }
            Row held = table.rows.remove(key(table.schema, change.rowid(), before));
            check(held != null && Arrays.deepEquals(held.values, before), () -> "before-image of " + show(change));
        }
        if (change.afterSchema() != null) {
            check(change.afterSchema().equals(table.schema), "schema after");
            after = SqliteRecord.values(change.afterSchema(), change.rowid(), change.after());
            List<Object> key = key(table.schema, change.rowid(), after);
            check(table.rows.put(key, new Row(change.rowid(), after)) == null, () -> "row twice: " + show(change));
            check(
                    before == null || key.equals(key(table.schema, change.rowid(), before)),
                    () -> "key changed in an update: " + show(change));
        }
    }

    private static String show(RowChange change) {
        Events events = new Events();
        events.begin(Lsn.ZERO, 0);
        events.rowChange(
                change.copy().set(0, change.operation(), change.rowid(), change.beforeSchema(), change.afterSchema()));
        return events.lines().toString();
    }

    /** The identity of a row: its primary key; its rowid, if it has none or a NULL in it. */
    private static List<Object> key(TableSchema schema, long rowid, Object[] values) {
        List<Object> key = new ArrayList<>();
        for (int column : schema.primaryKey()) {
            Object value = values[column];
            if (value == null) {
                return Arrays.asList("rowid", rowid);
            }
            if (value instanceof byte[] bytes) {
                value = ByteBuffer.wrap(bytes);
            } else if (value instanceof Double number) {
                value = number + 0.0;
            }
            key.add(value);
        }
        return key.isEmpty() ? List.of(rowid) : key;
    }

    /** Compares all tables with what SQL says. */
    void compare(Connection connection, Map<String, TableSchema> schemas) throws SQLException {
        check(tables.keySet().equals(schemas.keySet()), tables.keySet() + " are not " + schemas.keySet());
        for (Map.Entry<String, Table> entry : tables.entrySet()) {
            check(
                    entry.getValue().schema.equals(schemas.get(entry.getKey())),
                    entry.getValue().schema + " is not " + schemas.get(entry.getKey()));
            compare(connection, entry.getValue());
        }
    }

    private void compare(Connection connection, Table table) throws SQLException {
        TableSchema schema = table.schema;
        boolean byRowid = !schema.withoutRowid();
        StringBuilder sql = new StringBuilder("SELECT ").append(byRowid ? "rowid" : "0");
        for (ColumnSchema column : schema.columns()) {
            String name = column.isStored() ? '"' + column.name().replace("\"", "\"\"") + '"' : "NULL";
            sql.append(", typeof(").append(name).append("), ").append(name);
        }
        sql.append(" FROM ").append('"' + schema.name().replace("\"", "\"\"") + '"');
        int count = 0;
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql.toString())) {
            while (result.next()) {
                count++;
                long rowid = result.getLong(1);
                Object[] values = new Object[schema.columns().size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = value(result, 2 * i + 2);
                }
                Row held = table.rows.get(key(schema, rowid, values));
                check(
                        held != null && Arrays.deepEquals(held.values, values),
                        () -> "row #" + rowid + " of " + schema.name() + ": " + Arrays.deepToString(values)
                                + " is held as " + (held == null ? "none" : Arrays.deepToString(held.values)));
            }
        }
        check(count == table.rows.size(), schema.name() + ": " + count + " rows, held " + table.rows.size());
    }

    private static Object value(ResultSet result, int at) throws SQLException {
        return switch (result.getString(at)) {
            case "integer" -> result.getLong(at + 1);
            case "real" -> result.getDouble(at + 1);
            case "text" -> result.getString(at + 1);
            case "blob" -> Objects.requireNonNullElse(result.getBytes(at + 1), new byte[0]);
            default -> null;
        };
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("At LSN " + lsn + ": " + what);
        }
    }

    private static void check(boolean holds, java.util.function.Supplier<String> what) {
        if (!holds) {
            throw new AssertionError(what.get());
        }
    }
}
