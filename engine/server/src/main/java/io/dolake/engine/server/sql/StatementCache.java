/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sqlite.SQLiteConnection;

/**
 * The prepared statements of one connection that are not in use; the least recently used are closed first. It holds
 * only statements without result columns: SQLite prepares a statement again after a schema change, and the driver would
 * not notice that the columns have changed. Not thread-safe.
 */
final class StatementCache implements AutoCloseable {
    /**
     * Longest statement that the cache keeps; a longer one is kept only until the next is given back, since its text,
     * program and parameters take memory too.
     */
    private static final int MAX_KEPT_LENGTH = 20_000;

    private final SQLiteConnection connection;
    private final int capacity;
    private final Map<String, PreparedStatement> idle = new LinkedHashMap<>();
    /** The statement given back last, which a batch uses again at once; its values are still bound. */
    private PreparedStatement last;

    private String lastSql;
    private int lastValues;

    StatementCache(SQLiteConnection connection, ServerConfig config) {
        this.connection = connection;
        capacity = config.intLimit(Limit.CACHED_STATEMENTS);
    }

    /**
     * Takes a statement for exclusive use, until it is given back or closed.
     *
     * @param values how many values the caller will bind; all others are NULL
     */
    PreparedStatement take(String sql, int values) throws SQLException {
        if (last != null && lastSql.equals(sql)) {
            PreparedStatement statement = last;
            last = null;
            if (values < lastValues) {
                statement.clearParameters();
            }
            return statement;
        }
        PreparedStatement statement = idle.remove(sql);
        return statement != null ? statement : connection.prepareStatement(sql);
    }

    /**
     * Gives back a statement without result columns; closes it if the cache has one with the same text.
     *
     * @param values how many are bound
     */
    void give(String sql, PreparedStatement statement, int values) throws SQLException {
        if (capacity == 0) {
            statement.close();
            return;
        }
        putAside();
        last = statement;
        lastSql = sql;
        lastValues = values;
    }

    private void putAside() throws SQLException {
        if (last == null) {
            return;
        }
        PreparedStatement statement = last;
        last = null;
        if (lastSql.length() > MAX_KEPT_LENGTH) {
            statement.close();
            return;
        }
        statement.clearParameters();
        PreparedStatement previous = idle.put(lastSql, statement);
        if (previous != null) {
            previous.close();
        }
        if (idle.size() >= capacity) {
            String oldest = idle.keySet().iterator().next();
            idle.remove(oldest).close();
        }
    }

    @Override
    public void close() throws SQLException {
        putAside();
        for (PreparedStatement statement : idle.values()) {
            statement.close();
        }
        idle.clear();
    }
}
