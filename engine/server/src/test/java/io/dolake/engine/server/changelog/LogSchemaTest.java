/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sqlite.JDBC;

class LogSchemaTest {
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = JDBC.createConnection("jdbc:sqlite::memory:", new Properties());
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private void execute(String... statements) throws SQLException {
        for (String statement : statements) {
            Sqlite.execute(connection, statement);
        }
    }

    @Test
    void logOfFormat1IsReadOnAndWrittenAsFormat3() throws SQLException {
        execute(
                "CREATE TABLE _wal_segments (id INTEGER PRIMARY KEY, lsn_start INTEGER NOT NULL, lsn_end INTEGER NOT NULL,"
                        + " part INTEGER NOT NULL, events INTEGER NOT NULL, created_at_ms INTEGER NOT NULL,"
                        + " checksum INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
                "INSERT INTO _wal_segments VALUES (3, 10, 20, 0, 2, 5, 0, x'00')",
                "CREATE TABLE _dosql_state (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL,"
                        + " epoch TEXT NOT NULL, reason TEXT NOT NULL, lsn INTEGER NOT NULL, salt1 INTEGER NOT NULL,"
                        + " salt2 INTEGER NOT NULL, frames INTEGER NOT NULL, checksum1 INTEGER NOT NULL,"
                        + " checksum2 INTEGER NOT NULL, oldest INTEGER NOT NULL, may_reset INTEGER NOT NULL,"
                        + " fingerprint TEXT NOT NULL) STRICT",
                "INSERT INTO _dosql_state VALUES (1, 1, 'e', 'r', 30, 0, 0, 0, 0, 0, 7, 0, '')");
        LogSchema.create(connection);
        LogSchema.create(connection);
        LogState state = LogStatements.readState(connection);
        assertThat(state.oldest()).isEqualTo(new Lsn(7));
        assertThat(state.newest()).isEqualTo(new Lsn(20));
        assertThat(Sqlite.text(connection, "SELECT lsn_previous FROM _wal_segments"))
                .isNull();
        LogStatements.writeState(connection, state);
        assertThat(Sqlite.numbers(connection, "SELECT format, newest FROM _dosql_state", 2))
                .containsExactly(3, 20);
        assertThat(LogStatements.readState(connection)).isEqualTo(state);
    }

    @Test
    void logOfALaterFormatIsRefused() throws SQLException {
        LogSchema.create(connection);
        LogStatements.writeState(connection, LogState.newEpoch("test"));
        execute("UPDATE _dosql_state SET format = 4");
        assertThatThrownBy(() -> LogStatements.readState(connection))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("its format is 4, not 3");
    }
}
