/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A table of the engine, as verification reads it.
 *
 * @param columns those that the lake carries: virtual generated ones are left out
 * @param rowid what to call the rowid in SQL; null where the table has a primary key
 */
record TableShape(String name, List<Column> columns, String rowid) {
    private static final int FETCH_SIZE = 1_000;

    /** @param keyPlace place in the primary key from 1, 0 if not part of it */
    record Column(String name, Cell.Kind kind, int keyPlace) {}

    /** All ordinary tables of the database, by name. */
    static List<TableShape> all(Session session) {
        List<Object[]> tables = rows(
                session,
                "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                        + " AND lower(name) NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
        List<TableShape> shapes = new ArrayList<>();
        for (Object[] table : tables) {
            shapes.add(describe(session, (String) table[0], Long.valueOf(1).equals(table[1])));
        }
        return shapes;
    }

    private static TableShape describe(Session session, String table, boolean strict) {
        List<Column> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        boolean keyed = false;
        for (Object[] row :
                rows(session, "SELECT name, type, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid", table)) {
            String name = (String) row[0];
            names.add(name.toLowerCase(java.util.Locale.ROOT));
            boolean virtual = Long.valueOf(2).equals(row[3]);
            if (!virtual) {
                String type = row[1] == null ? "" : (String) row[1];
                columns.add(new Column(name, Cell.Kind.of(type, strict), ((Long) row[2]).intValue()));
            }
            keyed |= (Long) row[2] > 0;
        }
        String rowid = null;
        if (!keyed) {
            rowid = List.of("_rowid_", "rowid", "oid").stream()
                    .filter(alias -> !names.contains(alias))
                    .findFirst()
                    .orElseThrow(() -> new io.dolake.schemas.DoLakeException(
                            io.dolake.schemas.ErrorCode.INVALID_ARGUMENT,
                            "Cannot verify table " + table + ": its columns hide every name of the rowid"));
        }
        return new TableShape(table, columns, rowid);
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

    /** Reads the columns in order, the rowid first where the table has no primary key. */
    String select() {
        StringBuilder sql = new StringBuilder("SELECT ");
        if (rowid != null) {
            sql.append(rowid).append(columns.isEmpty() ? "" : ", ");
        }
        for (int i = 0; i < columns.size(); i++) {
            sql.append(i == 0 ? "" : ", ").append(quote(columns.get(i).name()));
        }
        return sql.append(" FROM ").append(quote(name)).toString();
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
