/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;

/** Kinds of parameters that SQLite has no storage class for. */
abstract class UnsupportedPreparedStatement extends DoSqlStatement implements PreparedStatement {
    UnsupportedPreparedStatement(DoSqlConnection connection) {
        super(connection);
    }

    @Override
    public ParameterMetaData getParameterMetaData() throws SQLException {
        throw Unsupported.method("PreparedStatement.getParameterMetaData");
    }

    @Override
    public void setArray(int column, Array array) throws SQLException {
        throw Unsupported.method("PreparedStatement.setArray");
    }

    @Override
    public void setAsciiStream(int column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("PreparedStatement.setAsciiStream");
    }

    @Override
    public void setAsciiStream(int column, InputStream inputStream, int number2) throws SQLException {
        throw Unsupported.method("PreparedStatement.setAsciiStream");
    }

    @Override
    public void setAsciiStream(int column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("PreparedStatement.setAsciiStream");
    }

    @Override
    public void setBinaryStream(int column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("PreparedStatement.setBinaryStream");
    }

    @Override
    public void setBinaryStream(int column, InputStream inputStream, int number2) throws SQLException {
        throw Unsupported.method("PreparedStatement.setBinaryStream");
    }

    @Override
    public void setBinaryStream(int column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("PreparedStatement.setBinaryStream");
    }

    @Override
    public void setBlob(int column, Blob blob) throws SQLException {
        throw Unsupported.method("PreparedStatement.setBlob");
    }

    @Override
    public void setBlob(int column, InputStream inputStream) throws SQLException {
        throw Unsupported.method("PreparedStatement.setBlob");
    }

    @Override
    public void setBlob(int column, InputStream inputStream, long length) throws SQLException {
        throw Unsupported.method("PreparedStatement.setBlob");
    }

    @Override
    public void setCharacterStream(int column, Reader reader) throws SQLException {
        throw Unsupported.method("PreparedStatement.setCharacterStream");
    }

    @Override
    public void setCharacterStream(int column, Reader reader, int number2) throws SQLException {
        throw Unsupported.method("PreparedStatement.setCharacterStream");
    }

    @Override
    public void setCharacterStream(int column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("PreparedStatement.setCharacterStream");
    }

    @Override
    public void setClob(int column, Clob clob) throws SQLException {
        throw Unsupported.method("PreparedStatement.setClob");
    }

    @Override
    public void setClob(int column, Reader reader) throws SQLException {
        throw Unsupported.method("PreparedStatement.setClob");
    }

    @Override
    public void setClob(int column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("PreparedStatement.setClob");
    }

    @Override
    public void setDate(int column, Date date) throws SQLException {
        throw Unsupported.method("PreparedStatement.setDate");
    }

    @Override
    public void setDate(int column, Date date, Calendar calendar) throws SQLException {
        throw Unsupported.method("PreparedStatement.setDate");
    }

    @Override
    public void setNCharacterStream(int column, Reader reader) throws SQLException {
        throw Unsupported.method("PreparedStatement.setNCharacterStream");
    }

    @Override
    public void setNCharacterStream(int column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("PreparedStatement.setNCharacterStream");
    }

    @Override
    public void setNClob(int column, NClob nClob) throws SQLException {
        throw Unsupported.method("PreparedStatement.setNClob");
    }

    @Override
    public void setNClob(int column, Reader reader) throws SQLException {
        throw Unsupported.method("PreparedStatement.setNClob");
    }

    @Override
    public void setNClob(int column, Reader reader, long length) throws SQLException {
        throw Unsupported.method("PreparedStatement.setNClob");
    }

    @Override
    public void setRef(int column, Ref ref) throws SQLException {
        throw Unsupported.method("PreparedStatement.setRef");
    }

    @Override
    public void setRowId(int column, RowId rowId) throws SQLException {
        throw Unsupported.method("PreparedStatement.setRowId");
    }

    @Override
    public void setSQLXML(int column, SQLXML sqlxml) throws SQLException {
        throw Unsupported.method("PreparedStatement.setSQLXML");
    }

    @Override
    public void setTime(int column, Time time) throws SQLException {
        throw Unsupported.method("PreparedStatement.setTime");
    }

    @Override
    public void setTime(int column, Time time, Calendar calendar) throws SQLException {
        throw Unsupported.method("PreparedStatement.setTime");
    }

    @Override
    public void setTimestamp(int column, Timestamp timestamp, Calendar calendar) throws SQLException {
        throw Unsupported.method("PreparedStatement.setTimestamp");
    }

    @Override
    public void setURL(int column, URL url) throws SQLException {
        throw Unsupported.method("PreparedStatement.setURL");
    }

    @Override
    public void setUnicodeStream(int column, InputStream inputStream, int number2) throws SQLException {
        throw Unsupported.method("PreparedStatement.setUnicodeStream");
    }
}
