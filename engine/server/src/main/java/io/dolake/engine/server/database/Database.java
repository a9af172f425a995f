/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.capture.Checkpointer;
import io.dolake.engine.server.capture.WriteLock;
import io.dolake.engine.server.cdc.Subscriptions;
import io.dolake.engine.server.changelog.Archiver;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sql.UserConnection;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.schemas.Lsn;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One open database: its files and change log, its writing side ({@link WriteSide}), the connections of its users, and
 * its consumers. Thread-safe.
 */
public final class Database implements AutoCloseable {
    private final DatabaseFiles files;
    private final ServerConfig config;
    private final DatabaseStorage storage;
    private final ChangeLog log;
    private final WriteSide writing;
    private final DatabaseSuspension suspension;
    private final UserConnections connections;
    private final Sessions sessions;
    private final Subscriptions subscriptions;
    private final Archiver archiver;

    private Database(DatabaseFiles files, EngineResources resources, DatabaseStorage storage) throws SQLException {
        this.files = files;
        this.config = resources.config();
        this.storage = storage;
        log = storage.log();
        writing = new WriteSide(files, resources, storage);
        suspension = new DatabaseSuspension(files, log, writing);
        sessions = new Sessions(files.name());
        subscriptions = new Subscriptions(files.name(), config, log, writing::lsn);
        archiver = new Archiver(files.name(), config, log, subscriptions::heldLsn, resources.archives());
        connections = new UserConnections(files, resources, storage, suspension);
        writing.start();
    }

    static Database open(DatabaseFiles files, EngineResources resources) {
        DatabaseStorage storage = DatabaseStorage.open(files, resources);
        try {
            return new Database(files, resources, storage);
        } catch (SQLException e) {
            storage.close();
            throw SqlErrors.io("open database '" + files.name() + "'", e);
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
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
        return writing.lsn();
    }

    /** LSN of the newest commit, read from the WAL; empty between a commit and the moment at which its LSN is known. */
    Optional<Lsn> observeLsn() {
        ensureOpen();
        return writing.observeLsn();
    }

    /** A result and the newest commit after it. */
    public record Written<T>(T result, Lsn lsn) {}

    /** Runs work with a read-only connection. */
    public <T> T read(Function<UserConnection, T> work) {
        ensureOpen();
        suspension.refuseUse();
        return connections.read(work);
    }

    /** Runs work in autocommit mode, with the connection that HTTP requests share. */
    public <T> Written<T> write(Function<UserConnection, T> work) {
        return write("http", () -> connections.write(work));
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
            return new Written<>(result, writing.lsn());
        }
    }

    /**
     * Waits for the write lock, and longer if capture is far behind. Fails while the database is suspended until
     * somebody repairs it, and if the archive is full.
     */
    WriteLock.Permit acquire(String owner) {
        suspension.refuseWrites();
        WriteLock.Permit permit = writing.acquire(owner);
        try {
            archiver.refuseIfFull();
            return permit;
        } catch (RuntimeException | Error e) {
            permit.close();
            throw e;
        }
    }

    /** Records a commit; called with the write lock held. */
    void committed() {
        writing.committed();
    }

    public Checkpointer.Result checkpoint(Checkpointer.Mode mode) {
        ensureOpen();
        suspension.refuseWrites();
        return writing.checkpoint(mode);
    }

    public SqlSession openSession(String id) {
        ensureOpen();
        SqlSession session = new SqlSession(id, this, connections.forSession());
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

    /** Rolls back idle transactions, and runs checkpoints and retention, when they are due. Called often. */
    void keepHouse() {
        if (writing.isClosed()) {
            return;
        }
        long now = System.nanoTime();
        sessions.expire(now);
        suspension.look();
        if (suspension.isOfOtherFiles()) {
            // The WAL is kept: the file that a checkpoint would write to is no longer the one at the path of the
            // database.
            return;
        }
        writing.checkpointIfDue(now);
        if (writing.isClosed()) {
            return;
        }
        if (log.archive().isConfigured()) {
            archiver.wake(System.currentTimeMillis());
        } else {
            log.retain(System.currentTimeMillis(), subscriptions.heldLsn());
        }
    }

    public DatabaseStatus status() {
        ensureOpen();
        return DatabaseStatus.of(name(), suspension, log, writing, archiver, subscriptions);
    }

    boolean isSuspended() {
        return suspension.isSuspended();
    }

    private void ensureOpen() {
        writing.ensureOpen();
    }

    /** Ends sessions and subscriptions, captures what is committed, and empties the WAL if that can be done soon. */
    @Override
    public void close() {
        writing.refuseTurns();
        subscriptions.close();
        sessions.close();
        connections.stop();
        writing.finish(!suspension.isLasting());
        archiver.close();
        connections.close();
        writing.close();
        storage.close();
    }
}
