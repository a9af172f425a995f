/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.engine;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** sqlite-jdbc as an application would use it: prepared statements kept, SQLite's own checkpoints. */
final class PlainWriter implements RowWriter {
    private final Connection connection;
    private final boolean triggers;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /** @param triggers whether every row change is also written to a log table, as JSON, by AFTER triggers */
    PlainWriter(Path file, boolean triggers) throws SQLException {
        connection = DriverManager.getConnection(
                "jdbc:sqlite:file:" + file + "?vfs=unix-excl&jdbc.get_generated_keys=false");
        this.triggers = triggers;
        sql("PRAGMA journal_mode = WAL");
        sql("PRAGMA synchronous = FULL");
        if (triggers) {
            sql("CREATE TABLE change_log (change_id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL,"
                    + " operation TEXT NOT NULL, old_row TEXT, new_row TEXT,"
                    + " committed_at INTEGER DEFAULT (unixepoch('subsec') * 1000))");
        }
    }

    @Override
    public void execute(String sql) throws SQLException {
        sql(sql);
        if (triggers) {
            sql(
                    "CREATE TRIGGER t_insert AFTER INSERT ON t BEGIN INSERT INTO change_log (table_name, operation, new_row)"
                            + " VALUES ('t', 'c', " + json("NEW") + "); END");
            sql(
                    "CREATE TRIGGER t_update AFTER UPDATE ON t BEGIN INSERT INTO change_log (table_name, operation, old_row,"
                            + " new_row) VALUES ('t', 'u', " + json("OLD") + ", " + json("NEW") + "); END");
        }
    }

    private static String json(String row) {
        StringBuilder json = new StringBuilder("json_object(");
        for (String column : List.of("id", "customer", "quantity", "price", "status", "note", "changed")) {
            json.append(json.charAt(json.length() - 1) == '(' ? "'" : ", '")
                    .append(column)
                    .append("', ")
                    .append(row)
                    .append('.')
                    .append(column);
        }
        return json.append(')').toString();
    }

    private void sql(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void transaction(String sql, List<List<Object>> rows) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        connection.setAutoCommit(rows.size() == 1);
        for (List<Object> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                statement.setObject(i + 1, row.get(i));
            }
            statement.executeUpdate();
        }
        if (rows.size() > 1) {
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void count() throws SQLException {
        sql("PRAGMA wal_autocheckpoint = 0");
        sql("PRAGMA wal_checkpoint(truncate)");
    }

    @Override
    public long counted() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(noop)")) {
            return row.getLong(2);
        } finally {
            sql("PRAGMA wal_autocheckpoint = 1000");
        }
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        connection.close();
    }
}
