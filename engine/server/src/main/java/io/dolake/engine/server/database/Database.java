/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.capture.Backpressure;
import io.dolake.engine.server.capture.Capture;
import io.dolake.engine.server.capture.CheckpointPolicy;
import io.dolake.engine.server.capture.Checkpointer;
import io.dolake.engine.server.capture.CommitLsn;
import io.dolake.engine.server.capture.WriteLock;
import io.dolake.engine.server.cdc.Subscriptions;
import io.dolake.engine.server.changelog.Archiver;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.changelog.LogState;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sql.ReaderPool;
import io.dolake.engine.server.sql.SchemaTrust;
import io.dolake.engine.server.sql.UserConnection;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.support.Failures;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RunState;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One open database: its connections, its write lock, capture and checkpoints. Thread-safe. */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private static final long CLOSE_MS = 10_000;

    private final DatabaseFiles files;
    private final EngineResources shared;
    private final ServerConfig config;
    private final DatabaseStorage parts;
    private final ChangeLog log;
    private final CommitLsn head;
    private final WriteLock lock;
    private final Capture capture;
    private final Backpressure pressure;
    private final Checkpointer checkpointer;
    private final CheckpointPolicy checkpoints;
    private final Archiver archiver;
    private final SchemaTrust trust;
    private final UserConnection writer;
    private final ReaderPool readers;
    private final Sessions sessions;
    private final Subscriptions subscriptions;
    private final SetAside setAside;
    /**
     * Whether the last request may have left a transaction open that could not be rolled back. Accessed only with the
     * write lock held.
     */
    private boolean isWriterInDoubt;

    private volatile boolean closed;

    private Database(DatabaseFiles files, EngineResources shared, DatabaseStorage parts) throws SQLException {
        this.files = files;
        this.shared = shared;
        this.config = shared.config();
        this.parts = parts;
        log = parts.log();
        head = new CommitLsn(files.wal(), parts.fence(), parts.position());
        lock = new WriteLock(files.name(), config);
        capture = new Capture(
                files, config, log, head, parts.decoder(), parts::openDecoder, shared.captures(), shared.timer());
        pressure = new Backpressure(files.name(), config, head, log, capture, frameBytes());
        checkpointer = new Checkpointer(
                files, config, lock, head, capture, log, Sqlite.openWriter(files.main(), config), parts.keeper());
        checkpoints = new CheckpointPolicy(config, System.nanoTime());
        trust = SchemaTrust.of(parts.keeper());
        setAside = new SetAside(files, log, capture);
        sessions = new Sessions(files.name());
        subscriptions = new Subscriptions(files.name(), config, log, head::lsn);
        archiver = new Archiver(files.name(), config, log, subscriptions::heldLsn, shared.archives());
        writer = connect(false);
        readers = new ReaderPool(files.name(), config, () -> connect(true));
        head.update();
        capture.wake();
    }

    static Database open(DatabaseFiles files, EngineResources shared) {
        DatabaseStorage parts = DatabaseStorage.open(files, shared);
        try {
            return new Database(files, shared, parts);
        } catch (SQLException e) {
            parts.close();
            throw SqlErrors.io("open database '" + files.name() + "'", e);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** Opens a connection by the paths of the files, which therefore must still be the open files. */
    private UserConnection connect(boolean readOnly) {
        setAside.look();
        setAside.refuseUse();
        return UserConnection.open(files, shared.connections(), readOnly, trust);
    }

    public String name() {
        return files.name();
    }

    public ServerConfig config() {
        return config;
    }

    public String epoch() {
        return log.state().epoch();
    }

    public ChangeLog log() {
        return log;
    }

    /** LSN of the newest commit. */
    public Lsn lsn() {
        return head.lsn();
    }

    /** LSN of the newest commit, read from the WAL; empty between a commit and the moment at which its LSN is known. */
    Optional<Lsn> observeLsn() {
        ensureOpen();
        return head.observe();
    }

    /** A result and the newest commit after it. */
    public record Written<T>(T result, Lsn lsn) {}

    /** Runs work with a read-only connection. */
    public <T> T read(java.util.function.Function<UserConnection, T> work) {
        ensureOpen();
        setAside.refuseUse();
        return readers.use(work);
    }

    /** Runs work in autocommit mode, with the connection that HTTP requests share. */
    public <T> Written<T> write(java.util.function.Function<UserConnection, T> work) {
        return write("http", () -> {
            if (isWriterInDoubt) {
                writer.rollBackIfOpen();
            }
            isWriterInDoubt = true;
            try {
                T result = work.apply(writer);
                isWriterInDoubt = false;
                return result;
            } catch (RuntimeException | Error e) {
                // The statements of the next request must not become part of the failed transaction.
                writer.rollBackIfOpen();
                isWriterInDoubt = false;
                throw e;
            }
        });
    }

    /** Runs work in autocommit mode, with the write lock held. */
    <T> Written<T> write(String owner, Supplier<T> work) {
        try (WriteLock.Permit permit = acquire(owner)) {
            T result;
            try {
                result = work.get();
            } finally {
                committed();
            }
            return new Written<>(result, head.lsn());
        }
    }

    /**
     * Waits for the write lock, and longer if capture is far behind. Fails while the database is suspended until
     * somebody repairs it.
     */
    WriteLock.Permit acquire(String owner) {
        setAside.refuseWrites();
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.limit(Limit.LOCK_TIMEOUT_MS));
        while (true) {
            pressure.awaitRoom(deadlineNanos);
            WriteLock.Permit permit = acquireInstant(owner);
            try {
                if (!pressure.isFull()) {
                    pressure.slowDown();
                    archiver.refuseIfFull();
                    return permit;
                }
            } catch (RuntimeException | Error e) {
                permit.close();
                throw e;
            }
            // The writers before this one have filled it up.
            permit.close();
        }
    }

    /** Waits until nobody writes, to read the newest commit. */
    WriteLock.Permit acquireInstant(String owner) {
        ensureOpen();
        WriteLock.Permit permit = lock.acquire(owner, config.limit(Limit.LOCK_TIMEOUT_MS));
        if (closed) {
            permit.close();
            ensureOpen();
        }
        return permit;
    }

    /** Records a commit; called with the write lock held. */
    void committed() {
        Lsn before = head.lsn();
        Lsn now = head.update();
        if (!now.equals(before)) {
            checkpoints.committed(System.nanoTime());
            capture.committed(now);
        }
    }

    public Checkpointer.Result checkpoint(Checkpointer.Mode mode) {
        ensureOpen();
        setAside.refuseWrites();
        return checkpointer.run(mode);
    }

    public SqlSession openSession(String id) {
        ensureOpen();
        SqlSession session = new SqlSession(id, this, connect(false));
        sessions.add(session);
        return session;
    }

    void forget(SqlSession session) {
        sessions.forget(session);
    }

    /** The consumers of its change log. */
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    /** Runs checkpoints and retention, and rolls back idle transactions, when they are due. Called often. */
    void keepHouse() {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        sessions.expire(now);
        setAside.look();
        if (setAside.isOfOtherFiles()) {
            // The WAL is kept: the file that a checkpoint would write to is no longer the one at the path of the
            // database.
            return;
        }
        Optional<Checkpointer.Mode> mode = checkpoints.due(head.frames(), walBytes(), now);
        if (mode.isPresent()) {
            checkpoints.attempted(now);
            Checkpointer.Result result = checkpointer.run(mode.get());
            checkpoints.ended(result);
            LOG.debug("Checkpoint of '{}': {}", name(), result);
        }
        if (closed) {
            return;
        }
        if (log.archive().isConfigured()) {
            archiver.wake(System.currentTimeMillis());
        } else {
            log.retain(System.currentTimeMillis(), subscriptions.heldLsn());
        }
    }

    private long walBytes() {
        return head.frames() * frameBytes();
    }

    private long frameBytes() {
        return parts.pageBytes() + 24L;
    }

    public DatabaseStatus status() {
        ensureOpen();
        Capture.Failure failure = setAside.look();
        LogState state = log.state();
        return new DatabaseStatus(
                name(),
                failure == null ? RunState.STREAMING : RunState.SUSPENDED,
                failure == null ? null : setAside.suspension(failure),
                state.epoch(),
                state.reason(),
                head.lsn(),
                state.position().lsn(),
                state.oldest(),
                walBytes(),
                pressure.status(),
                log.size().segments(),
                log.size().bytes(),
                log.heldBytes(),
                log.archive().isConfigured() || log.archiveSize().segments() > 0 ? archiver.status() : null,
                failure == null ? null : failure.error(),
                subscriptions.status());
    }

    boolean isSuspended() {
        return setAside.look() != null;
    }

    private void ensureOpen() {
        if (closed) {
            throw Failures.closing(name());
        }
    }

    /** Ends sessions and subscriptions, captures what is committed, and empties the WAL if that can be done soon. */
    @Override
    public void close() {
        closed = true;
        subscriptions.close();
        sessions.close();
        readers.close();
        writer.interrupt();
        boolean isUsable = !SetAside.isLasting(setAside.look());
        try (WriteLock.Permit permit = lock.acquire("close", CLOSE_MS)) {
            if (isUsable && checkpointer.close(CLOSE_MS)) {
                log.afterReset(MainFile.fingerprint(files.main()));
            }
        } catch (SQLException | DoLakeException e) {
            // Committed transactions stay in the WAL and are captured at the next start.
            LOG.warn("Database '{}' is closed with its WAL in use: {}", name(), e.getMessage());
        }
        archiver.close();
        writer.close();
        capture.close();
        checkpointer.close();
        head.close();
        parts.close();
    }
}
