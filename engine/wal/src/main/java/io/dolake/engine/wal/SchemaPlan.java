/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.engine.wal.SchemaSource.SchemaRow;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SchemaChange.Kind;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The effect of a transaction on the schema: which tables stayed (perhaps changed, renamed or moved), were added or
 * were dropped.
 *
 * <p>A table is the same before and after by its name, in any spelling; else by its root page, if it looks renamed. In
 * either case the key that identifies its rows must be the same: otherwise one table was dropped and another created.
 */
final class SchemaPlan {
    /** A table on both sides. */
    record Pair(Table before, Table after) {}

    private record ObjectId(String type, String name) {}

    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final List<Pair> kept = new ArrayList<>();
    private final List<Table> created = new ArrayList<>();
    private final List<Table> dropped = new ArrayList<>();
    private final List<SchemaChange> changes = new ArrayList<>();
    private final Map<String, String> renamedFrom = new HashMap<>();
    private final Set<String> replaced = new HashSet<>();
    private final Lsn lsn;
    private int nextId;

    private SchemaPlan(Lsn lsn, int nextId) {
        this.lsn = lsn;
        this.nextId = nextId;
    }

    /**
     * Compares two states of the schema.
     *
     * @param described the captured tables among the rows after
     * @param nextId first id for new tables
     */
    static SchemaPlan of(
            List<SchemaRow> rowsBefore,
            Map<String, Table> tablesBefore,
            List<SchemaRow> rowsAfter,
            Map<String, TableSchema> described,
            Lsn lsn,
            int nextId) {
        SchemaPlan plan = new SchemaPlan(lsn, nextId);
        plan.matchTables(tablesBefore, rowsAfter, described);
        plan.listChanges(rowsBefore, rowsAfter);
        return plan;
    }

    /** Tables after, by name. */
    Map<String, Table> tables() {
        return tables;
    }

    List<Pair> kept() {
        return kept;
    }

    List<Table> created() {
        return created;
    }

    List<Table> dropped() {
        return dropped;
    }

    /** Emits the events: first dropped objects, then altered or created ones, each in the order of sqlite_schema. */
    List<SchemaChange> changes() {
        return changes;
    }

    int nextId() {
        return nextId;
    }

    private void matchTables(Map<String, Table> before, List<SchemaRow> rowsAfter, Map<String, TableSchema> described) {
        Set<Table> left = new HashSet<>(before.values());
        Map<String, Table> byName = new HashMap<>();
        before.forEach((name, table) -> byName.put(SqliteNames.fold(name), table));
        Set<String> stay = described.keySet().stream().map(SqliteNames::fold).collect(Collectors.toSet());
        Map<Integer, Table> byRoot = new HashMap<>();
        for (Table table : before.values()) {
            if (!stay.contains(SqliteNames.fold(table.schema().name()))) {
                byRoot.put(table.root(), table);
            }
        }
        for (SchemaRow row : rowsAfter) {
            TableSchema schema = row.type().equals("table") ? described.get(row.name()) : null;
            if (schema == null || tables.containsKey(row.name())) {
                continue;
            }
            int root = Math.toIntExact(row.rootPage());
            Table was = byName.remove(SqliteNames.fold(row.name()));
            if (was == null
                    && byRoot.get(root) != null
                    && isRenamed(byRoot.get(root).schema(), schema)) {
                was = byRoot.remove(root);
            }
            if (was != null && !was.schema().name().equals(row.name())) {
                renamedFrom.put(row.name(), was.schema().name());
            }
            if (was != null && sameIdentity(was.schema(), schema)) {
                left.remove(was);
                Table is = new Table(was.id(), root, carry(was.schema(), schema), Table.Identity.of(schema));
                kept.add(new Pair(was, is));
                tables.put(row.name(), is);
            } else {
                if (was != null) {
                    replaced.add(row.name());
                    renamedFrom.remove(row.name());
                }
                Table is = Table.of(nextId++, root, at(schema, lsn));
                created.add(is);
                tables.put(row.name(), is);
            }
        }
        for (Table table : before.values()) {
            if (left.contains(table)) {
                dropped.add(table);
            }
        }
    }

    /** Returns the same object as before if nothing changed, so that its holders see no new schema. */
    private TableSchema carry(TableSchema before, TableSchema after) {
        boolean same = before.name().equals(after.name())
                && before.sql().equals(after.sql())
                && RowEquality.sameShape(before, after);
        return same ? before : at(after, lsn);
    }

