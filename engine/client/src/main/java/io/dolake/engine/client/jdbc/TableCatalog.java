/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.SqlText;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.SqliteNames;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads tables, columns and indexes with the PRAGMAs of a session. It reads each answer completely before it sends the
 * next query.
 */
final class TableCatalog {
    private static final int FETCH_SIZE = 10_000;

    /** One line of {@code table_list}. */
    record Table(String name, String kind, boolean withoutRowid) {

        /** The JDBC name of the kind. */
        String type() {
            if (SqliteNames.isInternal(name)) {
                return "SYSTEM TABLE";
            }
            return switch (kind) {
                case "view" -> "VIEW";
                case "virtual" -> "VIRTUAL TABLE";
                case "shadow" -> "SHADOW TABLE";
                default -> "TABLE";
            };
        }
    }

    /** One line of {@code table_xinfo}; {@code rowidAlias}: the INTEGER PRIMARY KEY that stands for the rowid. */
    record Column(
            int position,
            String name,
            String declaredType,
            boolean notNull,
            String defaultSql,
            int keyPlace,
            boolean generated,
            boolean rowidAlias) {}

    /** One line of {@code index_list}; {@code origin}: "c" CREATE INDEX, "u" UNIQUE, "pk" PRIMARY KEY. */
    record Index(String name, boolean unique, String origin, boolean partial) {}

    private final DoSqlConnection connection;

    TableCatalog(DoSqlConnection connection) {
        this.connection = connection;
    }

    /** Tables of the database itself, by name. */
    List<Table> tables(Predicate<String> names) throws SQLException {
        List<Table> tables = new ArrayList<>();
        for (Object[] row : read("PRAGMA main.table_list")) {
            String name = (String) row[1];
            if ("main".equals(row[0]) && names.test(name)) {
                tables.add(new Table(name, (String) row[2], isTrue(row[4])));
            }
        }
        tables.sort((a, b) -> a.name().compareTo(b.name()));
        return tables;
    }

    /** The columns, without the hidden columns of virtual tables. */
    List<Column> columns(Table table) throws SQLException {
        List<Object[]> rows = read("PRAGMA main.table_xinfo(" + SqlText.quote(table.name()) + ")");
        long keyColumns = rows.stream().filter(row -> isTrue(row[5])).count();
        List<Column> columns = new ArrayList<>();
        for (Object[] row : rows) {
            long hidden = (Long) row[6];
            if (hidden == 1) {
                continue;
            }
            String type = row[2] == null ? "" : (String) row[2];
            boolean alias = keyColumns == 1
                    && isTrue(row[5])
                    && SqliteNames.equal(type, "INTEGER")
                    && !table.withoutRowid()
                    && !hasKeyIndex(table);
            columns.add(new Column(
                    columns.size() + 1,
                    (String) row[1],
                    type,
                    isTrue(row[3]),
                    (String) row[4],
                    Math.toIntExact((Long) row[5]),
                    hidden >= 2,
                    alias));
        }
        return columns;
    }

    /** {@code INTEGER PRIMARY KEY DESC} is not the rowid: it has an index of its own. */
    private boolean hasKeyIndex(Table table) throws SQLException {
        return indexes(table).stream().anyMatch(index -> index.origin().equals("pk"));
    }

    List<Index> indexes(Table table) throws SQLException {
        List<Index> indexes = new ArrayList<>();
        for (Object[] row : read("PRAGMA main.index_list(" + SqlText.quote(table.name()) + ")")) {
            indexes.add(new Index((String) row[1], isTrue(row[2]), (String) row[3], isTrue(row[4])));
        }
        return indexes;
    }

    /** Names of the indexed columns in order; null for an expression or the rowid. */
    List<String> indexColumns(Index index) throws SQLException {
        List<String> names = new ArrayList<>();
        for (Object[] row : read("PRAGMA main.index_info(" + SqlText.quote(index.name()) + ")")) {
            names.add((String) row[2]);
        }
        return names;
    }

    String sqliteVersion() throws SQLException {
        return (String) read("SELECT sqlite_version()").get(0)[0];
    }

    private List<Object[]> read(String sql) throws SQLException {
        Session session = connection.sessionFor(SqlText.Kind.QUERY);
        return connection.call(() -> {
            List<Object[]> rows = new ArrayList<>();
            try (Session.Cursor cursor = session.query(Statement.of(sql), FETCH_SIZE)) {
                for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                    rows.add(row);
                }
            }
            return rows;
        });
    }

    private static boolean isTrue(Object flag) {
        return flag instanceof Long number && number != 0;
    }
}
