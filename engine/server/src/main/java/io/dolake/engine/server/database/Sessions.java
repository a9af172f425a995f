/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.support.Failures;
import io.dolake.schemas.DoLakeException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions that are open on a database. Thread-safe. */
final class Sessions {
    private final String database;
    private final Set<SqlSession> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Sessions(String database) {
        this.database = database;
    }

    /**
     * Adds a session, or closes it if the database is being closed.
     *
     * @throws DoLakeException CONNECTION_ERROR if the session was closed
     */
    void add(SqlSession session) {
        open.add(session);
        if (closed) {
            session.close();
            throw Failures.closing(database);
        }
    }

    void forget(SqlSession session) {
        open.remove(session);
    }

    /** Rolls back transactions that have been idle for too long. */
    void expire(long nowNanos) {
        open.forEach(session -> session.expire(nowNanos));
    }

    /** Closes all sessions, and those that are added later. */
    void close() {
        closed = true;
        open.forEach(SqlSession::close);
    }
}
