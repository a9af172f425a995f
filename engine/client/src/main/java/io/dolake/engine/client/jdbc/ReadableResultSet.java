/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.Timestamp;

/** The getters of a result set, by number and by name. NULL is 0, false or null, and {@link #wasNull}. */
abstract class ReadableResultSet extends UnsupportedResultSet {
    private boolean wasNull;

    /** The value in the current row, columns counted from 1. */
    abstract Object value(int column) throws SQLException;

    private Object read(int column) throws SQLException {
        Object value = value(column);
        wasNull = value == null;
        return value;
    }

    @Override
    public boolean wasNull() {
        return wasNull;
    }

    /** The stored value, whatever the column is declared as: Long, Double, String, byte[] or null. */
    @Override
    public Object getObject(int column) throws SQLException {
        return read(column);
    }

    @Override
    public Object getObject(String column) throws SQLException {
        return getObject(findColumn(column));
    }

    @Override
    public <T> T getObject(int column, Class<T> type) throws SQLException {
        return SqlValues.to(type, read(column));
    }

    @Override
    public <T> T getObject(String column, Class<T> type) throws SQLException {
        return getObject(findColumn(column), type);
    }

    @Override
    public String getString(int column) throws SQLException {
        Object value = read(column);
        return value == null ? null : SqlValues.toText(value);
    }

    @Override
    public String getString(String column) throws SQLException {
        return getString(findColumn(column));
    }

    @Override
    public boolean getBoolean(int column) throws SQLException {
        Object value = read(column);
        return value == null ? false : SqlValues.toBoolean(value);
    }

    @Override
    public boolean getBoolean(String column) throws SQLException {
        return getBoolean(findColumn(column));
    }

    @Override
    public byte getByte(int column) throws SQLException {
        Object value = read(column);
        return value == null ? 0 : (byte) SqlValues.toLong(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }

    @Override
    public byte getByte(String column) throws SQLException {
        return getByte(findColumn(column));
    }

    @Override
    public short getShort(int column) throws SQLException {
        Object value = read(column);
        return value == null ? 0 : (short) SqlValues.toLong(value, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    @Override
    public short getShort(String column) throws SQLException {
        return getShort(findColumn(column));
    }

    @Override
    public int getInt(int column) throws SQLException {
        Object value = read(column);
        return value == null ? 0 : (int) SqlValues.toLong(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    @Override
    public int getInt(String column) throws SQLException {
        return getInt(findColumn(column));
    }

    @Override
    public long getLong(int column) throws SQLException {
        Object value = read(column);
        return value == null ? 0 : SqlValues.toLong(value);
    }

    @Override
    public long getLong(String column) throws SQLException {
        return getLong(findColumn(column));
    }

    @Override
    public float getFloat(int column) throws SQLException {
        Object value = read(column);
        return value == null ? 0 : (float) SqlValues.toDouble(value);
    }

    @Override
    public float getFloat(String column) throws SQLException {
        return getFloat(findColumn(column));
    }

    @Override
    public double getDouble(int column) throws SQLException {
        Object value = read(column);
        return value == null ? 0 : SqlValues.toDouble(value);
    }

    @Override
    public double getDouble(String column) throws SQLException {
        return getDouble(findColumn(column));
    }

    @Override
    public byte[] getBytes(int column) throws SQLException {
        Object value = read(column);
        return value == null ? null : SqlValues.toBytes(value);
    }

    @Override
    public byte[] getBytes(String column) throws SQLException {
        return getBytes(findColumn(column));
    }

    @Override
    public BigDecimal getBigDecimal(int column) throws SQLException {
        Object value = read(column);
        return value == null ? null : SqlValues.toBigDecimal(value);
    }

    @Override
    public BigDecimal getBigDecimal(String column) throws SQLException {
        return getBigDecimal(findColumn(column));
    }

    @Override
    public Timestamp getTimestamp(int column) throws SQLException {
        Object value = read(column);
        return value == null ? null : SqlValues.toTimestamp(value);
    }

    @Override
    public Timestamp getTimestamp(String column) throws SQLException {
        return getTimestamp(findColumn(column));
    }
}
