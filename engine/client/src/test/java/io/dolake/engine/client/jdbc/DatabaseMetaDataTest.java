/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.SqliteBackend;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseMetaDataTest {
    private SqliteBackend engine;
    private Connection connection;
    private DatabaseMetaData metaData;

    @BeforeEach
    void open() throws Exception {
        engine = new SqliteBackend();
        connection = DriverManager.getConnection("jdbc:dosql://127.0.0.1:" + engine.port() + "/shop");
        metaData = connection.getMetaData();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'x',"
                    + " price DECIMAL(10, 2), open BOOLEAN, data BLOB, any, at DATETIME,"
                    + " twice INT AS (id * 2) VIRTUAL, UNIQUE (name, price))");
            statement.execute("CREATE TABLE \"it's \"\"odd\"\"\" (b TEXT, a TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID");
            statement.execute("CREATE TABLE back (id INTEGER PRIMARY KEY DESC)");
            statement.execute("CREATE VIEW cheap AS SELECT * FROM orders");
            statement.execute("CREATE UNIQUE INDEX some ON orders (open) WHERE open");
        }
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        engine.close();
    }

    @Test
    void listsTablesByTypeThenName() throws SQLException {
        assertThat(read(
                        metaData.getTables("shop", null, "%", new String[] {"VIEW", "TABLE"}),
                        "TABLE_TYPE",
                        "TABLE_NAME"))
                .containsExactly("TABLE back", "TABLE it's \"odd\"", "TABLE orders", "VIEW cheap");
    }

    /** A5: two tables, and two columns of a result. */
    @Test
    void tellsNamesApartAsSqliteDoes() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE ä (k TEXT PRIMARY KEY)");
            statement.execute("CREATE TABLE Ä (l TEXT PRIMARY KEY)");
            try (ResultSet row = statement.executeQuery("SELECT 1 AS ö, 2 AS Ö, 3 AS o")) {
                row.next();
                assertThat(row.getInt("Ö")).isEqualTo(2);
                assertThat(row.getInt("O")).isEqualTo(3);
            }
        }
        assertThat(read(metaData.getPrimaryKeys(null, null, "Ä"), "TABLE_NAME", "COLUMN_NAME"))
                .containsExactly("Ä l");
    }

    @Test
    void listsNothingOfAnotherDatabase() throws SQLException {
        assertThat(read(metaData.getTables("other", null, null, null), "TABLE_NAME"))
                .isEmpty();
    }

    @Test
    void takesAPatternWithItsEscape() throws SQLException {
        assertThat(read(metaData.getTables(null, null, "ORD_RS", null), "TABLE_NAME"))
                .containsExactly("orders");
        assertThat(read(metaData.getTables(null, null, "ord\\_rs", null), "TABLE_NAME"))
                .isEmpty();
    }

    @Test
    void describesColumnsInDeclaredOrder() throws SQLException {
        assertThat(read(
                        metaData.getColumns(null, null, "orders", null),
                        "COLUMN_NAME",
                        "DATA_TYPE",
                        "TYPE_NAME",
                        "ORDINAL_POSITION",
                        "IS_NULLABLE",
                        "COLUMN_DEF",
                        "IS_AUTOINCREMENT",
                        "IS_GENERATEDCOLUMN"))
                .containsExactly(
                        "id " + Types.BIGINT + " INTEGER 1 NO null YES NO",
                        "name " + Types.VARCHAR + " VARCHAR 2 NO 'x' NO NO",
                        "price " + Types.DOUBLE + " DECIMAL 3 YES null NO NO",
                        "open " + Types.BOOLEAN + " BOOLEAN 4 YES null NO NO",
                        "data " + Types.VARBINARY + " BLOB 5 YES null NO NO",
                        "any " + Types.VARCHAR + "  6 YES null NO NO",
                        "at " + Types.VARCHAR + " DATETIME 7 YES null NO NO",
                        "twice " + Types.BIGINT + " INT 8 YES null NO YES");
    }

    @Test
    void givesSizeAndScaleAsDeclared() throws SQLException {
        assertThat(read(metaData.getColumns(null, null, "orders", "price"), "COLUMN_SIZE", "DECIMAL_DIGITS"))
                .containsExactly("10 2");
        assertThat(read(metaData.getColumns(null, null, "orders", "name"), "COLUMN_SIZE", "DECIMAL_DIGITS"))
                .containsExactly("20 null");
    }

    @Test
    void givesThePrimaryKeyWithThePlaceOfEachColumn() throws SQLException {
        assertThat(read(metaData.getPrimaryKeys("shop", null, "it's \"odd\""), "COLUMN_NAME", "KEY_SEQ"))
                .containsExactly("a 1", "b 2");
    }

    @Test
    void doesNotTakeADescendingIntegerKeyForTheRowid() throws SQLException {
        assertThat(read(metaData.getColumns(null, null, "back", null), "IS_NULLABLE", "IS_AUTOINCREMENT"))
                .containsExactly("YES NO");
    }

    @Test
    void listsIndexesUniqueOnesFirstAndAPartialOneAsNotUnique() throws SQLException {
        assertThat(read(
                        metaData.getIndexInfo("shop", null, "orders", false, true),
                        "NON_UNIQUE",
                        "INDEX_NAME",
                        "ORDINAL_POSITION",
                        "COLUMN_NAME"))
                .containsExactly(
                        "0 sqlite_autoindex_orders_1 1 name", "0 sqlite_autoindex_orders_1 2 price", "1 some 1 open");
        assertThat(read(metaData.getIndexInfo("shop", null, "orders", true, true), "INDEX_NAME"))
                .containsOnly("sqlite_autoindex_orders_1");
    }

    @Test
    void knowsItsNames() throws SQLException {
        assertThat(metaData.getDatabaseProductName()).isEqualTo("DoSQL");
        assertThat(metaData.getDatabaseMajorVersion()).isEqualTo(3);
        assertThat(metaData.getIdentifierQuoteString()).isEqualTo("\"");
        assertThat(read(metaData.getCatalogs(), "TABLE_CAT")).containsExactly("shop");
        assertThat(read(metaData.getSchemas(), "TABLE_SCHEM")).isEmpty();
        assertThat(metaData.supportsTransactions()).isTrue();
        assertThat(metaData.supportsStoredProcedures()).isFalse();
    }

    private static List<String> read(ResultSet rows, String... columns) throws SQLException {
        List<String> lines = new ArrayList<>();
        while (rows.next()) {
            List<String> values = new ArrayList<>();
            for (String column : columns) {
                values.add(String.valueOf(rows.getString(column)));
            }
            lines.add(String.join(" ", values));
        }
        return lines;
    }
}
