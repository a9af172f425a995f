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
 * The change log of a database: an SQLite file of its own. One connection writes, one transaction at a time; what was
 * committed here is durable, and only then do listeners hear of it. Readers open connections of their own.
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
        long[] numbers = LogStatements.measure(connection);
        size = new LogSize(numbers[0], numbers[1]);
        archiveSize = ArchiveIndex.measure(connection);
        nextId = numbers[2] + 1;
    }

    /** What one capture has brought: the position behind it, and the schema LSNs if they changed, else null. */
    public record Captured(WalPosition position, Map<String, Lsn> schemaLsns) {}

    /** Appends segments and says where it stopped; null if there was nothing at all. */
    public interface Capturing {
        Captured run(Appender appender);
    }

    /** Adds a segment to the transaction that is open. */
    public interface Appender {
        void append(Segment segment);
    }

    private interface Work {
        void run() throws SQLException;
    }

    private interface ResultWork<T> {
        T run() throws SQLException;
    }

    /** Opens the log of a database; an absent one is created, without an epoch. */
    public static ChangeLog open(DatabaseFiles files, ServerConfig config, SegmentArchive archive) {
        SQLiteConnection connection = null;
        try {
            connection = Sqlite.openWriter(files.log(), config);
            // A segment may be larger than any value of a user: it holds images before and after.
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, Integer.MAX_VALUE);
            Sqlite.execute(connection, "PRAGMA journal_mode = WAL");
            Sqlite.execute(connection, "PRAGMA wal_autocheckpoint = 1000");
            LogSchema.create(connection);
            return new ChangeLog(files, config, connection, archive);
        } catch (SQLException e) {
            QuietClose.close(connection);
            throw SqlErrors.log("open the change log " + files.log(), e);
        } catch (DoLakeException e) {
            QuietClose.close(connection);
            throw e.code() == ErrorCode.CHANGE_LOG_CORRUPT ? named(files, e) : e;
        } catch (RuntimeException e) {
            QuietClose.close(connection);
            throw e;
        }
    }

    private static DoLakeException named(DatabaseFiles files, DoLakeException e) {
        return new DoLakeException(e.code(), e.getMessage() + " (" + files.log() + ")", e)
                .withHint(e.hint().orElse(null));
    }

    /** Null before the first epoch. */
    public LogState state() {
        return state;
    }

    /** Of what is here. */
    public LogSize size() {
        return size;
    }

    /** Of what is archived, of all epochs. */
    public LogSize archiveSize() {
        return archiveSize;
    }

    /** What is past its time and kept for connected consumers. */
    public long heldBytes() {
        return heldBytes;
    }

    /** LSN up to which the log is complete and durable. */
    public Lsn durable() {
        return state.position().lsn();
    }

    /** Called on the writing thread after every commit that moved {@link #durable}; must be quick. */
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

    /** Forgets everything and begins a new epoch at LSN 0. */
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

    /** Notes, durably, that a checkpoint is about to put everything up to the position into the main file. */
    public synchronized void beforeCheckpoint() {
        if (!state.mayReset() || !state.fingerprint().isEmpty()) {
            replaceState(state.beforeCheckpoint());
        }
    }

    /** Notes what the main file looks like now; no checkpoint may be running. */
    public synchronized void afterCheckpoint(String fingerprint) {
        if (!state.fingerprint().equals(fingerprint)) {
            replaceState(state.afterCheckpoint(fingerprint));
            HighWaterMark.write(files, state);
        }
    }

    /** Notes that the WAL was emptied, and what the main file then looked like. */
    public synchronized void afterReset(String fingerprint) {
        replaceState(state.reset(fingerprint));
        HighWaterMark.write(files, state);
    }

    /**
     * Notes that the WAL cannot be read: whoever opens these files next begins a new epoch, since SQLite may find less in it
     * than was committed.
     */
    public synchronized void distrust() {
        try {
            afterCheckpoint(LogState.UNSOUND);
        } catch (DoLakeException e) {
            LOG.warn("Cannot note that the WAL of '{}' cannot be read: {}", files.name(), e.getMessage());
        }
    }

    /** Takes that back. */
    public synchronized void trust() {
        if (state.isUnsound()) {
            replaceState(state.afterCheckpoint(""));
        }
    }

    /** Whether this is an older state of a log that had come so far. Not for a log without an epoch. */
    public synchronized boolean isBehind(HighWaterMark.Mark mark) {
        if (mark.epoch().equals(state.epoch())) {
            return durable().isBefore(mark.lsn());
        }
        try {
            // The mark of an earlier epoch: the engine ended when it had begun this one.
            return !LogStatements.knowsEpoch(connection, mark.epoch());
        } catch (SQLException e) {
            throw SqlErrors.log("read the change log of database '" + files.name() + "'", e);
        }
    }

    private void replaceState(LogState next) {
        write(() -> LogStatements.writeState(connection, next));
        state = next;
    }

    /** Runs one capture in one transaction: all of it is durable when this returns, or none of it. */
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

    /** The segments of one capture, which count once it is committed. */
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
     * Drops what retention no longer keeps, oldest first; always whole transactions. Not for a log with an archive.
     *
     * @param held consumers that are connected have acknowledged everything up to it; null if there are none
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
     * The newest segment that is due for the archive; 0 if none is. Until the next call nothing up to it is merged, so
     * that what was read is what is archived.
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

    /** Takes out segments that are durable in the archive, which readers take them from now. */
    synchronized void archived(List<ArchivedSegment> segments) {
        long bytes = segments.stream().mapToLong(ArchivedSegment::bytes).sum();
        write(() -> ArchiveIndex.move(connection, segments, System.currentTimeMillis()));
        size = size.plus(new LogSize(-segments.size(), -bytes));
        archiveSize = archiveSize.plus(new LogSize(segments.size(), bytes));
    }

    /** Takes out of the archive's index what is too old for it; the objects are trash then. */
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

    /** Objects that no reader can ask for any more, some of them. */
    synchronized List<String> trash(int limit) {
        try {
            return ArchiveIndex.trash(connection, limit);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Says that objects are gone. */
    synchronized void trashDeleted(List<String> objects) {
        write(() -> ArchiveIndex.deleted(connection, objects));
    }

    /** Merges small segments at the end of the log; readers notice nothing. */
    public synchronized void merge() {
        size = size.plus(transaction(() -> SegmentMerger.mergeTail(connection, config, frozenId)));
    }

    public SegmentArchive archive() {
        return archive;
    }

    /** A reader that sees what is durable at the time of each read. */
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
            // SQLite has rolled back by itself after some errors, and says so; another BEGIN fails if it has not.
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
