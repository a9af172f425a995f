/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.faults.FaultWorkload.Step;
import io.dolake.engine.server.sqlite.Sqlite;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The expected state of the database: the completed steps, run in a separate in-memory SQLite database. */
final class FaultReference implements AutoCloseable {
    private static final String TABLES =
            "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name";

    private final Connection connection;
    private final Set<Long> markers = new TreeSet<>();

    FaultReference() throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    }

    void apply(Step step) throws SQLException {
        if (step.isMarked()) {
            markers.add(step.number());
            for (String statement : step.statements()) {
                Sqlite.execute(connection, statement);
            }
        }
    }

    /** Numbers of the marked steps done. */
    Set<Long> markers() {
        return markers;
    }

    /** Compares schema and rows, by value and storage class. */
    void assertEqualTo(DoSqlClient client) throws SQLException {
        String schema = "select type || ' ' || name || ' ' || coalesce(sql, '') from sqlite_schema order by 1";
        assertThat(column(client, schema)).as("schema").isEqualTo(column(schema));
        for (String table : column(TABLES)) {
            String row = String.join(
                    " || '|' || ", column("select 'quote(' || name || ')' from pragma_table_info('" + table + "')"));
            String rows = "select " + row + " from " + table + " order by 1";
            assertThat(column(client, rows)).as("rows of %s", table).isEqualTo(column(rows));
        }
    }

    private List<String> column(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (java.sql.Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static List<String> column(DoSqlClient client, String sql) {
        return client.query(FaultWorkload.DATABASE, Statement.of(sql)).rows().stream()
                .map(row -> (String) row[0])
                .toList();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
