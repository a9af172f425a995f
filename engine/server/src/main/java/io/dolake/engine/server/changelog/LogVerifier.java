/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.ArchivedSegment;
import io.dolake.engine.server.archive.Segment;
import io.dolake.engine.server.archive.SegmentArchive;
import io.dolake.engine.server.sqlite.Sqlite;
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

/**
 * Verifies the segments of a change log, archived ones included. It works in steps, each on one consistent view of the
 * log, so that segments which are merged or archived meanwhile are not reported as faults.
 */
final class LogVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(LogVerifier.class);

    /** Most faults reported in one step; a fault that is everywhere need not be reported a million times. */
    private static final int MAX_FAULTS = 1_000;

    static final String ALL = "SELECT * FROM (SELECT epoch, id, lsn_start, lsn_end, part, events, created_at_ms,"
            + " checksum, bytes, lsn_previous, object, NULL AS data FROM _wal_archive"
            + " WHERE epoch = (SELECT epoch FROM _dosql_state) AND lsn_end > (SELECT oldest FROM _dosql_state)"
            + " UNION ALL SELECT NULL, id, lsn_start, lsn_end, part, events, created_at_ms, checksum, length(data),"
            + " lsn_previous, NULL, id FROM _wal_segments) ";

    private final Connection connection;
    private final SegmentArchive archive;
    private final List<LogCheckResult.Fault> faults = new ArrayList<>();
    private long segments;
    private long archived;
    private long events;
    private long bytes;

    private LogVerifier(Connection connection, SegmentArchive archive) {
        this.connection = connection;
        this.archive = archive;
    }

    /**
     * Verifies some segments.
     *
     * @param afterId the segment before the first one to verify; 0 to begin with the oldest
     * @param maxSegments how many
     * @param maxMs no segment is begun after this time
     */
    static LogCheckResult step(
            Connection connection, SegmentArchive archive, long afterId, long maxSegments, long maxMs)
            throws SQLException {
        LogCheckResult check;
        Sqlite.execute(connection, "BEGIN");
        try {
            check = new LogVerifier(connection, archive).run(afterId, maxSegments, maxMs);
        } finally {
            Sqlite.execute(connection, "COMMIT");
        }
        List<LogCheckResult.Fault> faults = new ArrayList<>();
        for (LogCheckResult.Fault fault : check.faults()) {
            if (fault.object() == null || isIndexed(connection, fault.object())) {
                faults.add(fault);
            }
        }
        return new LogCheckResult(
                check.segments(), check.archived(), check.events(), check.bytes(), faults, check.next());
    }

    /** Whether retention has dropped the segment meanwhile: then its object is rightly missing. */
    private static boolean isIndexed(Connection connection, String object) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM _wal_archive WHERE object = ? LIMIT 1")) {
            statement.setString(1, object);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private LogCheckResult run(long afterId, long maxSegments, long maxMs) throws SQLException {
        long deadline = System.nanoTime() + maxMs * 1_000_000;
        LogState state = LogStatements.readState(connection);
        SegmentVerifier check = begin(state, afterId);
        long next = afterId;
        boolean ended = false;
        try (PreparedStatement statement = connection.prepareStatement(ALL + "WHERE id > ? ORDER BY id")) {
            statement.setLong(1, afterId);
            try (ResultSet row = statement.executeQuery()) {
                while (segments < maxSegments && (segments == 0 || System.nanoTime() < deadline) && !ended) {
                    ended = !row.next();
                    if (!ended) {
                        next = row.getLong(2);
                        look(row, check);
                    }
                }
            }
        }
        if (ended) {
            end(state, check);
        }
        return new LogCheckResult(segments, archived, events, bytes, List.copyOf(faults), ended ? 0 : next);
    }

    /** Starts after a segment, with the transaction that it leaves open. */
    private SegmentVerifier begin(LogState state, long afterId) throws SQLException {
        if (afterId == 0) {
            return new SegmentVerifier(state.oldest());
        }
        SegmentVerifier check = new SegmentVerifier(null);
        try (PreparedStatement statement =
                connection.prepareStatement(ALL + "WHERE id <= ? ORDER BY id DESC LIMIT 1")) {
            statement.setLong(1, afterId);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    // Retention has dropped it: begin with the oldest segment that is left.
                    return new SegmentVerifier(state.oldest());
                }
                ArchivedSegment about = ArchiveIndex.row(row);
                try {
                    check.follow(read(about));
                } catch (DoLakeException e) {
                    LOG.debug("The fault of segment {} was already reported", about.id(), e);
                    check.skip(about, fault -> {});
                }
            }
        }
        return check;
    }

    private void look(ResultSet row, SegmentVerifier check) throws SQLException {
        ArchivedSegment about = ArchiveIndex.row(row);
        segments++;
        archived += about.object() == null ? 0 : 1;
        events += about.events();
        bytes += about.bytes();
        Segment segment;
        try {
            segment = read(about);
        } catch (DoLakeException e) {
            if (archive.isConfigured() && e.code().blame() != ErrorCode.Blame.INTERNAL) {
                // The store does not answer, so nothing is known of the object.
                throw e;
            }
            fault(about.id(), about.object(), e.getMessage());
            check.skip(about, reason -> fault(about.id(), about.object(), reason));
            return;
        }
        try {
            check.take(segment, reason -> fault(about.id(), about.object(), reason));
        } catch (RuntimeException e) {
            fault(about.id(), about.object(), "it does not decode: " + e.getMessage());
            check.skip(about, reason -> {});
        }
    }

    /** @param about its object is null if the segment is in the log */
    private Segment read(ArchivedSegment about) throws SQLException {
        return about.object() == null
                ? LogReader.between(connection, about.id(), about.id()).get(0)
                : archive.read(about);
    }

    private void end(LogState state, SegmentVerifier check) {
        Lsn end = check.end();
        if (check.isOpen()) {
            fault(0, null, "the log ends inside transaction " + end + ": parts of it are missing");
        }
        // All segments of the epoch are gone: a fault, since retention never drops the newest one.
        if (!state.newest().equals(end)) {
            fault(
                    0,
                    null,
                    "the newest segments are missing: the log ends at LSN " + end + ", and went to " + state.newest());
        }
        if (state.position().lsn().isBefore(end)) {
            fault(
                    0,
                    null,
                    "the log ends at LSN " + end + ", ahead of its position "
                            + state.position().lsn());
        }
    }

    private void fault(long segment, String object, String message) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(new LogCheckResult.Fault(segment, object, message));
        }
    }
}
