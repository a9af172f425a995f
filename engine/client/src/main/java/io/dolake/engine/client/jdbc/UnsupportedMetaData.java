/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Metadata lists that the engine does not have or does not provide. */
abstract class UnsupportedMetaData extends MetaDataProperties {
    @Override
    public ResultSet getAttributes(String name, String name2, String name3, String name4) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getAttributes");
    }

    @Override
    public ResultSet getBestRowIdentifier(String name, String name2, String name3, int number, boolean flag)
            throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getBestRowIdentifier");
    }

    @Override
    public ResultSet getClientInfoProperties() throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getClientInfoProperties");
    }

    @Override
    public ResultSet getColumnPrivileges(String name, String name2, String name3, String name4) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getColumnPrivileges");
    }

    @Override
    public ResultSet getCrossReference(
            String name, String name2, String name3, String name4, String name5, String name6) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getCrossReference");
    }

    @Override
    public ResultSet getExportedKeys(String name, String name2, String name3) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getExportedKeys");
    }

    @Override
    public ResultSet getFunctionColumns(String name, String name2, String name3, String name4) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getFunctionColumns");
    }

    @Override
    public ResultSet getFunctions(String name, String name2, String name3) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getFunctions");
    }

    @Override
    public ResultSet getImportedKeys(String name, String name2, String name3) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getImportedKeys");
    }

    @Override
    public ResultSet getProcedureColumns(String name, String name2, String name3, String name4) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getProcedureColumns");
    }

    @Override
    public ResultSet getProcedures(String name, String name2, String name3) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getProcedures");
    }

    @Override
    public ResultSet getPseudoColumns(String name, String name2, String name3, String name4) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getPseudoColumns");
    }

    @Override
    public ResultSet getSuperTables(String name, String name2, String name3) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getSuperTables");
    }

    @Override
    public ResultSet getSuperTypes(String name, String name2, String name3) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getSuperTypes");
    }

    @Override
    public ResultSet getTablePrivileges(String name, String name2, String name3) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getTablePrivileges");
    }

    @Override
    public ResultSet getTypeInfo() throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getTypeInfo");
    }

    @Override
    public ResultSet getUDTs(String name, String name2, String name3, int[] several) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getUDTs");
    }

    @Override
    public ResultSet getVersionColumns(String name, String name2, String name3) throws SQLException {
        throw Unsupported.method("DatabaseMetaData.getVersionColumns");
    }
}
