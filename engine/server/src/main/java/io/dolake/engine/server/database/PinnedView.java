/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.capture.WriteLock;
import io.dolake.engine.server.sql.UserConnection;
import io.dolake.schemas.Lsn;
import java.util.Optional;

/** Begins a read transaction at a known LSN. */
final class PinnedView {
    private static final int ATTEMPTS = 20;

    private PinnedView() {}

    /**
     * Begins a transaction that sees exactly the commits up to the LSN returned. It takes no lock, so that a long write
     * transaction does not block readers; only if commits come too fast to begin between two of them does it take the
     * write lock.
     */
    static Lsn begin(UserConnection connection, Database database, String owner) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<Lsn> before = database.observeLsn();
            pin(connection);
            Optional<Lsn> after = observe(connection, database);
            if (before.isPresent() && before.equals(after)) {
                return before.get();
            }
            connection.execute("ROLLBACK");
        }
        try (WriteLock.Permit instant = database.acquire(owner)) {
            pin(connection);
            return database.lsn();
        }
    }

    private static Optional<Lsn> observe(UserConnection connection, Database database) {
        try {
            return database.observeLsn();
        } catch (RuntimeException | Error e) {
            connection.execute("ROLLBACK");
            throw e;
        }
    }

    private static void pin(UserConnection connection) {
        connection.execute("BEGIN");
        try {
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1");
        } catch (RuntimeException | Error e) {
            connection.execute("ROLLBACK");
            throw e;
        }
    }
}
