/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.archive.ArchivedSegment;
import io.dolake.engine.server.archive.Segment;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sqlite.JDBC;

class ArchiveIndexTest {
    private static final long NOW = 1_000_000;

    private final ServerConfig config = ServerConfig.of(Path.of("unused"))
            .withLimit(Limit.ARCHIVE_RETENTION_MS, 100_000)
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

    private ArchivedSegment archived(String epoch, long lsn, int part, long ageMs) throws SQLException {
        id++;
        Segment segment = Segment.unplaced(new Lsn(lsn), new Lsn(lsn), part, new byte[10], 1)
                .placed(id, null, NOW - ageMs);
        LogStatements.insert(connection, segment);
        ArchivedSegment row = ArchivedSegment.of(epoch, segment, epoch + "/" + id);
        ArchiveIndex.move(connection, List.of(row), NOW);
        return row;
    }

    private ArchiveIndex.Expired expired(Lsn held) throws SQLException {
        return ArchiveIndex.expired(connection, "now", LogRetention.Rule.forExpiring(config, NOW, held));
    }

    @Test
    void whatIsTooOldGoesInWholeTransactions() throws SQLException {
        ArchivedSegment first = archived("now", 10, 0, 300_000);
        ArchivedSegment second = archived("now", 20, 0, 150_000);
        archived("now", 30, 1, 110_000);
        archived("now", 30, 2, 90_000);
        assertThat(expired(null)).isEqualTo(new ArchiveIndex.Expired(List.of(first, second), new Lsn(20)));
        assertThat(expired(new Lsn(10))).isEqualTo(new ArchiveIndex.Expired(List.of(first), new Lsn(10)));
    }

    @Test
    void consumersHoldNothingBehindTheSecondAge() throws SQLException {
        ArchivedSegment first = archived("now", 10, 0, 300_000);
        archived("now", 20, 0, 150_000);
        assertThat(expired(Lsn.ZERO).segments()).containsExactly(first);
    }

    @Test
    void earlierEpochsGoByAgeAlone() throws SQLException {
        archived("before", 10, 0, 50_000);
        ArchivedSegment old = archived("before", 20, 0, 150_000);
        assertThat(expired(Lsn.ZERO)).isEqualTo(new ArchiveIndex.Expired(List.of(old), null));
    }

    @Test
    void objectsAreRememberedUntilTheyAreDeleted() throws SQLException {
        ArchivedSegment segment = archived("now", 10, 0, 300_000);
        ArchiveIndex.forget(connection, List.of(segment));
        ArchiveIndex.forget(connection, List.of(segment));
        assertThat(ArchiveIndex.measure(connection)).isEqualTo(new LogSize(0, 0));
        assertThat(ArchiveIndex.trash(connection, 10)).containsExactly("now/1");
        ArchiveIndex.deleted(connection, List.of("now/1"));
        assertThat(ArchiveIndex.trash(connection, 10)).isEmpty();
    }

    @Test
    void segmentThatHasChangedMeanwhileStays() throws SQLException {
        Segment segment =
                Segment.unplaced(new Lsn(1), new Lsn(2), 0, new byte[10], 1).placed(1, null, NOW);
        LogStatements.insert(connection, segment);
        ArchivedSegment row = ArchivedSegment.of("now", segment, "x");
        Sqlite.execute(connection, "UPDATE _wal_segments SET lsn_end = 3");
        assertThatThrownBy(() -> ArchiveIndex.move(connection, List.of(row), NOW))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("changed meanwhile");
    }
}
