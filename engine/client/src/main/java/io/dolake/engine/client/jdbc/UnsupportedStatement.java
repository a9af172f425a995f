/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.sql.SQLException;
import java.sql.Statement;

/** The methods of a statement that this driver does not support. */
abstract class UnsupportedStatement implements Statement {
    @Override
    public void cancel() throws SQLException {
        throw Unsupported.method("Statement.cancel");
    }

    @Override
    public void closeOnCompletion() throws SQLException {
        throw Unsupported.method("Statement.closeOnCompletion");
    }

    @Override
    public boolean execute(String name, String[] several) throws SQLException {
        throw Unsupported.method("Statement.execute");
    }

    @Override
    public boolean execute(String name, int[] several) throws SQLException {
        throw Unsupported.method("Statement.execute");
    }

    @Override
    public int executeUpdate(String name, String[] several) throws SQLException {
        throw Unsupported.method("Statement.executeUpdate");
    }

    @Override
    public int executeUpdate(String name, int[] several) throws SQLException {
        throw Unsupported.method("Statement.executeUpdate");
    }

    @Override
    public int getMaxFieldSize() throws SQLException {
        throw Unsupported.method("Statement.getMaxFieldSize");
    }

    @Override
    public boolean getMoreResults(int number) throws SQLException {
        throw Unsupported.method("Statement.getMoreResults");
    }

    @Override
    public void setCursorName(String name) throws SQLException {
        throw Unsupported.method("Statement.setCursorName");
    }

    @Override
    public void setMaxFieldSize(int number) throws SQLException {
        throw Unsupported.method("Statement.setMaxFieldSize");
    }
}
