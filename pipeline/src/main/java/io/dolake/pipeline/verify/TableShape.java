/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.SqliteNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A table of the engine, as verification reads it, and what its columns are called in the lake.
 *
 * @param columns those that the lake carries: virtual generated ones are left out
 * @param rowid SQL that gives the rowid of a row that is known by it, NULL for others; null where no row can be
 * @param keyed whether the table has a primary key
 * @param options STRICT, WITHOUT ROWID
 * @param let what the settings let through
 */
record TableShape(
        String name, List<Column> columns, String rowid, boolean keyed, Own own, List<String> options, Let let) {
    private static final int FETCH_SIZE = 1_000;

    /**
     * @param lakeName its name; where that is blank a name made of its place
     * @param keyPlace place in the primary key from 1, 0 if not part of it
     * @param kept what settings do to its values
     */
    record Column(String name, String lakeName, String declaredType, ComparedValue.Kind kind, int keyPlace, Kept kept) {
        /** Whether its values must not be shown. */
        boolean isKeptBack() {
            return kept != Kept.NOTHING;
        }
    }

    /** What is done to the values of a column on their way out. */
    enum Kept {
        NOTHING,
        EXCLUDED,
        MASKED,
        TRUNCATED
    }

    /**
     * @param values what leaves of the values of a row; null where all do as they are
     * @param hasOtherKey whether settings name the key: then a NULL in it is one
     */
    record Let(UnaryOperator<Object[]> values, boolean hasOtherKey) {
        static final Let ALL = new Let(null, false);
    }

    /** Columns that only the lake has; a number is appended to each name that the table uses itself. */
    record Own(String rowid, String rescued, String rescuedKey) {}

    /** All ordinary tables of the database, by name. */
    static List<TableShape> all(Session session) {
        List<Object[]> tables = rows(
                session,
                "SELECT name, strict, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                        + " AND lower(name) NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
        List<TableShape> shapes = new ArrayList<>();
        for (Object[] table : tables) {
            shapes.add(describe(session, (String) table[0], isTrue(table[1]), isTrue(table[2])));
        }
        return shapes;
    }

    private static boolean isTrue(Object flag) {
        return Long.valueOf(1).equals(flag);
    }

    private static TableShape describe(Session session, String table, boolean strict, boolean withoutRowid) {
        List<Object[]> described =
                rows(session, "SELECT name, type, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid", table);
        Set<String> names = new HashSet<>();
        described.forEach(row -> names.add(SqliteNames.fold((String) row[0])));
        Set<String> taken = new HashSet<>(names);
        List<Column> columns = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < described.size(); i++) {
            Object[] row = described.get(i);
            String name = (String) row[0];
            String lakeName = name.isBlank() ? free("_column_" + (i + 1), taken) : name;
            int keyPlace = ((Long) row[2]).intValue();
            if (!Long.valueOf(2).equals(row[3])) {
                String type = row[1] == null ? "" : (String) row[1];
                columns.add(
                        new Column(name, lakeName, type, ComparedValue.Kind.of(type, strict), keyPlace, Kept.NOTHING));
            }
            if (keyPlace > 0) {
                keys.add(quote(name) + " IS NULL");
            }
        }
        String rowid = List.of("_rowid_", "rowid", "oid").stream()
                .filter(alias -> !names.contains(alias))
                .findFirst()
                .orElse(null);
        if (keys.isEmpty() && rowid == null) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot verify table " + table + ": its columns hide every name of the rowid");
        }
        if (!keys.isEmpty()) {
            rowid = withoutRowid
                    ? null
                    : "CASE WHEN " + String.join(" OR ", keys) + " THEN " + (rowid == null ? "'unknown'" : rowid)
                            + " END";
        }
        Own own = new Own(free("_rowid_", taken), free("_rescued_data", taken), free("_rescued_key", taken));
        List<String> options = new ArrayList<>();
        if (strict) {
            options.add("STRICT");
        }
        if (withoutRowid) {
            options.add("WITHOUT ROWID");
        }
        return new TableShape(table, columns, rowid, !keys.isEmpty(), own, options, Let.ALL);
    }

    /**
     * The same as settings let it out.
     *
     * @param kept for each column
     * @param key places of the columns that are the key by settings; null where the primary key is
     */
    TableShape letOut(List<Kept> kept, List<Integer> key, UnaryOperator<Object[]> values) {
        boolean hasOtherKey = keyed && key != null;
        List<Column> changed = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            changed.add(new Column(
                    column.name,
                    column.lakeName,
                    column.declaredType,
                    // a mask stands for values of any type
                    kept.get(i) == Kept.MASKED ? ComparedValue.Kind.TEXT : column.kind,
                    hasOtherKey ? key.indexOf(i) + 1 : column.keyPlace,
                    kept.get(i)));
        }
        return new TableShape(
                name, changed, hasOtherKey ? null : rowid, keyed, own, options, new Let(values, hasOtherKey));
    }

    private static String free(String wanted, Set<String> taken) {
        String name = wanted;
        for (int i = 2; !taken.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** Faults of the table that SQLite's own check finds, such as an index that lacks some of its rows. */
    List<String> faults(Session session) {
        return rows(session, "SELECT integrity_check FROM pragma_integrity_check(?)", name).stream()
                .map(row -> String.valueOf(row[0]))
                .filter(text -> !text.equals("ok"))
                .toList();
    }

    static List<Object[]> rows(Session session, String sql, Object... params) {
        List<Object[]> rows = new ArrayList<>();
        try (Session.Cursor cursor = session.query(Statement.of(sql, params), FETCH_SIZE)) {
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /**
     * Reads the columns in order, {@link #rowid} first if there is one; from the rows themselves, not from an index.
     */
    String select() {
        StringBuilder sql = new StringBuilder("SELECT ");
        if (rowid != null) {
            sql.append(rowid).append(columns.isEmpty() ? "" : ", ");
        }
        for (int i = 0; i < columns.size(); i++) {
            sql.append(i == 0 ? "" : ", ").append(quote(columns.get(i).name()));
        }
        return sql.append(" FROM ").append(quote(name)).append(" NOT INDEXED").toString();
    }

    private static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Indexes in {@link #columns} of the primary key, in its order; empty where rows are known by rowid. */
    int[] key() {
        return java.util.stream.IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).keyPlace() > 0)
                .boxed()
                .sorted(Comparator.comparingInt(i -> columns.get(i).keyPlace()))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
