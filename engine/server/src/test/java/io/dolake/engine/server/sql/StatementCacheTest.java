/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.sqltext.SqlText;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;

class StatementCacheTest {
    private static final String INSERT = "INSERT INTO t VALUES (?, ?)";

    @TempDir
    Path directory;

    private SQLiteConnection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = Sqlite.openWriter(directory.resolve("t.db"), ServerConfig.of(directory));
        Sqlite.execute(connection, "CREATE TABLE t(a, b)");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private StatementCache cache(int capacity) {
        return new StatementCache(connection, ServerConfig.of(directory).withLimit(Limit.CACHED_STATEMENTS, capacity));
    }

    private void insert(StatementCache cache, Object... values) throws SQLException {
        try (RunningStatement execution = RunningStatement.start(
                connection,
                cache,
                new SqlRequest(SqlText.of(INSERT), Arrays.asList(values)),
                io.dolake.schemas.TextEncoding.UTF_8,
                new UserConnection.Limits(1 << 20, 1_000))) {
            assertThat(execution.hasRows()).isFalse();
        }
    }

    private String rows() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT group_concat(a || ',' || ifnull(b, '-'), ' ') FROM t")) {
            return row.getString(1);
        }
    }

    @Test
    void valuesOfTheLastTimeAreNotThoseOfTheNext() throws SQLException {
        try (StatementCache cache = cache(4)) {
            insert(cache, 1L, "x");
            insert(cache, 2L);
            insert(cache, 3L, "y".repeat(5_000));
            insert(cache, 4L);
        }
        assertThat(rows()).isEqualTo("1,x 2,- 3," + "y".repeat(5_000) + " 4,-");
    }

    @Test
    void aStatementIsUsedAgainUntilTooManyCameAfterIt() throws SQLException {
        for (int capacity : List.of(1, 2, 3)) {
            try (StatementCache cache = cache(capacity)) {
                PreparedStatement first = cache.take("DELETE FROM t", 0);
                cache.give("DELETE FROM t", first, 0);
                for (int i = 1; i < capacity; i++) {
                    String other = "DELETE FROM t WHERE a = " + i;
                    cache.give(other, cache.take(other, 0), 0);
                }
                assertThat(cache.take("DELETE FROM t", 0)).isSameAs(first);
                cache.give("DELETE FROM t", first, 0);
                for (int i = 0; i < capacity; i++) {
                    String other = "DELETE FROM t WHERE b = " + i;
                    cache.give(other, cache.take(other, 0), 0);
                }
                assertThat(first.isClosed()).isTrue();
            }
        }
    }

    @Test
    void aCacheWithoutRoomKeepsNothing() throws SQLException {
        try (StatementCache cache = cache(0)) {
            PreparedStatement statement = cache.take(INSERT, 2);
            cache.give(INSERT, statement, 2);
            assertThat(statement.isClosed()).isTrue();
        }
    }
}
