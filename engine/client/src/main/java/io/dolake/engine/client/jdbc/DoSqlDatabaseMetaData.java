/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.RowIdLifetime;
import java.sql.SQLException;

/**
 * The metadata of one database. Its name is the catalog; there are no schemas. Tables of attached databases, such as
 * the change log, are not listed.
 */
final class DoSqlDatabaseMetaData extends UnsupportedMetaData {
    private static final int JDBC_MAJOR_VERSION = 4;
    private static final int JDBC_MINOR_VERSION = 3;
    private static final String NO_SUCH_TABLE = "";

    private final DoSqlConnection connection;
    private final MetaDataRows rows;

    DoSqlDatabaseMetaData(DoSqlConnection connection) {
        this.connection = connection;
        this.rows = new MetaDataRows(connection);
    }

    @Override
    public ResultSet getTables(String catalog, String schemaPattern, String namePattern, String[] types)
            throws SQLException {
        return rows.tables(rows.isHere(catalog) ? namePattern : NO_SUCH_TABLE, types);
    }

    @Override
    public ResultSet getColumns(String catalog, String schemaPattern, String tablePattern, String columnPattern)
            throws SQLException {
        return rows.columns(rows.isHere(catalog) ? tablePattern : NO_SUCH_TABLE, columnPattern);
    }

    @Override
    public ResultSet getPrimaryKeys(String catalog, String schema, String table) throws SQLException {
        return rows.primaryKeys(rows.isHere(catalog) ? table : NO_SUCH_TABLE);
    }

    @Override
    public ResultSet getIndexInfo(String catalog, String schema, String table, boolean unique, boolean approximate)
            throws SQLException {
        return rows.indexes(rows.isHere(catalog) ? table : NO_SUCH_TABLE, unique);
    }

    @Override
    public ResultSet getCatalogs() throws SQLException {
        return rows.catalogs();
    }

    @Override
    public ResultSet getSchemas() {
        return rows.schemas();
    }

    @Override
    public ResultSet getSchemas(String catalog, String schemaPattern) {
        return rows.schemas();
    }

    @Override
    public ResultSet getTableTypes() {
        return rows.tableTypes();
    }

    @Override
    public String getDatabaseProductName() {
        return "DoSQL";
    }

    /** The version of SQLite in the engine. */
    @Override
    public String getDatabaseProductVersion() throws SQLException {
        return rows.sqliteVersion();
    }

    @Override
    public int getDatabaseMajorVersion() throws SQLException {
        return versionPart(0);
    }

    @Override
    public int getDatabaseMinorVersion() throws SQLException {
        return versionPart(1);
    }

    private int versionPart(int part) throws SQLException {
        return Integer.parseInt(getDatabaseProductVersion().split("\\.", -1)[part]);
    }

    @Override
    public String getDriverName() {
        return DoSqlDriver.NAME;
    }

    @Override
    public String getDriverVersion() {
        return DoSqlDriver.MAJOR_VERSION + "." + DoSqlDriver.MINOR_VERSION;
    }

    @Override
    public int getDriverMajorVersion() {
        return DoSqlDriver.MAJOR_VERSION;
    }

    @Override
    public int getDriverMinorVersion() {
        return DoSqlDriver.MINOR_VERSION;
    }

    @Override
    public int getJDBCMajorVersion() {
        return JDBC_MAJOR_VERSION;
    }

    @Override
    public int getJDBCMinorVersion() {
        return JDBC_MINOR_VERSION;
    }

    @Override
    public String getURL() {
        return connection.url().url();
    }

    @Override
    public String getUserName() {
        return "";
    }

    @Override
    public Connection getConnection() {
        return connection;
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        return connection.isReadOnly();
    }

    @Override
    public String getIdentifierQuoteString() {
        return "\"";
    }

    @Override
    public String getExtraNameCharacters() {
        return "$";
    }

    @Override
    public String getSearchStringEscape() {
        return NamePattern.ESCAPE;
    }

    @Override
    public String getCatalogTerm() {
        return "database";
    }

    @Override
    public String getCatalogSeparator() {
        return ".";
    }

    @Override
    public String getSchemaTerm() {
        return "";
    }

    @Override
    public String getProcedureTerm() {
        return "";
    }

    @Override
    public String getSQLKeywords() {
        return "ABORT,ATTACH,CONFLICT,DETACH,EXPLAIN,FAIL,GLOB,INDEX,INDEXED,INSTEAD,ISNULL,NOTNULL,PRAGMA,RAISE,REGEXP,"
                + "REINDEX,REPLACE,RETURNING,VACUUM,VIRTUAL,WITHOUT";
    }

    @Override
    public String getNumericFunctions() {
        return "abs,max,min,random,round,sign";
    }

    @Override
    public String getStringFunctions() {
        return "char,hex,instr,length,lower,ltrim,printf,quote,replace,rtrim,substr,trim,unicode,upper";
    }

    @Override
    public String getSystemFunctions() {
        return "coalesce,ifnull,iif,last_insert_rowid,nullif,typeof";
    }

    @Override
    public String getTimeDateFunctions() {
        return "date,datetime,julianday,strftime,time,unixepoch";
    }

    @Override
    public int getSQLStateType() {
        return sqlStateSQL;
    }

    @Override
    public int getDefaultTransactionIsolation() {
        return Connection.TRANSACTION_SERIALIZABLE;
    }

    @Override
    public boolean supportsTransactionIsolationLevel(int level) {
        return level == Connection.TRANSACTION_SERIALIZABLE;
    }

    @Override
    public boolean supportsResultSetType(int type) {
        return type == ResultSet.TYPE_FORWARD_ONLY;
    }

    @Override
    public boolean supportsResultSetConcurrency(int type, int concurrency) {
        return type == ResultSet.TYPE_FORWARD_ONLY && concurrency == ResultSet.CONCUR_READ_ONLY;
    }

    @Override
    public boolean supportsResultSetHoldability(int holdability) {
        return holdability == getResultSetHoldability();
    }

    @Override
    public int getResultSetHoldability() {
        return ResultSet.CLOSE_CURSORS_AT_COMMIT;
    }

    @Override
    public RowIdLifetime getRowIdLifetime() {
        return RowIdLifetime.ROWID_UNSUPPORTED;
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Unsupported.unwrap(type, this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