    static TableSchema at(TableSchema schema, Lsn lsn) {
        return new TableSchema(
                schema.name(),
                schema.columns(),
                schema.withoutRowid(),
                schema.strict(),
                schema.rowidAlias(),
                schema.encoding(),
                lsn,
                schema.sql());
    }

    /** Whether rows of one table can be identified with rows of the other. */
    private static boolean sameIdentity(TableSchema before, TableSchema after) {
        return Table.Identity.of(before) == Table.Identity.of(after)
                && keyNames(before).equals(keyNames(after));
    }

    private static List<String> keyNames(TableSchema schema) {
        return schema.primaryKey().stream()
                .map(i -> SqliteNames.fold(schema.columns().get(i).name()))
                .toList();
    }

    /**
     * Whether one became the other by a rename. SQLite then writes the new name in quotes. A table that is created at
     * the root page of a dropped one may look the same, so the columns must agree too, except for some added, dropped
     * or renamed.
     */
    private static boolean isRenamed(TableSchema before, TableSchema after) {
        String start = "CREATE TABLE \"" + after.name().replace("\"", "\"\"") + '"';
        if (!SqliteNames.startsWith(after.sql(), start)) {
            return false;
        }
        List<String> a = names(before);
        List<String> b = names(after);
        return isSubsequence(a, b) || isSubsequence(b, a) || sameTypes(before, after);
    }

    private static boolean sameTypes(TableSchema before, TableSchema after) {
        int common = Math.min(before.columns().size(), after.columns().size());
        boolean anyName = false;
        for (int i = 0; i < common; i++) {
            ColumnSchema was = before.columns().get(i);
            ColumnSchema is = after.columns().get(i);
            if (!was.declaredType().equals(is.declaredType())) {
                return false;
            }
            anyName |= SqliteNames.equal(was.name(), is.name());
        }
        return anyName;
    }

    private static List<String> names(TableSchema schema) {
        return schema.columns().stream()
                .map(column -> SqliteNames.fold(column.name()))
                .toList();
    }

    private static boolean isSubsequence(List<String> small, List<String> large) {
        int at = 0;
        for (String name : large) {
            if (at < small.size() && small.get(at).equals(name)) {
                at++;
            }
        }
        return at == small.size();
    }

    private void listChanges(List<SchemaRow> rowsBefore, List<SchemaRow> rowsAfter) {
        Map<ObjectId, SchemaRow> before = objects(rowsBefore);
        Map<ObjectId, SchemaRow> after = objects(rowsAfter);
        for (SchemaRow row : before.values()) {
            boolean gone = !after.containsKey(id(row));
            boolean isTable = row.type().equals("table");
            if ((gone && !(isTable && renamedFrom.containsValue(row.name())))
                    || (isTable && replaced.contains(row.name()))) {
                String sql = "DROP " + row.type().toUpperCase(Locale.ROOT) + " \""
                        + row.name().replace("\"", "\"\"") + '"';
                add(Kind.DROP, row, null, sql, null);
            }
        }
        for (SchemaRow row : after.values()) {
            SchemaRow was = before.get(id(row));
            boolean isTable = row.type().equals("table");
            String previous = isTable ? renamedFrom.get(row.name()) : null;
            Table table = isTable ? tables.get(row.name()) : null;
            TableSchema schema = table == null ? null : table.schema();
            if (previous != null) {
                add(Kind.ALTER, row, previous, row.sql(), schema);
            } else if (was == null || (isTable && replaced.contains(row.name()))) {
                add(Kind.CREATE, row, null, row.sql(), schema);
            } else if (!Objects.equals(was.sql(), row.sql())) {
                add(Kind.ALTER, row, null, row.sql(), schema);
            }
        }
    }

    private void add(Kind kind, SchemaRow row, String previousName, String sql, TableSchema schema) {
        changes.add(new SchemaChange(changes.size(), kind, row.type(), row.name(), previousName, sql, schema));
    }

    /** The objects that users created, without SQLite's own tables and the indexes that it makes for constraints. */
    private static Map<ObjectId, SchemaRow> objects(List<SchemaRow> rows) {
        Map<ObjectId, SchemaRow> objects = new LinkedHashMap<>();
        for (SchemaRow row : rows) {
            if (row.sql() != null && !SqliteNames.isInternal(row.name())) {
                objects.put(id(row), row);
            }
        }
        return objects;
    }

    private static ObjectId id(SchemaRow row) {
        return new ObjectId(row.type(), row.name());
    }
}
