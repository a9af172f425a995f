/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Struct;
import java.util.Map;
import java.util.concurrent.Executor;

/** The methods of a connection that this driver does not support. */
abstract class UnsupportedConnection implements Connection {
    @Override
    public Array createArrayOf(String name, Object[] several) throws SQLException {
        throw Unsupported.method("Connection.createArrayOf");
    }

    @Override
    public Blob createBlob() throws SQLException {
        throw Unsupported.method("Connection.createBlob");
    }

    @Override
    public Clob createClob() throws SQLException {
        throw Unsupported.method("Connection.createClob");
    }

    @Override
    public NClob createNClob() throws SQLException {
        throw Unsupported.method("Connection.createNClob");
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        throw Unsupported.method("Connection.createSQLXML");
    }

    @Override
    public Struct createStruct(String name, Object[] several) throws SQLException {
        throw Unsupported.method("Connection.createStruct");
    }

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        throw Unsupported.method("Connection.getTypeMap");
    }

    @Override
    public CallableStatement prepareCall(String name) throws SQLException {
        throw Unsupported.method("Connection.prepareCall");
    }

    @Override
    public CallableStatement prepareCall(String name, int number, int number2) throws SQLException {
        throw Unsupported.method("Connection.prepareCall");
    }

    @Override
    public CallableStatement prepareCall(String name, int number, int number2, int number3) throws SQLException {
        throw Unsupported.method("Connection.prepareCall");
    }

    @Override
    public PreparedStatement prepareStatement(String name, String[] several) throws SQLException {
        throw Unsupported.method("Connection.prepareStatement");
    }

    @Override
    public PreparedStatement prepareStatement(String name, int[] several) throws SQLException {
        throw Unsupported.method("Connection.prepareStatement");
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        throw Unsupported.method("Connection.releaseSavepoint");
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        throw Unsupported.method("Connection.rollback");
    }

    @Override
    public void setNetworkTimeout(Executor executor, int number) throws SQLException {
        throw Unsupported.method("Connection.setNetworkTimeout");
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        throw Unsupported.method("Connection.setSavepoint");
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        throw Unsupported.method("Connection.setSavepoint");
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        throw Unsupported.method("Connection.setTypeMap");
    }
}
