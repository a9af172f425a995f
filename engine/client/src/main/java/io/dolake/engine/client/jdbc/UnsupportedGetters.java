/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
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
import java.util.Calendar;
import java.util.Map;

/** Types that SQLite has no storage class for. */
abstract class UnsupportedGetters extends UnsupportedUpdates {
    @Override
    public Array getArray(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getArray");
    }

    @Override
    public Array getArray(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getArray");
    }

    @Override
    public InputStream getAsciiStream(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getAsciiStream");
    }

    @Override
    public InputStream getAsciiStream(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getAsciiStream");
    }

    @Override
    public BigDecimal getBigDecimal(String column, int number) throws SQLException {
        throw Unsupported.method("ResultSet.getBigDecimal");
    }

    @Override
    public BigDecimal getBigDecimal(int column, int number2) throws SQLException {
        throw Unsupported.method("ResultSet.getBigDecimal");
    }

    @Override
    public InputStream getBinaryStream(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getBinaryStream");
    }

    @Override
    public InputStream getBinaryStream(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getBinaryStream");
    }

    @Override
    public Blob getBlob(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getBlob");
    }

    @Override
    public Blob getBlob(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getBlob");
    }

    @Override
    public Reader getCharacterStream(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getCharacterStream");
    }

    @Override
    public Reader getCharacterStream(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getCharacterStream");
    }

    @Override
    public Clob getClob(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getClob");
    }

    @Override
    public Clob getClob(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getClob");
    }

    @Override
    public Date getDate(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getDate");
    }

    @Override
    public Date getDate(String column, Calendar calendar) throws SQLException {
        throw Unsupported.method("ResultSet.getDate");
    }

    @Override
    public Date getDate(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getDate");
    }

    @Override
    public Date getDate(int column, Calendar calendar) throws SQLException {
        throw Unsupported.method("ResultSet.getDate");
    }

    @Override
    public Reader getNCharacterStream(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getNCharacterStream");
    }

    @Override
    public Reader getNCharacterStream(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getNCharacterStream");
    }

    @Override
    public NClob getNClob(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getNClob");
    }

    @Override
    public NClob getNClob(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getNClob");
    }

    @Override
    public String getNString(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getNString");
    }

    @Override
    public String getNString(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getNString");
    }

    @Override
    public Object getObject(String column, Map<String, Class<?>> map) throws SQLException {
        throw Unsupported.method("ResultSet.getObject");
    }

    @Override
    public Object getObject(int column, Map<String, Class<?>> map) throws SQLException {
        throw Unsupported.method("ResultSet.getObject");
    }

    @Override
    public Ref getRef(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getRef");
    }

    @Override
    public Ref getRef(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getRef");
    }

    @Override
    public RowId getRowId(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getRowId");
    }

    @Override
    public RowId getRowId(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getRowId");
    }

    @Override
    public SQLXML getSQLXML(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getSQLXML");
    }

    @Override
    public SQLXML getSQLXML(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getSQLXML");
    }

    @Override
    public Time getTime(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getTime");
    }

    @Override
    public Time getTime(String column, Calendar calendar) throws SQLException {
        throw Unsupported.method("ResultSet.getTime");
    }

    @Override
    public Time getTime(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getTime");
    }

    @Override
    public Time getTime(int column, Calendar calendar) throws SQLException {
        throw Unsupported.method("ResultSet.getTime");
    }

    @Override
    public Timestamp getTimestamp(String column, Calendar calendar) throws SQLException {
        throw Unsupported.method("ResultSet.getTimestamp");
    }

    @Override
    public Timestamp getTimestamp(int column, Calendar calendar) throws SQLException {
        throw Unsupported.method("ResultSet.getTimestamp");
    }

    @Override
    public URL getURL(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getURL");
    }

    @Override
    public URL getURL(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getURL");
    }

    @Override
    public InputStream getUnicodeStream(String column) throws SQLException {
        throw Unsupported.method("ResultSet.getUnicodeStream");
    }

    @Override
    public InputStream getUnicodeStream(int column) throws SQLException {
        throw Unsupported.method("ResultSet.getUnicodeStream");
    }
}
