/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random transactions over many shapes of tables, the same for the same seed. Statements may fail; that is part of it.
 */
final class Workload {
    private static final String[] SHAPES = {
        "CREATE TABLE %s(id INTEGER PRIMARY KEY, a, b TEXT, c REAL, d BLOB, e NUMERIC)",
        "CREATE TABLE %s(a, b TEXT, c)",
        "CREATE TABLE %s(k TEXT PRIMARY KEY, v, w TEXT)",
        "CREATE TABLE %s(a REAL, v TEXT, b, PRIMARY KEY(b, a))",
        "CREATE TABLE %s(v, k TEXT COLLATE NOCASE, n INT, w TEXT, PRIMARY KEY(k, n DESC)) WITHOUT ROWID",
        "CREATE TABLE %s(k BLOB PRIMARY KEY, v TEXT, x REAL) WITHOUT ROWID",
        "CREATE TABLE %s(id INTEGER PRIMARY KEY AUTOINCREMENT, u INT UNIQUE, v TEXT)",
        "CREATE TABLE %s(id INTEGER PRIMARY KEY DESC, v TEXT, w)",
        "CREATE TABLE %s(id INTEGER PRIMARY KEY, a INT, g AS (a * 2), s TEXT AS (quote(a) || '!') STORED, v TEXT)",
        "CREATE TABLE %s(id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT, b BLOB, x ANY) STRICT",
        "CREATE TABLE %s(id INT, v TEXT, u TEXT UNIQUE, w BLOB)",
    };

    private static final String[] ADDED_TYPES = {"", " INT", " TEXT", " REAL", " BLOB", " NUMERIC", " ANY"};

    private final Connection connection;
    private final Random random;
    private final int pageSize;
    private final int maxRows;
    private int names;
    private int failures;

    Workload(Connection connection, Random random, int pageSize, int maxRows) {
        this.connection = connection;
        this.random = random;
        this.pageSize = pageSize;
        this.maxRows = maxRows;
    }

    /** Statements that failed. */
    int failures() {
        return failures;
    }

    /** Makes one table of each of a few shapes. */
    void start() throws SQLException {
        for (String shape : SHAPES) {
            if (random.nextInt(3) > 0) {
                run(shape.formatted(newName()));
            }
        }
    }

    /** One transaction, or what SQLite runs outside of one. */
    void step() throws SQLException {
        int kind = random.nextInt(1000);
        if (kind < 8) {
            run("VACUUM");
        } else if (kind < 14) {
            run("PRAGMA user_version=" + random.nextInt(100));
        } else if (kind < 24) {
            incrementalVacuum(1 + random.nextInt(20));
        } else if (kind < 40) {
            statement();
        } else {
            transaction();
        }
    }

