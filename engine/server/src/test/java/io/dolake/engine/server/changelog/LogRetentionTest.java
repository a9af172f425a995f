/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.archive.Segment;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.Lsn;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sqlite.JDBC;

class LogRetentionTest {
    private static final long NOW = 1_000_000;
    private static final int BYTES = 50_000;

    private final ServerConfig config = ServerConfig.of(Path.of("unused"))
            .withLimit(Limit.WAL_RETENTION_MS, 100_000)
            .withLimit(Limit.WAL_HELD_MS, 200_000);

    private Connection connection;
    private long id;

    @BeforeEach
    void open() throws SQLException {
        connection = JDBC.createConnection("jdbc:sqlite::memory:", new Properties());
        LogSchema.create(connection);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private void segment(long lsn, int part, long ageMs) throws SQLException {
        id++;
        LogStatements.insert(
                connection,
                Segment.unplaced(new Lsn(lsn), new Lsn(lsn), part, new byte[BYTES], 1)
                        .placed(id, null, NOW - ageMs));
    }

    private LogRetention.Due find(ServerConfig rules, Lsn held) throws SQLException {
        return LogRetention.find(
                connection, LogRetention.Rule.forDropping(rules, NOW, held), new LogSize(id, id * BYTES));
    }

    @Test
    void whatIsTooOldGoesAndTheNewestStays() throws SQLException {
        segment(10, 0, 300_000);
        segment(20, 0, 150_000);
        segment(30, 0, 50_000);
        assertThat(find(config, null)).isEqualTo(new LogRetention.Due(2, new Lsn(20), new LogSize(-2, -2 * BYTES), 0));
        assertThat(find(config.withLimit(Limit.WAL_RETENTION_MS, 1_000), null).lastId())
                .isEqualTo(2);
    }

    @Test
    void whatIsTooMuchGoesOldestFirst() throws SQLException {
        for (int lsn = 1; lsn <= 6; lsn++) {
            segment(lsn, 0, 0);
        }
        assertThat(find(config.withLimit(Limit.WAL_RETENTION_BYTES, 3 * BYTES), null)
                        .lastId())
                .isEqualTo(3);
    }

    @Test
    void transactionInPartsGoesWhole() throws SQLException {
        segment(10, 0, 300_000);
        segment(20, 1, 300_000);
        segment(20, 2, 300_000);
        segment(20, 3, 50_000);
        segment(30, 0, 10_000);
        assertThat(find(config, null).lastId()).isEqualTo(1);
    }

    @Test
    void consumerHoldsWhatItHasNotAcknowledgedUpToTheSecondAge() throws SQLException {
        segment(10, 0, 300_000);
        segment(20, 0, 190_000);
        segment(30, 0, 150_000);
        segment(40, 0, 50_000);
        LogRetention.Due due = find(config, Lsn.ZERO);
        assertThat(due.lastId()).isEqualTo(1);
        assertThat(due.heldBytes()).isEqualTo(2 * BYTES);
        due = find(config, new Lsn(20));
        assertThat(due.lastId()).isEqualTo(2);
        assertThat(due.heldBytes()).isEqualTo(BYTES);
        assertThat(find(config, new Lsn(30)).heldBytes()).isZero();
    }

    @Test
    void consumerHoldsUpToTheSecondSize() throws SQLException {
        for (int lsn = 1; lsn <= 6; lsn++) {
            segment(lsn, 0, 0);
        }
        ServerConfig small =
                config.withLimit(Limit.WAL_RETENTION_BYTES, 2 * BYTES).withLimit(Limit.WAL_HELD_BYTES, 5 * BYTES);
        LogRetention.Due due = find(small, Lsn.ZERO);
        assertThat(due.lastId()).isEqualTo(1);
        assertThat(due.heldBytes()).isEqualTo(3 * BYTES);
    }

    @Test
    void secondLimitBelowTheFirstHoldsNothing() throws SQLException {
        segment(10, 0, 150_000);
        segment(20, 0, 0);
        assertThat(find(config.withLimit(Limit.WAL_HELD_MS, 1_000), Lsn.ZERO).lastId())
                .isEqualTo(1);
    }
}
