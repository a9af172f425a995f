/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.engine.client.SqlText;
import io.dolake.engine.client.Statement;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Collections;

/** A statement with parameters by position. The text and its parameters go to the server with each execution. */
final class DoSqlPreparedStatement extends UnsupportedPreparedStatement {
    private static final Object UNSET = new Object();

    private final String sql;
    private final Object[] parameters;

    DoSqlPreparedStatement(DoSqlConnection connection, String sql) {
        super(connection);
        this.sql = sql;
        this.parameters = new Object[SqlText.parameters(sql)];
        clearParameters();
    }

    @Override
    public void clearParameters() {
        Arrays.fill(parameters, UNSET);
    }

    @Override
    public boolean execute() throws SQLException {
        return run(statement());
    }

    @Override
    public ResultSet executeQuery() throws SQLException {
        return query(statement());
    }

    @Override
    public int executeUpdate() throws SQLException {
        return clamp(update(statement()));
    }

    @Override
    public long executeLargeUpdate() throws SQLException {
        return update(statement());
    }

    @Override
    public void addBatch() throws SQLException {
        add(statement());
    }

    private Statement statement() throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] == UNSET) {
                throw new SQLException(
                        "Cannot run statement: parameter " + (i + 1) + " of " + parameters.length + " is not set",
                        SqlExceptions.UNSET_PARAMETER);
            }
        }
        return new Statement(sql, Collections.unmodifiableList(Arrays.asList(parameters.clone())));
    }

    private void set(int number, Object value) throws SQLException {
        requireOpen();
        if (number < 1 || number > parameters.length) {
            throw new SQLException(
                    "Cannot set parameter " + number + ": the statement has " + parameters.length,
                    SqlExceptions.INVALID_ARGUMENT);
        }
        parameters[number - 1] = SqlValues.parameter(value);
    }

    /** The metadata of the present result; null before the statement is executed. */
    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
        ResultSet result = getResultSet();
        return result == null ? null : result.getMetaData();
    }

    @Override
    public void setNull(int number, int sqlType) throws SQLException {
        set(number, null);
    }

    @Override
    public void setNull(int number, int sqlType, String typeName) throws SQLException {
        set(number, null);
    }

    @Override
    public void setBoolean(int number, boolean value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setByte(int number, byte value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setShort(int number, short value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setInt(int number, int value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setLong(int number, long value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setFloat(int number, float value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setDouble(int number, double value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setBigDecimal(int number, BigDecimal value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setString(int number, String value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setNString(int number, String value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setBytes(int number, byte[] value) throws SQLException {
        set(number, value);
    }

    /** In UTC, as SQLite's own functions write it. */
    @Override
    public void setTimestamp(int number, Timestamp value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setObject(int number, Object value) throws SQLException {
        set(number, value);
    }

    @Override
    public void setObject(int number, Object value, int sqlType) throws SQLException {
        set(number, value);
    }

    @Override
    public void setObject(int number, Object value, int sqlType, int scaleOrLength) throws SQLException {
        set(number, value);
    }
}
