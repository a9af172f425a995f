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
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;

/** Updates by column number, which the read-only result set does not support. */
abstract class UnsupportedUpdates extends UnsupportedUpdatesByName {
    @Override
    public void updateArray(int column, Array array) throws SQLException {
        throw Unsupported.method("ResultSet.updateArray");
    }

    @Override
    public void updateAsciiStream(int column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("ResultSet.updateAsciiStream");
    }

    @Override
    public void updateAsciiStream(int column, InputStream inputStream, int number2) throws SQLException {
        throw Unsupported.method("ResultSet.updateAsciiStream");
    }

    @Override
    public void updateAsciiStream(int column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateAsciiStream");
    }

    @Override
    public void updateBigDecimal(int column, BigDecimal bigDecimal) throws SQLException {
        throw Unsupported.method("ResultSet.updateBigDecimal");
    }

    @Override
    public void updateBinaryStream(int column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("ResultSet.updateBinaryStream");
    }

    @Override
    public void updateBinaryStream(int column, InputStream inputStream, int number2) throws SQLException {
        throw Unsupported.method("ResultSet.updateBinaryStream");
    }

    @Override
    public void updateBinaryStream(int column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateBinaryStream");
    }

    @Override
    public void updateBlob(int column, Blob blob) throws SQLException {
        throw Unsupported.method("ResultSet.updateBlob");
    }

    @Override
    public void updateBlob(int column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("ResultSet.updateBlob");
    }

    @Override
    public void updateBlob(int column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateBlob");
    }

    @Override
    public void updateBoolean(int column, boolean flag) throws SQLException {
        throw Unsupported.method("ResultSet.updateBoolean");
    }

    @Override
    public void updateByte(int column, byte byteValue) throws SQLException {
        throw Unsupported.method("ResultSet.updateByte");
    }

    @Override
    public void updateBytes(int column, byte[] bytes) throws SQLException {
        throw Unsupported.method("ResultSet.updateBytes");
    }

    @Override
    public void updateCharacterStream(int column, Reader reader) throws SQLException {
        throw Unsupported.method("ResultSet.updateCharacterStream");
    }

    @Override
    public void updateCharacterStream(int column, Reader reader, int number2) throws SQLException {
        throw Unsupported.method("ResultSet.updateCharacterStream");
    }

    @Override
    public void updateCharacterStream(int column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateCharacterStream");
    }

    @Override
    public void updateClob(int column, Clob clob) throws SQLException {
        throw Unsupported.method("ResultSet.updateClob");
    }

    @Override
    public void updateClob(int column, Reader reader) throws SQLException {
        throw Unsupported.method("ResultSet.updateClob");
    }

    @Override
    public void updateClob(int column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateClob");
    }

    @Override
    public void updateDate(int column, Date date) throws SQLException {
        throw Unsupported.method("ResultSet.updateDate");
    }

    @Override
    public void updateDouble(int column, double doubleValue) throws SQLException {
        throw Unsupported.method("ResultSet.updateDouble");
    }

    @Override
    public void updateFloat(int column, float floatValue) throws SQLException {
        throw Unsupported.method("ResultSet.updateFloat");
    }

    @Override
    public void updateInt(int column, int number2) throws SQLException {
        throw Unsupported.method("ResultSet.updateInt");
    }

    @Override
    public void updateLong(int column, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateLong");
    }

    @Override
    public void updateNCharacterStream(int column, Reader reader) throws SQLException {
        throw Unsupported.method("ResultSet.updateNCharacterStream");
    }

    @Override
    public void updateNCharacterStream(int column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateNCharacterStream");
    }

    @Override
    public void updateNClob(int column, NClob nClob) throws SQLException {
        throw Unsupported.method("ResultSet.updateNClob");
    }

    @Override
    public void updateNClob(int column, Reader reader) throws SQLException {
        throw Unsupported.method("ResultSet.updateNClob");
    }

    @Override
    public void updateNClob(int column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("ResultSet.updateNClob");
    }

    @Override
    public void updateNString(int column, String name) throws SQLException {
        throw Unsupported.method("ResultSet.updateNString");
    }

    @Override
    public void updateNull(int column) throws SQLException {
        throw Unsupported.method("ResultSet.updateNull");
    }

    @Override
    public void updateObject(int column, Object value) throws SQLException {
        throw Unsupported.method("ResultSet.updateObject");
    }

    @Override
    public void updateObject(int column, Object value, int number2) throws SQLException {
        throw Unsupported.method("ResultSet.updateObject");
    }

    @Override
    public void updateRef(int column, Ref ref) throws SQLException {
        throw Unsupported.method("ResultSet.updateRef");
    }

    @Override
    public void updateRow() throws SQLException {
        throw Unsupported.method("ResultSet.updateRow");
    }

    @Override
    public void updateRowId(int column, RowId rowId) throws SQLException {
        throw Unsupported.method("ResultSet.updateRowId");
    }

    @Override
    public void updateSQLXML(int column, SQLXML sqlxml) throws SQLException {
        throw Unsupported.method("ResultSet.updateSQLXML");
    }

    @Override
    public void updateShort(int column, short shortValue) throws SQLException {
        throw Unsupported.method("ResultSet.updateShort");
    }

    @Override
    public void updateString(int column, String name) throws SQLException {
        throw Unsupported.method("ResultSet.updateString");
    }

    @Override
    public void updateTime(int column, Time time) throws SQLException {
        throw Unsupported.method("ResultSet.updateTime");
    }

    @Override
    public void updateTimestamp(int column, Timestamp timestamp) throws SQLException {
        throw Unsupported.method("ResultSet.updateTimestamp");
    }
}
