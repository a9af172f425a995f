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
import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/**
 * The change log of a database, an SQLite file beside it. One connection writes, one transaction at a time. Listeners
 * are notified only of durable commits. Readers open connections of their own.
 */
public final class ChangeLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);

    private final DatabaseFiles files;
    private final ServerConfig config;
    private final SQLiteConnection connection;
    private final SegmentArchive archive;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile LogState state;
    private volatile LogSize size;
    private volatile LogSize archiveSize;
    private volatile long heldBytes;
    private long nextId;
    private long frozenId;

    private ChangeLog(DatabaseFiles files, ServerConfig config, SQLiteConnection connection, SegmentArchive archive)
            throws SQLException {
        this.files = files;
        this.config = config;
        this.connection = connection;
        this.archive = archive;
        state = LogStatements.readState(connection);
        LogStatements.Content content = LogStatements.measure(connection);
        size = content.size();
        archiveSize = ArchiveIndex.measure(connection);
        nextId = content.lastId() + 1;
    }

    /** The result of one capture: the position after it, and the schema LSNs if they changed, else null. */
    public record Captured(WalPosition position, Map<String, Lsn> schemaLsns) {}

    /** Appends segments and returns where it stopped; null if there was nothing to capture. */
    public interface Capturing {
        Captured run(Appender appender);
    }

    /** Adds a segment to the open transaction. */
    public interface Appender {
        void append(Segment segment);
    }

    private interface Work {
        void run() throws SQLException;
    }

    private interface ResultWork<T> {
        T run() throws SQLException;
    }

    /** Opens the log of a database; a missing one is created, without an epoch. */
    public static ChangeLog open(DatabaseFiles files, ServerConfig config, SegmentArchive archive) {
        SQLiteConnection connection = null;
        try {
            connection = Sqlite.openWriter(files.log(), config);
            // A segment may be larger than any value of a user: it holds before and after images.
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, Integer.MAX_VALUE);
            Sqlite.execute(connection, "PRAGMA journal_mode = WAL");
            Sqlite.execute(connection, "PRAGMA wal_autocheckpoint = 1000");
            LogSchema.create(connection);
            return new ChangeLog(files, config, connection, archive);
        } catch (SQLException e) {
            QuietClose.close(connection);
            throw SqlErrors.log("open the change log " + files.log(), e);
        } catch (RuntimeException e) {
            QuietClose.close(connection);
            boolean isCorrupt = e instanceof DoLakeException known && known.code() == ErrorCode.CHANGE_LOG_CORRUPT;
            throw isCorrupt ? named(files, (DoLakeException) e) : e;
        }
    }

    private static DoLakeException named(DatabaseFiles files, DoLakeException e) {
        return new DoLakeException(e.code(), e.getMessage() + " (" + files.log() + ")", e)
                .withHint(e.hint().orElse(null));
    }

    /** The state of the log; null before the first epoch. */
    public LogState state() {
        return state;
    }

    /** The segments in the log itself. */
    public LogSize size() {
        return size;
    }

    /** The archived segments of all epochs. */
    public LogSize archiveSize() {
        return archiveSize;
    }

    /** Bytes of expired segments that are kept for connected consumers. */
    public long heldBytes() {
        return heldBytes;
    }

    /** The LSN up to which the log is complete and durable. */
    public Lsn durable() {
        return state.position().lsn();
    }

    /**
     * Adds a listener that is called on the writing thread after every commit that moved {@link #durable}; it must be
     * quick.
     */
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    public synchronized Map<String, Lsn> schemaLsns() {
        try {
            return LogStatements.schemaLsns(connection);
        } catch (SQLException e) {
            throw SqlErrors.log("read the change log of database '" + files.name() + "'", e);
        }
    }

    /** Empties the log and begins a new epoch at LSN 0. */
    public synchronized void beginEpoch(String reason) {
        LogState next = LogState.newEpoch(reason);
        write(() -> {
            LogStatements.clear(connection, next, System.currentTimeMillis());
            LogStatements.writeState(connection, next);
        });
        state = next;
        HighWaterMark.write(files, next);
        size = new LogSize(0, 0);
        nextId = 1;
    }

    /** Records durably that a checkpoint is about to move everything up to the position into the main file. */
    public synchronized void beforeCheckpoint() {
        if (!state.mayReset() || !state.fingerprint().isEmpty()) {
            replaceState(state.beforeCheckpoint());
        }
    }

    /** Records the present fingerprint of the main file; no checkpoint may be running. */
    public synchronized void afterCheckpoint(String fingerprint) {
        if (!state.fingerprint().equals(fingerprint)) {
            replaceState(state.afterCheckpoint(fingerprint));
            HighWaterMark.write(files, state);
        }
    }

    /** Records that the WAL was emptied, and the fingerprint of the main file after that. */
    public synchronized void afterReset(String fingerprint) {
        replaceState(state.reset(fingerprint));
        HighWaterMark.write(files, state);
    }

    /**
     * Records that the WAL cannot be read. The next start then begins a new epoch, since SQLite may find less in the
     * WAL than was committed.
     */
    public synchronized void distrust() {
        try {
            afterCheckpoint(LogState.UNSOUND);
        } catch (DoLakeException e) {
            LOG.warn("Cannot note that the WAL of '{}' cannot be read: {}", files.name(), e.getMessage());
        }
    }

    /** Clears the record that the WAL cannot be read. */
    public synchronized void trust() {
        if (state.isUnsound()) {
            replaceState(state.afterCheckpoint(""));
        }
    }

    /**
     * Whether this log is an older state than the mark, hence restored from a backup. Not for a log without an epoch.
     */
    public synchronized boolean isBehind(HighWaterMark.Mark mark) {
        if (mark.epoch().equals(state.epoch())) {
            return durable().isBefore(mark.lsn());
        }
        try {
            // The mark of an earlier epoch: the engine ended right after it had begun this epoch.
            return !LogStatements.knowsEpoch(connection, mark.epoch());
        } catch (SQLException e) {
            throw SqlErrors.log("read the change log of database '" + files.name() + "'", e);
        }
    }

    private void replaceState(LogState next) {
        write(() -> LogStatements.writeState(connection, next));
        state = next;
    }

    /** Runs one capture in one transaction: when this returns, all of it is durable; if it throws, none of it. */
    public synchronized boolean capture(Capturing capturing) {
        Appending appended = new Appending();
        Captured captured = transaction(() -> {
            Captured brought = capturing.run(appended);
            if (brought != null) {
                if (brought.schemaLsns() != null) {
                    LogStatements.writeSchemaLsns(connection, brought.schemaLsns());
                }
                LogStatements.writeState(connection, state.captured(brought.position(), appended.newest));
            }
            return brought;
        });
        if (captured == null) {
            return false;
        }
        nextId += appended.size.segments();
        size = size.plus(appended.size);
        state = state.captured(captured.position(), appended.newest);
        listeners.forEach(Runnable::run);
        return true;
    }

    /** Appends the segments of one capture and counts them once it is committed. */
    private final class Appending implements Appender {
        private LogSize size = new LogSize(0, 0);
        private Lsn newest = state.newest();

        @Override
        public void append(Segment segment) {
            insert(segment.placed(nextId + size.segments(), newest, System.currentTimeMillis()));
            newest = segment.end();
            size = size.plus(new LogSize(1, segment.data().length));
        }
    }

    private void insert(Segment segment) {
        try {
            LogStatements.insert(connection, segment);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * Drops expired segments, oldest first and always whole transactions. Not for a log with an archive.
     *
     * @param held all connected consumers have acknowledged every change up to this LSN; null if there are none
     */
    public synchronized void retain(long nowMs, Lsn held) {
        LogRetention.Due due = transaction(() -> {
            LogRetention.Due found =
                    LogRetention.find(connection, LogRetention.Rule.forDropping(config, nowMs, held), size);
            if (!found.isEmpty()) {
                LogRetention.drop(connection, found);
                LogStatements.writeState(connection, state.droppedUpTo(found.lsn()));
            }
            return found;
        });
        heldBytes = due.heldBytes();
        if (!due.isEmpty()) {
            state = state.droppedUpTo(due.lsn());
            size = size.plus(due.change());
            LOG.info("Dropped changes of '{}' up to LSN {} from the change log", files.name(), state.oldest());
        }
    }

    /**
     * The newest segment that is due for the archive; 0 if none is. Until the next call no segment up to it is merged,
     * so that the segments removed from the log are those that were read and archived.
     */
    public synchronized long dueForArchive(long nowMs) {
        try {
            frozenId = LogRetention.find(connection, LogRetention.Rule.forArchiving(config, nowMs), size)
                    .lastId();
            return frozenId;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Removes segments that are durable in the archive, where readers find them from now on. */
    synchronized void archived(List<ArchivedSegment> segments) {
        long bytes = segments.stream().mapToLong(ArchivedSegment::bytes).sum();
        write(() -> ArchiveIndex.move(connection, segments, System.currentTimeMillis()));
        size = size.plus(new LogSize(-segments.size(), -bytes));
        archiveSize = archiveSize.plus(new LogSize(segments.size(), bytes));
    }

    /** Removes expired segments from the archive's index; their objects are then recorded for deletion. */
    synchronized void expireArchive(long nowMs, Lsn held) {
        LogRetention.Rule rule = LogRetention.Rule.forExpiring(config, nowMs, held);
        LogState before = state;
        ArchiveIndex.Expired expired = transaction(() -> {
            ArchiveIndex.Expired found = ArchiveIndex.expired(connection, before.epoch(), rule);
            ArchiveIndex.forget(connection, found.segments());
            if (found.lsn() != null && found.lsn().isAfter(before.oldest())) {
                LogStatements.writeState(connection, before.droppedUpTo(found.lsn()));
            }
            return found;
        });
        Lsn lsn = expired.lsn();
        if (lsn != null && lsn.isAfter(before.oldest())) {
            state = before.droppedUpTo(lsn);
            LOG.info("Dropped changes of '{}' up to LSN {} from the archive", files.name(), lsn);
        }
        List<ArchivedSegment> gone = expired.segments();
        long bytes = gone.stream().mapToLong(ArchivedSegment::bytes).sum();
        archiveSize = archiveSize.plus(new LogSize(-gone.size(), -bytes));
    }

    /** Some of the objects that no reader can ask for any more. */
    synchronized List<String> trash(int limit) {
        try {
            return ArchiveIndex.trash(connection, limit);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Records that objects were deleted. */
    synchronized void trashDeleted(List<String> objects) {
        write(() -> ArchiveIndex.deleted(connection, objects));
    }

    /** Merges small segments at the end of the log, without any effect on readers. */
    public synchronized void merge() {
        size = size.plus(transaction(() -> SegmentMerger.mergeTail(connection, config, frozenId)));
    }

    public SegmentArchive archive() {
        return archive;
    }

    /** Opens a reader that sees the durable log at the time of each read. */
    public LogReader openReader() {
        return LogReader.open(files, config, archive);
    }

    private void write(Work work) {
        transaction(() -> {
            work.run();
            return null;
        });
    }

    private <T> T transaction(ResultWork<T> work) {
        try {
            Sqlite.execute(connection, "BEGIN IMMEDIATE");
            T result = work.run();
            Sqlite.execute(connection, "COMMIT");
            return result;
        } catch (SQLException e) {
            rollback();
            throw failed(e);
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
    }

    private void rollback() {
        try {
            Sqlite.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // After some errors SQLite has already rolled back, and reports that; if it has not, the next BEGIN fails.
            LOG.debug("Rollback of the change log of '{}': {}", files.name(), e.getMessage());
        }
    }

    private RuntimeException failed(SQLException e) {
        return SqlErrors.log("write the change log of database '" + files.name() + "'", e);
    }

    @Override
    public synchronized void close() {
        QuietClose.close(connection);
    }
}
