/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;

/** Updates by column name, which the read-only result set does not support. */
abstract class UnsupportedUpdatesByName implements ResultSet {
    @Override
    public void updateArray(String column, Array array) throws SQLException {
        throw Unsupported.method("ResultSet.updateArray");
    }

    @Override
    public void updateAsciiStream(String column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("ResultSet.updateAsciiStream");
    }

    @Override
    public void updateAsciiStream(String column, InputStream inputStream, int number) throws SQLException {
        throw Unsupported.method("ResultSet.updateAsciiStream");
    }

    @Override
    public void updateAsciiStream(String column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateAsciiStream");
    }

    @Override
    public void updateBigDecimal(String column, BigDecimal bigDecimal) throws SQLException {
        throw Unsupported.method("ResultSet.updateBigDecimal");
    }

    @Override
    public void updateBinaryStream(String column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("ResultSet.updateBinaryStream");
    }

    @Override
    public void updateBinaryStream(String column, InputStream inputStream, int number) throws SQLException {
        throw Unsupported.method("ResultSet.updateBinaryStream");
    }

    @Override
    public void updateBinaryStream(String column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateBinaryStream");
    }

    @Override
    public void updateBlob(String column, Blob blob) throws SQLException {
        throw Unsupported.method("ResultSet.updateBlob");
    }

    @Override
    public void updateBlob(String column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("ResultSet.updateBlob");
    }

    @Override
    public void updateBlob(String column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateBlob");
    }

    @Override
    public void updateBoolean(String column, boolean flag) throws SQLException {
        throw Unsupported.method("ResultSet.updateBoolean");
    }

    @Override
    public void updateByte(String column, byte byteValue) throws SQLException {
        throw Unsupported.method("ResultSet.updateByte");
    }

    @Override
    public void updateBytes(String column, byte[] bytes) throws SQLException {
        throw Unsupported.method("ResultSet.updateBytes");
    }

    @Override
    public void updateCharacterStream(String column, Reader reader) throws SQLException {
        throw Unsupported.method("ResultSet.updateCharacterStream");
    }

    @Override
    public void updateCharacterStream(String column, Reader reader, int number) throws SQLException {
        throw Unsupported.method("ResultSet.updateCharacterStream");
    }

    @Override
    public void updateCharacterStream(String column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateCharacterStream");
    }

    @Override
    public void updateClob(String column, Clob clob) throws SQLException {
        throw Unsupported.method("ResultSet.updateClob");
    }

    @Override
    public void updateClob(String column, Reader reader) throws SQLException {
        throw Unsupported.method("ResultSet.updateClob");
    }

    @Override
    public void updateClob(String column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateClob");
    }

    @Override
    public void updateDate(String column, Date date) throws SQLException {
        throw Unsupported.method("ResultSet.updateDate");
    }

    @Override
    public void updateDouble(String column, double doubleValue) throws SQLException {
        throw Unsupported.method("ResultSet.updateDouble");
    }

    @Override
    public void updateFloat(String column, float floatValue) throws SQLException {
        throw Unsupported.method("ResultSet.updateFloat");
    }

    @Override
    public void updateInt(String column, int number) throws SQLException {
        throw Unsupported.method("ResultSet.updateInt");
    }

    @Override
    public void updateLong(String column, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateLong");
    }

    @Override
    public void updateNCharacterStream(String column, Reader reader) throws SQLException {
        throw Unsupported.method("ResultSet.updateNCharacterStream");
    }

    @Override
    public void updateNCharacterStream(String column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateNCharacterStream");
    }

    @Override
    public void updateNClob(String column, NClob nClob) throws SQLException {
        throw Unsupported.method("ResultSet.updateNClob");
    }

    @Override
    public void updateNClob(String column, Reader reader) throws SQLException {
        throw Unsupported.method("ResultSet.updateNClob");
    }

    @Override
    public void updateNClob(String column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateNClob");
    }

    @Override
    public void updateNString(String column, String name2) throws SQLException {
        throw Unsupported.method("ResultSet.updateNString");
    }

    @Override
    public void updateNull(String column) throws SQLException {
        throw Unsupported.method("ResultSet.updateNull");
    }

    @Override
    public void updateObject(String column, Object value) throws SQLException {
        throw Unsupported.method("ResultSet.updateObject");
    }

    @Override
    public void updateObject(String column, Object value, int number) throws SQLException {
        throw Unsupported.method("ResultSet.updateObject");
    }

    @Override
    public void updateRef(String column, Ref ref) throws SQLException {
        throw Unsupported.method("ResultSet.updateRef");
    }

    @Override
    public void updateRowId(String column, RowId rowId) throws SQLException {
        throw Unsupported.method("ResultSet.updateRowId");
    }

    @Override
    public void updateSQLXML(String column, SQLXML sqlxml) throws SQLException {
        throw Unsupported.method("ResultSet.updateSQLXML");
    }

    @Override
    public void updateShort(String column, short shortValue) throws SQLException {
        throw Unsupported.method("ResultSet.updateShort");
    }

    @Override
    public void updateString(String column, String name2) throws SQLException {
        throw Unsupported.method("ResultSet.updateString");
    }

    @Override
    public void updateTime(String column, Time time) throws SQLException {
        throw Unsupported.method("ResultSet.updateTime");
    }

    @Override
    public void updateTimestamp(String column, Timestamp timestamp) throws SQLException {
        throw Unsupported.method("ResultSet.updateTimestamp");
    }
}
