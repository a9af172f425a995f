/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.engine.client.QueryResult;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/** Columns of a result. The type of an expression is that of its value in the row that was current at the call. */
final class DoSqlResultSetMetaData implements ResultSetMetaData {
    private final List<QueryResult.Column> columns;
    private final Object[] row;
    private final String catalog;

    /** @param row null if there is none */
    DoSqlResultSetMetaData(List<QueryResult.Column> columns, Object[] row, String catalog) {
        this.columns = columns;
        this.row = row;
        this.catalog = catalog;
    }

    private QueryResult.Column column(int number) throws SQLException {
        if (number < 1 || number > columns.size()) {
            throw new SQLException(
                    "Cannot describe column " + number + ": the result has " + columns.size(),
                    SqlExceptions.INVALID_ARGUMENT);
        }
        return columns.get(number - 1);
    }

    @Override
    public int getColumnCount() {
        return columns.size();
    }

    @Override
    public String getColumnLabel(int number) throws SQLException {
        return column(number).name();
    }

    @Override
    public String getColumnName(int number) throws SQLException {
        return column(number).name();
    }

    @Override
    public String getColumnTypeName(int number) throws SQLException {
        return SqlTypes.name(column(number).declaredType());
    }

    @Override
    public int getColumnType(int number) throws SQLException {
        String declared = column(number).declaredType();
        return declared.isEmpty() && row != null ? SqlTypes.ofValue(row[number - 1]) : SqlTypes.of(declared);
    }

    @Override
    public String getColumnClassName(int number) throws SQLException {
        return SqlTypes.className(getColumnType(number));
    }

    @Override
    public int getColumnDisplaySize(int number) throws SQLException {
        return getPrecision(number);
    }

    @Override
    public int getPrecision(int number) throws SQLException {
        return SqlTypes.size(column(number).declaredType());
    }

    @Override
    public int getScale(int number) throws SQLException {
        Integer scale = SqlTypes.scale(column(number).declaredType());
        return scale == null ? 0 : scale;
    }

    @Override
    public boolean isSigned(int number) throws SQLException {
        int type = getColumnType(number);
        return type == Types.BIGINT || type == Types.DOUBLE;
    }

    @Override
    public int isNullable(int number) {
        return columnNullableUnknown;
    }

    @Override
    public boolean isAutoIncrement(int number) {
        return false;
    }

    @Override
    public boolean isCaseSensitive(int number) {
        return true;
    }

    @Override
    public boolean isSearchable(int number) {
        return true;
    }

    @Override
    public boolean isCurrency(int number) {
        return false;
    }

    @Override
    public String getSchemaName(int number) {
        return "";
    }

    /** Not known: the server does not say which table a column comes from. */
    @Override
    public String getTableName(int number) {
        return "";
    }

    @Override
    public String getCatalogName(int number) {
        return catalog;
    }

    @Override
    public boolean isReadOnly(int number) {
        return true;
    }

    @Override
    public boolean isWritable(int number) {
        return false;
    }

    @Override
    public boolean isDefinitelyWritable(int number) {
        return false;
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
