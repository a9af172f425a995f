/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.ArchivedSegment;
import io.dolake.engine.server.archive.Segment;
import io.dolake.engine.server.archive.SegmentArchive;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/** Reads segments in order, archived ones included, over a connection of its own. Not thread-safe. */
public final class LogReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

    private static final String LOCAL = "SELECT NULL AS epoch, id, lsn_start, lsn_end, part, events, created_at_ms,"
            + " checksum, length(data) AS bytes, lsn_previous, NULL AS object, data FROM _wal_segments ";
    private static final String ARCHIVED = ArchiveIndex.COLUMNS
            + ", NULL AS data FROM _wal_archive WHERE epoch = (SELECT epoch FROM _dosql_state) AND ";
    private static final String BEHIND = "lsn_end >= ?1 AND (lsn_end > ?1 OR id > ?2) ORDER BY lsn_end, id LIMIT 1";

    /**
     * One statement for both places, so that a segment which moves to the archive meanwhile is seen in exactly one of
     * them.
     */
    private static final String NEXT = "SELECT *, (SELECT oldest FROM _dosql_state) FROM (SELECT * FROM (" + ARCHIVED
            + BEHIND + ") UNION ALL SELECT * FROM (" + LOCAL + "WHERE " + BEHIND + ")) ORDER BY lsn_end, id LIMIT 1";

    private final String database;
    private final SQLiteConnection connection;
    private final SegmentArchive archive;
    /** Kept prepared, since preparing it costs more than finding the next segment; null until it is needed. */
    private PreparedStatement next;

    private LogReader(String database, SQLiteConnection connection, SegmentArchive archive) {
        this.database = database;
        this.connection = connection;
        this.archive = archive;
    }

    static LogReader open(DatabaseFiles files, ServerConfig config, SegmentArchive archive) {
        SQLiteConnection connection = null;
        try {
            connection = Sqlite.openReader(files.log(), config);
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, Integer.MAX_VALUE);
            return new LogReader(files.name(), connection, archive);
        } catch (SQLException e) {
            QuietClose.close(connection);
            throw SqlErrors.io("read the change log of database '" + files.name() + "'", e);
        }
    }

    /** @param oldest the log held every transaction after this LSN when the segment was read */
    public record Found(Segment segment, Lsn oldest) {}

    /**
     * The first segment with changes after a place in the log.
     *
     * @param after transactions up to this LSN were read, except for the parts of its own transaction after
     *     {@code afterId}
     * @param afterId last part read of the transaction at {@code after}; {@link Long#MAX_VALUE} if it was read whole
     * @return null if there is none yet
     */
    public Found next(Lsn after, long afterId) {
        Place place = place(after, afterId);
        if (place == null) {
            return null;
        }
        if (place.archived == null) {
            return new Found(place.local, place.oldest);
        }
        try {
            return new Found(archive.read(place.archived), place.oldest);
        } catch (DoLakeException e) {
            // Retention of the archive may have dropped the segment while it was read: then the position is gone, and
            // nothing is damaged.
            Place now = place(after, afterId);
            if (now == null || place.archived.equals(now.archived)) {
                throw e;
            }
            LOG.debug("{} is no longer in the archive", place.archived.object(), e);
            return next(after, afterId);
        }
    }

    /** Where a segment is stored: its content from the log, or its row in the index of the archive. */
    private record Place(Segment local, ArchivedSegment archived, Lsn oldest) {}

    private Place place(Lsn after, long afterId) {
        try {
            if (next == null) {
                next = connection.prepareStatement(NEXT);
            }
            next.setLong(1, after.value());
            next.setLong(2, afterId);
            try (ResultSet row = next.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                Lsn oldest = new Lsn(row.getLong(13));
                return row.getString(11) == null
                        ? new Place(segment(row), null, oldest)
                        : new Place(null, ArchiveIndex.row(row), oldest);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The number of events in segments that hold transactions after an LSN; an upper bound of the events after it. */
    public long eventsAfter(Lsn lsn) {
        String after = " lsn_end > " + lsn.value();
        try {
            return Sqlite.numbers(
                    connection,
                    "SELECT (SELECT coalesce(sum(events), 0) FROM _wal_segments WHERE" + after + ")"
                            + " + (SELECT coalesce(sum(events), 0) FROM _wal_archive"
                            + " WHERE epoch = (SELECT epoch FROM _dosql_state) AND" + after + ")",
                    1)[0];
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * The ids of the oldest segments that are not archived, whole transactions, in order.
     *
     * @param count how many; more if a single transaction has more
     */
    public List<Long> oldestIds(long lastId, int count) {
        List<Long> ids = new ArrayList<>();
        long end = 0;
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT id, lsn_start, lsn_end FROM _wal_segments WHERE id <= ? ORDER BY id")) {
            statement.setLong(1, lastId);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next() && (ids.size() < count || row.getLong(2) == end)) {
                    ids.add(row.getLong(1));
                    end = row.getLong(3);
                }
            }
            return ids;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Reads a segment that is not archived. */
    public Segment local(long id) {
        try {
            List<Segment> found = between(connection, id, id);
            if (found.isEmpty()) {
                throw new DoLakeException(
                        ErrorCode.CHANGE_LOG_CORRUPT,
                        "Cannot read segment " + id + " of the change log of database '" + database
                                + "': it is missing");
            }
            return found.get(0);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private DoLakeException failed(SQLException e) {
        return SqlErrors.io("read the change log of database '" + database + "'", e);
    }

    /** Verifies some segments, archived ones included; see {@link LogVerifier}. */
    public LogCheckResult verify(long afterId, long maxSegments, long maxMs) {
        try {
            return LogVerifier.step(connection, archive, afterId, maxSegments, maxMs);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    static List<Segment> between(Connection connection, long first, long last) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(LOCAL + "WHERE id BETWEEN ? AND ? ORDER BY id")) {
            statement.setLong(1, first);
            statement.setLong(2, last);
            return read(statement);
        }
    }

    private static List<Segment> read(PreparedStatement statement) throws SQLException {
        List<Segment> segments = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                segments.add(segment(row));
            }
        }
        return segments;
    }

    private static Segment segment(ResultSet row) throws SQLException {
        Segment segment = new Segment(
                row.getLong(2),
                new Lsn(row.getLong(3)),
                new Lsn(row.getLong(4)),
                row.getInt(5),
                row.getBytes(12),
                row.getLong(6),
                LogStatements.lsn(row, 10),
                row.getLong(7));
        if (segment.checksum() != row.getLong(8)) {
            throw segment.corrupt("its checksum does not match");
        }
        return segment;
    }

    @Override
    public void close() {
        QuietClose.close(next, connection);
    }
}