    /** Not by {@link #run}: a prepared statement takes one step, of one page. */
    private void incrementalVacuum(int pages) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA incremental_vacuum(" + pages + ")");
        }
    }

    private void transaction() throws SQLException {
        run("BEGIN IMMEDIATE");
        int statements = 1 + random.nextInt(random.nextInt(4) == 0 ? 12 : 3);
        for (int i = 0; i < statements; i++) {
            if (random.nextInt(15) == 0) {
                run("SAVEPOINT s");
                statement();
                run(random.nextBoolean() ? "ROLLBACK TO s" : "RELEASE s");
            }
            statement();
        }
        run(random.nextInt(12) == 0 ? "ROLLBACK" : "COMMIT");
    }

    private void statement() throws SQLException {
        List<String> tables = strings(
                "SELECT " + QuotedNames.COLUMN + " FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
                        + " AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'ft%' ORDER BY name");
        if (tables.isEmpty() || random.nextInt(40) == 0) {
            ddl(tables);
            return;
        }
        String table = tables.get(random.nextInt(tables.size()));
        List<String> columns = columns(table);
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> insert(table, columns, 1 + random.nextInt(4));
            case 4 -> insert(table, columns, 1 + random.nextInt(200));
            case 5 -> replace(table, columns);
            case 6, 7, 8 -> update(table, columns, 1 + random.nextInt(3));
            case 9 -> update(table, columns, 1 + random.nextInt(300));
            case 10 -> overwrite(table, columns);
            case 11 -> delete(table, 1 + random.nextInt(3));
            case 12 -> delete(table, 1 + random.nextInt(300));
            default -> rare(table, columns);
        }
    }

    private void rare(String table, List<String> columns) throws SQLException {
        String column = columns.get(random.nextInt(columns.size()));
        switch (random.nextInt(6)) {
            case 0 -> run("DELETE FROM " + table);
            case 1 -> run("UPDATE OR REPLACE " + table + " SET " + column + " = ?", value());
            case 2 ->
                run("UPDATE OR IGNORE " + table + " SET " + column + " = " + column + " || 'x' WHERE typeof(" + column
                        + ") <> 'blob' AND " + some(table, 20));
            case 3 ->
                run("INSERT OR IGNORE INTO " + table + "(" + String.join(", ", columns) + ") SELECT "
                        + String.join(", ", columns) + " FROM " + table + " LIMIT 50");
            case 4 -> run("UPDATE OR IGNORE " + table + " SET " + columns.get(0) + " = " + columns.get(0) + " + 1");
            default ->
                run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + random.nextInt(maxRows) + ") INSERT OR IGNORE INTO " + table + "(" + column
                        + ") SELECT i FROM n");
        }
    }

    private void insert(String table, List<String> columns, int rows) throws SQLException {
        if (number("SELECT count(*) FROM " + table) > maxRows) {
            delete(table, maxRows / 2);
        }
        String verb = new String[] {"INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"}[random.nextInt(3)];
        String sql = verb + " INTO " + table + "(" + String.join(", ", columns) + ") VALUES ("
                + "?, ".repeat(columns.size() - 1) + "?)";
        for (int i = 0; i < rows; i++) {
            run(sql, row(table, columns));
        }
    }

    private Object[] row(String table, List<String> columns) {
        Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value();
        }
        if (columns.get(0).equals("\"id\"")) {
            values[0] = random.nextInt(3) == 0 ? (Object) random.nextInt(maxRows) : null;
        }
        if (columns.get(0).equals("\"k\"") || table.hashCode() % 3 == 0) {
            values[0] = random.nextInt(4) > 0 ? text(1 + random.nextInt(6)) : values[0];
        }
        return values;
    }

    private void replace(String table, List<String> columns) throws SQLException {
        String list = String.join(", ", columns);
        run("REPLACE INTO " + table + "(" + list + ") SELECT " + list + " FROM " + table + " LIMIT "
                + random.nextInt(20) + " OFFSET " + random.nextInt(maxRows));
    }

    private void update(String table, List<String> columns, int rows) throws SQLException {
        String column = columns.get(random.nextInt(columns.size()));
        String or = random.nextBoolean() ? "OR REPLACE " : "OR IGNORE ";
        run("UPDATE " + or + table + " SET " + column + " = ? WHERE " + some(table, rows), value());
    }

    /** Changes one letter of long texts: the record keeps its length, and often only an overflow page changes. */
    private void overwrite(String table, List<String> columns) throws SQLException {
        String column = columns.get(random.nextInt(columns.size()));
        int at = 1 + random.nextInt(pageSize * 3);
        run("UPDATE " + table + " SET " + column + " = substr(" + column + ", 1, " + at + ") || '"
                + (char) ('a' + random.nextInt(26)) + "' || substr(" + column + ", " + (at + 2) + ") WHERE typeof("
                + column + ") = 'text' AND length(" + column + ") > " + (at + 1));
    }

    private void delete(String table, int rows) throws SQLException {
        run("DELETE FROM " + table + " WHERE " + some(table, rows));
    }

    /** A condition that takes a run of rows. */
    private String some(String table, int rows) throws SQLException {
        List<String> key = strings("SELECT " + QuotedNames.COLUMN + " FROM pragma_table_info("
                + QuotedNames.literal(table) + ") WHERE pk > 0 ORDER BY pk");
        boolean withoutRowid =
                number("SELECT wr FROM pragma_table_list(" + QuotedNames.literal(table) + ") WHERE schema = 'main'")
                        != 0;
        String list = withoutRowid ? "(" + String.join(", ", key) + ")" : "rowid";
        String select = withoutRowid ? String.join(", ", key) : "rowid";
        return list + " IN (SELECT " + select + " FROM " + table + " LIMIT " + rows + " OFFSET "
                + random.nextInt(maxRows) + ")";
    }

    private void ddl(List<String> tables) throws SQLException {
        if (tables.isEmpty() || random.nextInt(5) == 0) {
            if (tables.size() < 14) {
                run(SHAPES[random.nextInt(SHAPES.length)].formatted(newName()));
            }
            return;
        }
        String table = tables.get(random.nextInt(tables.size()));
        List<String> columns = columns(table);
        String column = columns.get(random.nextInt(columns.size()));
        String name = newName();
        switch (random.nextInt(16)) {
            case 12 -> replaceColumn(table, column);
            case 13 -> exchangeColumns(table, column, columns.get(random.nextInt(columns.size())));
            case 14 ->
                run("ALTER TABLE " + table + " RENAME COLUMN " + column + " TO "
                        + QuotedNames.respelled(random, column));
            case 15 -> run("ALTER TABLE " + table + " RENAME TO " + QuotedNames.respelled(random, table));
            case 0, 1 -> run("ALTER TABLE " + table + " ADD COLUMN " + name + addedColumn());
            case 2 -> run("ALTER TABLE " + table + " RENAME COLUMN " + column + " TO " + name);
            case 3 -> run("ALTER TABLE " + table + " DROP COLUMN " + column);
            case 4 -> run("ALTER TABLE " + table + " RENAME TO " + name);
            case 5 -> run("DROP TABLE " + table);
            case 6 -> run("CREATE INDEX " + QuotedNames.derived("i", name) + " ON " + table + "(" + column + ")");
            case 7 -> run("CREATE TABLE " + name + " AS SELECT * FROM " + table);
            case 8 -> rebuild(table, columns, name);
            case 9 -> run("CREATE VIEW " + QuotedNames.derived("v", name) + " AS SELECT * FROM " + table);
            case 10 -> dropIndex();
            default -> fullText(name);
        }
    }

    /** In one transaction, most of the time: the new column is another one, though its name is the same. */
    private void replaceColumn(String table, String column) throws SQLException {
        if (number("SELECT count(*) FROM " + table) > 300) {
            return;
        }
        run("ALTER TABLE " + table + " DROP COLUMN " + column);
        run("ALTER TABLE " + table + " ADD COLUMN " + column + addedColumn());
    }

    /** Of large tables every row would be an event, with both images. */
    private void exchangeColumns(String table, String one, String other) throws SQLException {
        if (number("SELECT count(*) FROM " + table) > 300) {
            return;
        }
        run("ALTER TABLE " + table + " RENAME COLUMN " + one + " TO \"between\"");
        run("ALTER TABLE " + table + " RENAME COLUMN " + other + " TO " + one);
        run("ALTER TABLE " + table + " RENAME COLUMN \"between\" TO " + other);
    }

    private String addedColumn() {
        return switch (random.nextInt(9)) {
            case 6, 7, 8 ->
                ADDED_TYPES[random.nextInt(ADDED_TYPES.length)] + " DEFAULT " + RandomDefaults.clause(random);
            case 0 -> "";
            case 1 -> " TEXT DEFAULT 'dd'";
            case 2 -> " INT DEFAULT '17'";
            case 3 -> " REAL DEFAULT 4";
            case 4 -> " DEFAULT x'0102'";
            default -> " TEXT AS (1) VIRTUAL";
        };
    }

    /** The way to change what ALTER cannot: a new table takes the rows and then the name. */
    private void rebuild(String table, List<String> columns, String name) throws SQLException {
        String sql = strings("SELECT sql FROM sqlite_schema WHERE name = " + QuotedNames.literal(table))
                .get(0);
        int body = QuotedNames.bodyOf(sql);
        run("CREATE TABLE " + name + sql.substring(body));
        String list = String.join(", ", columns);
        run("INSERT OR IGNORE INTO " + name + "(" + list + ") SELECT " + list + " FROM " + table);
        run("DROP TABLE " + table);
        if (random.nextInt(4) > 0) {
            run("ALTER TABLE " + name + " RENAME TO " + table);
        }
    }

    private void dropIndex() throws SQLException {
        List<String> indexes = strings("SELECT " + QuotedNames.COLUMN
                + " FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name");
        if (!indexes.isEmpty()) {
            run("DROP INDEX " + indexes.get(random.nextInt(indexes.size())));
        }
    }

    private void fullText(String name) throws SQLException {
        if (number("SELECT count(*) FROM sqlite_schema WHERE name = 'ft'") == 0) {
            run("CREATE VIRTUAL TABLE ft USING fts5(body)");
        }
        run("INSERT INTO ft VALUES (?)", name + " some words");
    }

    private Object value() {
        return switch (random.nextInt(16)) {
            case 0 -> null;
            case 1, 2, 3, 4 -> random.nextInt(200);
            case 5 -> random.nextLong();
            case 6 -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
            case 7 -> (double) random.nextInt(50);
            case 8 -> random.nextGaussian() * 1e6;
            case 9 -> new double[] {-0.0, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 1e300}[random.nextInt(4)];
            case 10, 11 -> text(random.nextInt(30));
            case 12 -> text(random.nextInt(8) == 0 ? random.nextInt(pageSize * 6) : random.nextInt(pageSize / 2));
            case 13 -> blob(random.nextInt(20));
            case 14 -> random.nextInt(6) == 0 ? blob(random.nextInt(pageSize * 4)) : blob(random.nextInt(100));
            default -> random.nextInt(2);
        };
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder(length);
        String alphabet = random.nextInt(5) == 0 ? "aÄ\u20ac\uD83D\uDE00" : "abcdefgABCDEFG 0123";
        while (text.length() < length) {
            text.appendCodePoint(alphabet.codePointAt(
                    alphabet.offsetByCodePoints(0, random.nextInt(alphabet.codePointCount(0, alphabet.length())))));
        }
        return text.toString();
    }

    private byte[] blob(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private String newName() {
        return QuotedNames.next(random, ++names);
    }

    private List<String> columns(String table) throws SQLException {
        return strings("SELECT " + QuotedNames.COLUMN + " FROM pragma_table_xinfo(" + QuotedNames.literal(table)
                + ") WHERE hidden = 0 ORDER BY cid");
    }

    private List<String> strings(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> strings = new ArrayList<>();
            while (result.next()) {
                strings.add(result.getString(1));
            }
            return strings;
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.getLong(1);
        }
    }

    private void run(String sql, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
        } catch (SQLException e) {
            failures++;
        }
    }
}
