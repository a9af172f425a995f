/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.engine.client.QueryResult;
import io.dolake.engine.client.Session;
import io.dolake.schemas.SqliteNames;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of a cursor, forward only. */
final class DoSqlResultSet extends ReadableResultSet {
    private final DoSqlConnection connection;
    private final DoSqlStatement statement;
    private final Session.Cursor cursor;
    private final int maxRows;
    private Map<String, Integer> numbers;
    private Object[] row;
    private int rows;
    private boolean ended;
    private boolean closed;

    /**
     * @param statement null for the answers of metadata
     * @param maxRows 0 for all
     */
    DoSqlResultSet(DoSqlConnection connection, DoSqlStatement statement, Session.Cursor cursor, int maxRows) {
        this.connection = connection;
        this.statement = statement;
        this.cursor = cursor;
        this.maxRows = maxRows;
    }

    @Override
    public boolean next() throws SQLException {
        requireOpen();
        if (ended) {
            return false;
        }
        row = maxRows > 0 && rows == maxRows ? null : connection.call(cursor::next);
        ended = row == null;
        rows += ended ? 0 : 1;
        return !ended;
    }

    @Override
    Object value(int column) throws SQLException {
        requireOpen();
        if (row == null) {
            throw new SQLException(
                    "Cannot read column " + column + ": the result set is not on a row", SqlExceptions.INVALID_STATE);
        }
        if (column < 1 || column > row.length) {
            throw new SQLException(
                    "Cannot read column " + column + ": the result has " + row.length + " columns",
                    SqlExceptions.INVALID_ARGUMENT);
        }
        return row[column - 1];
    }

    /** The first column of that name, as SQLite compares names: letters of ASCII fold. */
    @Override
    public int findColumn(String name) throws SQLException {
        requireOpen();
        if (numbers == null) {
            numbers = new HashMap<>();
            List<QueryResult.Column> columns = cursor.columns();
            for (int i = 0; i < columns.size(); i++) {
                numbers.putIfAbsent(SqliteNames.fold(columns.get(i).name()), i + 1);
            }
        }
        Integer number = numbers.get(SqliteNames.fold(name));
        if (number == null) {
            throw new SQLException("Cannot find column '" + name + "': the result has no column of that name", "42S22");
        }
        return number;
    }

    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
        requireOpen();
        return new DoSqlResultSetMetaData(cursor.columns(), row, connection.getCatalog());
    }

    @Override
    public void close() throws SQLException {
        if (!closed) {
            closed = true;
            row = null;
            if (!connection.isClosed()) {
                connection.call(() -> {
                    cursor.close();
                    return null;
                });
            }
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isBeforeFirst() throws SQLException {
        requireOpen();
        return rows == 0 && !ended;
    }

    @Override
    public int getRow() throws SQLException {
        requireOpen();
        return ended ? 0 : rows;
    }

    @Override
    public Statement getStatement() {
        return statement;
    }

    @Override
    public int getType() {
        return TYPE_FORWARD_ONLY;
    }

    @Override
    public int getConcurrency() {
        return CONCUR_READ_ONLY;
    }

    @Override
    public int getHoldability() {
        return ResultSet.CLOSE_CURSORS_AT_COMMIT;
    }

    @Override
    public int getFetchSize() {
        return statement == null ? 0 : statement.getFetchSize();
    }

    /** Ignored: the fetch size is the one that the statement had when it was run. */
    @Override
    public void setFetchSize(int size) throws SQLException {
        requireOpen();
    }

    @Override
    public int getFetchDirection() {
        return FETCH_FORWARD;
    }

    @Override
    public void setFetchDirection(int direction) throws SQLException {
        if (direction != FETCH_FORWARD) {
            throw Unsupported.feature("Cannot fetch backwards: result sets are forward-only");
        }
    }

    @Override
    public SQLWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() throws SQLException {
        requireOpen();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Unsupported.unwrap(type, this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    private void requireOpen() throws SQLException {
        if (closed) {
            throw new SQLException("Cannot use result set: it is closed", SqlExceptions.INVALID_STATE);
        }
    }
}
