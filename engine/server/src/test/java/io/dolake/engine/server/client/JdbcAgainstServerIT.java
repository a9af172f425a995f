/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDBC driver against the real server. */
class JdbcAgainstServerIT {
    @TempDir
    Path directory;

    private DoSqlServer server;
    private DoSqlClient client;
    private Connection connection;
    private Statement statement;

    @BeforeEach
    void start() throws SQLException {
        server = DoSqlServer.start(ServerConfig.of(directory).withPort(0));
        client = DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                .build();
        client.create("shop");
        connection = DriverManager.getConnection(url());
        statement = connection.createStatement();
        statement.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL, price DECIMAL(10,2),"
                + " data BLOB, done BOOLEAN, UNIQUE (item))");
    }

    @AfterEach
    void stop() throws SQLException {
        connection.close();
        client.close();
        server.close();
    }

    private String url() {
        return "jdbc:dosql://127.0.0.1:" + server.port() + "/shop";
    }

    @Test
    void writesAndReadsWithParameters() throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, ?, ?, ?, ?)")) {
            insert.setLong(1, 9007199254740993L);
            insert.setString(2, "pear");
            insert.setDouble(3, 1.5);
            insert.setBytes(4, new byte[] {1, 2});
            insert.setBoolean(5, true);
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
        try (PreparedStatement query = connection.prepareStatement("SELECT * FROM orders WHERE item = ?")) {
            query.setString(1, "pear");
            ResultSet rows = query.executeQuery();
            assertThat(rows.next()).isTrue();
            assertThat(rows.getLong("id")).isEqualTo(9007199254740993L);
            assertThat(rows.getDouble("price")).isEqualTo(1.5);
            assertThat(rows.getBytes("data")).containsExactly(1, 2);
            assertThat(rows.getBoolean("done")).isTrue();
            assertThat(rows.getMetaData().getColumnType(3)).isEqualTo(Types.DOUBLE);
            assertThat(rows.next()).isFalse();
        }
    }

    @Test
    void describesTheDatabase() throws SQLException {
        statement.execute("CREATE VIEW v AS SELECT id FROM orders");
        assertThat(names(connection.getMetaData().getTables("shop", null, null, new String[] {"TABLE", "VIEW"}), 3))
                .containsExactly("orders", "v");
        assertThat(names(connection.getMetaData().getColumns(null, null, "orders", null), 4))
                .containsExactly("id", "item", "price", "data", "done");
        assertThat(names(connection.getMetaData().getPrimaryKeys(null, null, "orders"), 4))
                .containsExactly("id");
        assertThat(names(connection.getMetaData().getIndexInfo(null, null, "orders", true, true), 9))
                .containsExactly("item");
        assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("DoSQL");
        assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(3);
    }

    @Test
    void describesTheDatabaseInsideAPinnedView() throws SQLException {
        try (Connection snapshot = DriverManager.getConnection(url() + "?snapshot=true")) {
            statement.execute("CREATE TABLE later (a)");
            assertThat(names(snapshot.getMetaData().getTables(null, null, null, new String[] {"TABLE"}), 3))
                    .containsExactly("orders");
            assertThat(snapshot.getClientInfo("dosql.epoch"))
                    .isEqualTo(client.status("shop").epoch());
        }
    }

    @Test
    void keepsOneViewFromTheSessionToTheLastRow() throws SQLException {
        statement.execute("INSERT INTO orders (item) VALUES ('a'), ('b'), ('c')");
        try (Connection other = DriverManager.getConnection(url() + "?fetchSize=1")) {
            other.setAutoCommit(false);
            Session.Begin begin = other.unwrap(Session.class).begin(Session.Mode.READ_ONLY);
            statement.execute("DELETE FROM orders");
            assertThat(begin.lsn()).isLessThan(client.status("shop").lsn());
            assertThat(names(other.createStatement().executeQuery("SELECT item FROM orders ORDER BY 1"), 1))
                    .containsExactly("a", "b", "c");
            other.rollback();
            assertThat(names(other.createStatement().executeQuery("SELECT item FROM orders"), 1))
                    .isEmpty();
            other.rollback();
        }
    }

    @Test
    void doesNotHoldUpWritersWhileItOnlyReads() throws SQLException {
        connection.setAutoCommit(false);
        names(statement.executeQuery("SELECT * FROM orders"), 1);

        client.exec("shop", io.dolake.engine.client.Statement.of("INSERT INTO orders (item) VALUES ('x')"));

        connection.commit();
        assertThat(names(statement.executeQuery("SELECT item FROM orders"), 1)).containsExactly("x");
        connection.rollback();
    }

    @Test
    void mapsErrorsAndGoesOn() throws SQLException {
        statement.execute("INSERT INTO orders (item) VALUES ('a')");
        assertThatThrownBy(() -> statement.execute("INSERT INTO orders (item) VALUES ('a')"))
                .isInstanceOf(SQLIntegrityConstraintViolationException.class);
        assertThatThrownBy(() -> statement.execute("SELECT * FROM nope"))
                .isInstanceOfSatisfying(
                        SQLSyntaxErrorException.class,
                        e -> assertThat(e.getSQLState()).isEqualTo("42S02"));
        assertThat(connection.isValid(1)).isTrue();
    }

    @Test
    void runsABatchWhollyOrNotAtAll() throws SQLException {
        statement.addBatch("INSERT INTO orders (item) VALUES ('a')");
        statement.addBatch("INSERT INTO orders (item) VALUES ('a')");
        assertThatThrownBy(statement::executeBatch).isInstanceOf(BatchUpdateException.class);
        statement.addBatch("INSERT INTO orders (item) VALUES ('b')");
        assertThat(statement.executeBatch()).containsExactly(1);
        assertThat(names(statement.executeQuery("SELECT item FROM orders"), 1)).containsExactly("b");
    }

    @Test
    void takesTransactionsInSqlToo() throws SQLException {
        statement.execute("BEGIN");
        statement.execute("INSERT INTO orders (item) VALUES ('a')");
        statement.execute("ROLLBACK");
        assertThat(names(statement.executeQuery("SELECT item FROM orders"), 1)).isEmpty();
    }

    @Test
    void isNoLongerValidWithoutItsServer() throws SQLException {
        server.close();

        assertThat(connection.isValid(1)).isFalse();
        assertThatThrownBy(() -> statement.execute("SELECT 1"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));
    }

    private static List<String> names(ResultSet rows, int column) throws SQLException {
        List<String> names = new ArrayList<>();
        while (rows.next()) {
            names.add(rows.getString(column));
        }
        return names;
    }

    private long count() throws SQLException {
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM orders");
        rows.next();
        return rows.getLong(1);
    }

    private static List<Object> keys(Statement of) throws SQLException {
        List<Object> keys = new ArrayList<>();
        ResultSet rows = of.getGeneratedKeys();
        while (rows.next()) {
            keys.add(rows.getObject(1));
        }
        return keys;
    }

    /** D6 */
    @Test
    void statementsBehindARollbackOfTheDatabaseAreNotRunOutsideOfTheTransaction() throws SQLException {
        statement.execute("INSERT INTO orders (id, item) VALUES (1, 'pear')");
        connection.setAutoCommit(false);
        statement.execute("INSERT INTO orders (id, item) VALUES (2, 'plum')");
        assertThatThrownBy(() -> statement.execute("INSERT OR ROLLBACK INTO orders (id, item) VALUES (1, 'fig')"))
                .isInstanceOf(SQLIntegrityConstraintViolationException.class);
        assertThatThrownBy(() -> statement.execute("INSERT INTO orders (id, item) VALUES (3, 'quince')"))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        connection.rollback();
        assertThat(count()).isEqualTo(1);
        statement.execute("INSERT INTO orders (id, item) VALUES (4, 'medlar')");
        connection.commit();
        connection.setAutoCommit(true);
        assertThat(count()).isEqualTo(2);
    }

    /** D10 */
    @Test
    void generatedKeysAreThoseOfTheStatementOrNone() throws SQLException {
        statement.executeUpdate("INSERT INTO orders (id, item) VALUES (5, 'pear')");
        assertThat(keys(statement)).containsExactly(5L);
        statement.executeUpdate("UPDATE orders SET price = 1");
        assertThat(keys(statement)).isEmpty();
        statement.executeUpdate("INSERT OR IGNORE INTO orders (id, item) VALUES (6, 'pear')");
        assertThat(keys(statement)).isEmpty();
        statement.executeUpdate("INSERT INTO orders (item) VALUES ('a'), ('b')");
        assertThat(keys(statement)).isEmpty();
        statement.executeUpdate("REPLACE INTO orders (id, item) VALUES (5, 'fig')");
        assertThat(keys(statement)).containsExactly(5L);
        assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO orders (id) VALUES (9)"))
                .isInstanceOf(SQLException.class);
        assertThat(keys(statement)).isEmpty();
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT OR IGNORE INTO orders (item) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
            for (String item : List.of("plum", "plum", "quince")) {
                insert.setString(1, item);
                insert.addBatch();
            }
            assertThat(insert.executeLargeBatch()).containsExactly(1, 0, 1);
            assertThat(keys(insert)).containsExactly(8L, null, 9L);
        }
    }

    /** D11 */
    @Test
    void readOnlyConnectionWritesInNoModeAndNoSpelling() throws SQLException {
        connection.setReadOnly(true);
        for (boolean autoCommit : new boolean[] {true, false}) {
            connection.setAutoCommit(autoCommit);
            for (String sql : List.of(
                    "INSERT INTO orders (item) VALUES ('pear')",
                    "WITH a AS (SELECT 'fig' b) INSERT INTO orders (item) SELECT b FROM a",
                    "PRAGMA user_version = 7",
                    "CREATE TABLE more (a)",
                    "INSERT INTO orders (item) VALUES ('plum') RETURNING id")) {
                assertThatThrownBy(() -> statement.execute(sql)).isInstanceOf(SQLException.class);
                if (!autoCommit) {
                    connection.rollback();
                }
            }
            assertThat(count()).isZero();
            if (!autoCommit) {
                connection.rollback();
            }
        }
        connection.setAutoCommit(true);
        connection.setReadOnly(false);
        statement.executeUpdate("INSERT INTO orders (item) VALUES ('pear')");
        assertThat(count()).isEqualTo(1);
        try (Connection snapshot = DriverManager.getConnection(url() + "?snapshot=true")) {
            snapshot.rollback();
            snapshot.setAutoCommit(true);
            assertThatThrownBy(() -> snapshot.createStatement().execute("DELETE FROM orders"))
                    .isInstanceOf(SQLException.class);
        }
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void whatIsNoQueryIsNotRunAsOneAndWhatWasRunIsNotCalledFailed() throws SQLException {
        assertThatThrownBy(() -> statement.executeQuery("INSERT INTO orders (item) VALUES ('pear')"))
                .hasMessageContaining("was not run");
        assertThat(count()).isZero();
        assertThat(statement.executeUpdate("INSERT INTO orders (item) VALUES ('pear') RETURNING id"))
                .isEqualTo(1);
        assertThat(count()).isEqualTo(1);
    }
}
