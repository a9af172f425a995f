/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.engine.client.QueryResult;
import io.dolake.schemas.SqliteNames;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The answers of {@code DatabaseMetaData}, with the columns that JDBC prescribes, in its order. */
final class MetaDataRows {
    private final DoSqlConnection connection;
    private final TableCatalog catalog;

    MetaDataRows(DoSqlConnection connection) {
        this.connection = connection;
        this.catalog = new TableCatalog(connection);
    }

    DoSqlResultSet tables(String namePattern, String[] types) throws SQLException {
        Set<String> wanted = types == null ? null : Set.of(types);
        List<Object[]> rows = new ArrayList<>();
        for (TableCatalog.Table table : catalog.tables(NamePattern.of(namePattern))) {
            if (wanted == null || wanted.contains(table.type())) {
                rows.add(row(database(), null, table.name(), table.type(), null, null, null, null, null, null));
            }
        }
        rows.sort(Comparator.comparing((Object[] row) -> (String) row[3]).thenComparing(row -> (String) row[2]));
        return answer(
                rows,
                "TABLE_CAT",
                "TABLE_SCHEM",
                "TABLE_NAME",
                "TABLE_TYPE",
                "REMARKS",
                "TYPE_CAT",
                "TYPE_SCHEM",
                "TYPE_NAME",
                "SELF_REFERENCING_COL_NAME",
                "REF_GENERATION");
    }

    DoSqlResultSet columns(String tablePattern, String columnPattern) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        for (TableCatalog.Table table : catalog.tables(NamePattern.of(tablePattern))) {
            for (TableCatalog.Column column : catalog.columns(table)) {
                if (NamePattern.of(columnPattern).test(column.name())) {
                    rows.add(column(table, column));
                }
            }
        }
        return answer(
                rows,
                "TABLE_CAT",
                "TABLE_SCHEM",
                "TABLE_NAME",
                "COLUMN_NAME",
                "DATA_TYPE",
                "TYPE_NAME",
                "COLUMN_SIZE",
                "BUFFER_LENGTH",
                "DECIMAL_DIGITS",
                "NUM_PREC_RADIX",
                "NULLABLE",
                "REMARKS",
                "COLUMN_DEF",
                "SQL_DATA_TYPE",
                "SQL_DATETIME_SUB",
                "CHAR_OCTET_LENGTH",
                "ORDINAL_POSITION",
                "IS_NULLABLE",
                "SCOPE_CATALOG",
                "SCOPE_SCHEMA",
                "SCOPE_TABLE",
                "SOURCE_DATA_TYPE",
                "IS_AUTOINCREMENT",
                "IS_GENERATEDCOLUMN");
    }

    private Object[] column(TableCatalog.Table table, TableCatalog.Column column) throws SQLException {
        boolean nullable = !column.notNull() && !column.rowidAlias();
        return row(
                database(),
                null,
                table.name(),
                column.name(),
                (long) SqlTypes.of(column.declaredType()),
                SqlTypes.name(column.declaredType()),
                (long) SqlTypes.size(column.declaredType()),
                null,
                SqlTypes.scale(column.declaredType()) == null
                        ? null
                        : SqlTypes.scale(column.declaredType()).longValue(),
                10L,
                (long) (nullable ? DatabaseMetaData.columnNullable : DatabaseMetaData.columnNoNulls),
                null,
                column.defaultSql(),
                null,
                null,
                null,
                (long) column.position(),
                yesNo(nullable),
                null,
                null,
                null,
                null,
                yesNo(column.rowidAlias()),
                yesNo(column.generated()));
    }

    DoSqlResultSet primaryKeys(String tableName) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        for (TableCatalog.Table table : catalog.tables(name -> SqliteNames.equal(name, tableName))) {
            for (TableCatalog.Column column : catalog.columns(table)) {
                if (column.keyPlace() > 0) {
                    rows.add(row(database(), null, table.name(), column.name(), (long) column.keyPlace(), null));
                }
            }
        }
        rows.sort(Comparator.comparing((Object[] row) -> (String) row[3]));
        return answer(rows, "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME", "KEY_SEQ", "PK_NAME");
    }

    DoSqlResultSet indexes(String tableName, boolean uniqueOnly) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        for (TableCatalog.Table table : catalog.tables(name -> SqliteNames.equal(name, tableName))) {
            for (TableCatalog.Index index : catalog.indexes(table)) {
                // A partial index is not unique over the table, whatever it is over its rows.
                boolean unique = index.unique() && !index.partial();
                if (unique || !uniqueOnly) {
                    addIndex(rows, table, index, unique);
                }
            }
        }
        rows.sort(Comparator.comparing((Object[] row) -> (Long) row[3])
                .thenComparing(row -> (String) row[5])
                .thenComparing(row -> (Long) row[7]));
        return answer(
                rows,
                "TABLE_CAT",
                "TABLE_SCHEM",
                "TABLE_NAME",
                "NON_UNIQUE",
                "INDEX_QUALIFIER",
                "INDEX_NAME",
                "TYPE",
                "ORDINAL_POSITION",
                "COLUMN_NAME",
                "ASC_OR_DESC",
                "CARDINALITY",
                "PAGES",
                "FILTER_CONDITION");
    }

    private void addIndex(List<Object[]> rows, TableCatalog.Table table, TableCatalog.Index index, boolean unique)
            throws SQLException {
        List<String> names = catalog.indexColumns(index);
        for (int i = 0; i < names.size(); i++) {
            rows.add(row(
                    database(),
                    null,
                    table.name(),
                    unique ? 0L : 1L,
                    null,
                    index.name(),
                    (long) DatabaseMetaData.tableIndexOther,
                    i + 1L,
                    names.get(i),
                    null,
                    0L,
                    0L,
                    null));
        }
    }

    DoSqlResultSet catalogs() throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        rows.add(row(database()));
        return answer(rows, "TABLE_CAT");
    }

    /** An empty result, since the engine has none. */
    DoSqlResultSet schemas() {
        return answer(List.of(), "TABLE_SCHEM", "TABLE_CATALOG");
    }

    DoSqlResultSet tableTypes() {
        List<Object[]> rows = new ArrayList<>();
        for (String type : List.of("SHADOW TABLE", "SYSTEM TABLE", "TABLE", "VIEW", "VIRTUAL TABLE")) {
            rows.add(row(type));
        }
        return answer(rows, "TABLE_TYPE");
    }

    String sqliteVersion() throws SQLException {
        return catalog.sqliteVersion();
    }

    /** Whether a catalog argument of JDBC stands for this database: it does if it is its name, or null. */
    boolean isHere(String catalogName) throws SQLException {
        return catalogName == null || catalogName.equals(database());
    }

    private String database() throws SQLException {
        return connection.getCatalog();
    }

    private DoSqlResultSet answer(List<Object[]> rows, String... names) {
        List<QueryResult.Column> columns = Arrays.stream(names)
                .map(name -> new QueryResult.Column(name, ""))
                .toList();
        return new DoSqlResultSet(connection, null, new ListCursor(columns, rows), 0);
    }

    private static Object[] row(Object... values) {
        return values;
    }

    private static String yesNo(boolean flag) {
        return flag ? "YES" : "NO";
    }
}
