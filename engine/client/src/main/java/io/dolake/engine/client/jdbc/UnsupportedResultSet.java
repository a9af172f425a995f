/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.sql.SQLException;

/** Cursor moves that a forward-only result set does not support. */
abstract class UnsupportedResultSet extends UnsupportedGetters {
    @Override
    public boolean absolute(int column) throws SQLException {
        throw Unsupported.method("ResultSet.absolute");
    }

    @Override
    public void afterLast() throws SQLException {
        throw Unsupported.method("ResultSet.afterLast");
    }

    @Override
    public void beforeFirst() throws SQLException {
        throw Unsupported.method("ResultSet.beforeFirst");
    }

    @Override
    public void cancelRowUpdates() throws SQLException {
        throw Unsupported.method("ResultSet.cancelRowUpdates");
    }

    @Override
    public void deleteRow() throws SQLException {
        throw Unsupported.method("ResultSet.deleteRow");
    }

    @Override
    public boolean first() throws SQLException {
        throw Unsupported.method("ResultSet.first");
    }

    @Override
    public String getCursorName() throws SQLException {
        throw Unsupported.method("ResultSet.getCursorName");
    }

    @Override
    public void insertRow() throws SQLException {
        throw Unsupported.method("ResultSet.insertRow");
    }

    @Override
    public boolean isAfterLast() throws SQLException {
        throw Unsupported.method("ResultSet.isAfterLast");
    }

    @Override
    public boolean isFirst() throws SQLException {
        throw Unsupported.method("ResultSet.isFirst");
    }

    @Override
    public boolean isLast() throws SQLException {
        throw Unsupported.method("ResultSet.isLast");
    }

    @Override
    public boolean last() throws SQLException {
        throw Unsupported.method("ResultSet.last");
    }

    @Override
    public void moveToCurrentRow() throws SQLException {
        throw Unsupported.method("ResultSet.moveToCurrentRow");
    }

    @Override
    public void moveToInsertRow() throws SQLException {
        throw Unsupported.method("ResultSet.moveToInsertRow");
    }

    @Override
    public boolean previous() throws SQLException {
        throw Unsupported.method("ResultSet.previous");
    }

    @Override
    public void refreshRow() throws SQLException {
        throw Unsupported.method("ResultSet.refreshRow");
    }

    @Override
    public boolean relative(int column) throws SQLException {
        throw Unsupported.method("ResultSet.relative");
    }

    @Override
    public boolean rowDeleted() throws SQLException {
        throw Unsupported.method("ResultSet.rowDeleted");
    }

    @Override
    public boolean rowInserted() throws SQLException {
        throw Unsupported.method("ResultSet.rowInserted");
    }

    @Override
    public boolean rowUpdated() throws SQLException {
        throw Unsupported.method("ResultSet.rowUpdated");
    }
}
