/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.sql.ReaderPool;
import io.dolake.engine.server.sql.SchemaTrust;
import io.dolake.engine.server.sql.UserConnection;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import java.sql.SQLException;
import java.util.function.Function;

/** The connections that run users' statements: one writer that HTTP requests share, readers, and one per session. */
final class UserConnections {
    private final DatabaseFiles files;
    private final EngineResources resources;
    private final DatabaseSuspension suspension;
    private final SchemaTrust trust;
    private final UserConnection writer;
    private final ReaderPool readers;
    /**
     * Whether the last request may have left a transaction open that could not be rolled back. Accessed only with the
     * write lock held.
     */
    private boolean isWriterInDoubt;

    UserConnections(
            DatabaseFiles files, EngineResources resources, DatabaseStorage storage, DatabaseSuspension suspension)
            throws SQLException {
        this.files = files;
        this.resources = resources;
        this.suspension = suspension;
        trust = SchemaTrust.of(storage.keeper());
        writer = connect(false);
        readers = new ReaderPool(files.name(), resources.config(), () -> connect(true));
    }

    /** Opens a connection by the paths of the files, which therefore must still be the open files. */
    private UserConnection connect(boolean readOnly) {
        suspension.look();
        suspension.refuseUse();
        return UserConnection.open(files, resources.connections(), readOnly, trust);
    }

    /** A connection for one session. */
    UserConnection forSession() {
        return connect(false);
    }

    <T> T read(Function<UserConnection, T> work) {
        return readers.use(work);
    }

    /** Runs work with the shared connection; called by the holder of the turn to write. */
    <T> T write(Function<UserConnection, T> work) {
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
    }

    /** Refuses readers, and ends the statement that the shared connection runs. */
    void stop() {
        readers.close();
        writer.interrupt();
    }

    void close() {
        writer.close();
    }
}
