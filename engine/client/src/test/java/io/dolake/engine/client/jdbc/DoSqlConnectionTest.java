/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.SqliteBackend;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoSqlConnectionTest {
    private SqliteBackend engine;
    private Connection connection;
    private Statement statement;

    @BeforeEach
    void open() throws Exception {
        engine = new SqliteBackend();
        connection = DriverManager.getConnection(url());
        statement = connection.createStatement();
        statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, price REAL, data BLOB, ok BOOLEAN)");
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        engine.close();
    }

    private String url() {
        return "jdbc:dosql://127.0.0.1:" + engine.port() + "/shop";
    }

    @Test
    void isFoundByTheDriverManager() throws Exception {
        assertThat(DriverManager.getDriver(url())).isInstanceOf(DoSqlDriver.class);
        assertThat(connection.getCatalog()).isEqualTo("shop");
        assertThat(connection.isValid(1)).isTrue();
    }

    @Test
    void roundTripsEveryStorageClassThroughParameters() throws Exception {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?, ?)")) {
            insert.setLong(1, Long.MAX_VALUE);
            insert.setString(2, "naïve ☃");
            insert.setDouble(3, Double.NEGATIVE_INFINITY);
            insert.setBytes(4, new byte[] {0, -1});
            insert.setBoolean(5, true);
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
        try (ResultSet rows = statement.executeQuery("SELECT * FROM t")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getLong("ID")).isEqualTo(Long.MAX_VALUE);
            assertThat(rows.getString(2)).isEqualTo("naïve ☃");
            assertThat(rows.getDouble(3)).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(rows.getBytes(4)).containsExactly(0, -1);
            assertThat(rows.getBoolean("ok")).isTrue();
            assertThat(rows.getObject(1)).isEqualTo(Long.MAX_VALUE);
            assertThat(rows.next()).isFalse();
        }
    }

    @Test
    void readsNullAsZeroAndSaysSo() throws Exception {
        ResultSet rows = statement.executeQuery("SELECT NULL, 1");
        rows.next();

        assertThat(rows.getInt(1)).isZero();
        assertThat(rows.wasNull()).isTrue();
        assertThat(rows.getString(2)).isEqualTo("1");
        assertThat(rows.wasNull()).isFalse();
    }

    @Test
    void refusesAValueThatTheTypeCannotHold() throws Exception {
        ResultSet rows = statement.executeQuery("SELECT 3000000000, 'abc', 1.5");
        rows.next();

        assertThatThrownBy(() -> rows.getInt(1))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("3000000000");
        assertThatThrownBy(() -> rows.getLong(2)).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> rows.getLong(3)).isInstanceOf(SQLException.class);
        assertThat(rows.getBigDecimal(3)).isEqualTo(new BigDecimal("1.5"));
    }

    @Test
    void streamsRowsBeyondTheFetchSize() throws Exception {
        statement.setFetchSize(7);
        try (ResultSet rows = statement.executeQuery(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n")) {
            int count = 0;
            while (rows.next()) {
                assertThat(rows.getInt(1)).isEqualTo(++count);
            }
            assertThat(count).isEqualTo(100);
        }
    }

    @Test
    void stopsAtMaxRows() throws Exception {
        statement.setMaxRows(2);
        ResultSet rows = statement.executeQuery("VALUES (1), (2), (3)");

        assertThat(rows.next()).isTrue();
        assertThat(rows.next()).isTrue();
        assertThat(rows.next()).isFalse();
    }

    @Test
    void readsTimestampsOfSqliteInUtc() throws Exception {
        ResultSet rows =
                statement.executeQuery("SELECT '2026-11-23 12:45:20', '2026-11-23T12:45:20.123', '2026-11-23'");
        rows.next();

        assertThat(rows.getTimestamp(1)).isEqualTo(Timestamp.from(Instant.parse("2026-11-23T12:45:20Z")));
        assertThat(rows.getTimestamp(2)).isEqualTo(Timestamp.from(Instant.parse("2026-11-23T12:45:20.123Z")));
        assertThat(rows.getTimestamp(3)).isEqualTo(Timestamp.from(Instant.parse("2026-11-23T00:00:00Z")));
    }

    @Test
    void sendsDecimalsAsTheNumberTheyAre() throws Exception {
        try (PreparedStatement query = connection.prepareStatement("SELECT typeof(?), typeof(?), typeof(?)")) {
            query.setBigDecimal(1, new BigDecimal("10.00"));
            query.setBigDecimal(2, new BigDecimal("10.25"));
            query.setBigDecimal(3, new BigDecimal("0.1234567890123456789"));
            ResultSet rows = query.executeQuery();
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("integer");
            assertThat(rows.getString(2)).isEqualTo("real");
            assertThat(rows.getString(3)).isEqualTo("text");
        }
    }

    @Test
    void rollsBackWhatWasNotCommitted() throws Exception {
        connection.setAutoCommit(false);
        statement.executeUpdate("INSERT INTO t (id) VALUES (1)");
        connection.commit();
        statement.executeUpdate("INSERT INTO t (id) VALUES (2)");
        connection.rollback();

        assertThat(count()).isEqualTo(1);
    }

    @Test
    void commitsWhenAutoCommitIsSwitchedOn() throws Exception {
        connection.setAutoCommit(false);
        statement.executeUpdate("INSERT INTO t (id) VALUES (1)");
        connection.setAutoCommit(true);
        connection.setAutoCommit(false);
        connection.rollback();

        assertThat(count()).isEqualTo(1);
    }

    @Test
    void beginsWithTheModeThatTheFirstStatementNeeds() throws Exception {
        connection.setAutoCommit(false);
        statement.executeUpdate("INSERT INTO t (id) VALUES (1)");
        connection.commit();
        count();
        connection.commit();
        connection.setReadOnly(true);
        count();
        connection.rollback();

        assertThat(engine.requests(0))
                .filteredOn(request -> request.contains("\"begin\""))
                .extracting(request -> request.replaceAll(".*\"mode\":\"(\\w+)\".*", "$1"))
                .containsExactly("immediate", "deferred", "readOnly");
    }

    @Test
    void leavesATransactionAloneThatTheSessionBegan() throws Exception {
        connection.setAutoCommit(false);
        Session session = connection.unwrap(Session.class);
        Session.Begin begin = session.begin(Session.Mode.READ_ONLY);
        count();
        connection.rollback();

        assertThat(begin.lsn()).isEqualTo(Lsn.ZERO);
        assertThat(connection.getClientInfo("dosql.lsn")).isEqualTo("0");
        assertThat(connection.getClientInfo("dosql.epoch")).isEqualTo("ab");
    }

    @Test
    void opensInAPinnedViewWhenAskedForASnapshot() throws Exception {
        try (Connection snapshot = DriverManager.getConnection(url() + "?snapshot=true")) {
            assertThat(snapshot.getAutoCommit()).isFalse();
            assertThat(snapshot.isReadOnly()).isTrue();
            assertThat(snapshot.getClientInfo("dosql.epoch")).isEqualTo("ab");
        }
    }

    @Test
    void carriesStateVendorCodeAndCauseOfAnError() throws Exception {
        statement.executeUpdate("INSERT INTO t (id) VALUES (1)");

        assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO t (id) VALUES (1)"))
                .isInstanceOfSatisfying(SQLIntegrityConstraintViolationException.class, e -> {
                    assertThat(e.getSQLState()).isEqualTo("23000");
                    assertThat(e.getErrorCode()).isEqualTo(1004);
                    assertThat(((DoLakeException) e.getCause()).code()).isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
                });
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void returnsRowsOfAWriteThatHasSome() throws Exception {
        ResultSet rows = statement.executeQuery("INSERT INTO t (name) VALUES ('a'), ('b') RETURNING id");

        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt("id")).isEqualTo(1);
    }

    @Test
    void doesNotRunWhatIsNoQueryAsOne() throws Exception {
        assertThatThrownBy(() -> statement.executeQuery("INSERT INTO t (id) VALUES (5)"))
                .hasMessageContaining("was not run");

        ResultSet rows = statement.executeQuery("SELECT count(*) FROM t WHERE id = 5");
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isZero();
    }

    @Test
    void hasNoKeyAfterAStatementThatInsertedNone() throws Exception {
        statement.executeUpdate("INSERT INTO t (id) VALUES (77)");
        statement.executeUpdate("UPDATE t SET name = 'x'");

        assertThat(statement.getGeneratedKeys().next()).isFalse();
    }

    @Test
    void givesTheRowidOfTheLastInsert() throws Exception {
        statement.executeUpdate("INSERT INTO t (id) VALUES (77)", Statement.RETURN_GENERATED_KEYS);

        ResultSet keys = statement.getGeneratedKeys();
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong(1)).isEqualTo(77);
    }

    @Test
    void runsABatch() throws Exception {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id) VALUES (?)")) {
            for (int i = 0; i < 3; i++) {
                insert.setInt(1, i);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
            insert.setInt(1, 0);
            insert.addBatch();
            assertThatThrownBy(insert::executeBatch).isInstanceOf(BatchUpdateException.class);
        }
    }

    @Test
    void refusesAStatementWithAParameterMissing() throws Exception {
        try (PreparedStatement query = connection.prepareStatement("SELECT ?, '?', ?")) {
            query.setInt(1, 1);
            assertThatThrownBy(query::executeQuery)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("parameter 2 of 2");
            assertThatThrownBy(() -> query.setInt(3, 1)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void describesTheColumnsOfAResult() throws Exception {
        statement.executeUpdate("INSERT INTO t (id) VALUES (1)");
        ResultSet rows = statement.executeQuery("SELECT id, price AS p, count(*) FROM t");
        rows.next();

        assertThat(rows.getMetaData().getColumnCount()).isEqualTo(3);
        assertThat(rows.getMetaData().getColumnLabel(2)).isEqualTo("p");
        assertThat(rows.getMetaData().getColumnType(1)).isEqualTo(Types.BIGINT);
        assertThat(rows.getMetaData().getColumnType(2)).isEqualTo(Types.DOUBLE);
        assertThat(rows.getMetaData().getColumnType(3)).isEqualTo(Types.BIGINT);
    }

    @Test
    void saysClearlyWhatItDoesNotSupport() {
        assertThatThrownBy(
                        () -> connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY))
                .isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThatThrownBy(() -> connection.prepareCall("x"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageContaining("Connection.prepareCall");
    }

    @Test
    void isOfNoUseAfterItIsClosed() throws Exception {
        connection.close();

        assertThat(connection.isClosed()).isTrue();
        assertThat(connection.isValid(0)).isFalse();
        assertThatThrownBy(() -> connection.createStatement()).hasMessageContaining("closed");
        assertThatThrownBy(() -> statement.execute("SELECT 1")).hasMessageContaining("closed");
    }

    private int count() throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
