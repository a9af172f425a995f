/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.Attribute;
import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.debezium.relational.TableEditor;
import io.debezium.relational.TableId;
import java.util.ArrayList;
import java.util.List;

/**
 * A table in the framework's form. The framework's own class considers columns the same if their names differ in the
 * case of any letter; here they are separate, as in SQLite.
 *
 * @param columns in the order of their positions
 * @param rescuedKey the last column of the key of rows whose key columns do not identify them; null in the form for
 *     other rows
 */
record EventTable(TableId id, List<Column> columns, List<String> primaryKeyColumnNames, String rescuedKey)
        implements Table {

    @Override
    public List<String> retrieveColumnNames() {
        return columns.stream().map(Column::name).toList();
    }

    @Override
    public Column columnWithName(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public boolean isPrimaryKeyColumn(String columnName) {
        return primaryKeyColumnNames.contains(columnName);
    }

    /** The columns of a configured key, provided that they identify any row. */
    List<Column> key(List<Column> named) {
        if (rescuedKey == null || named.contains(columnWithName(rescuedKey))) {
            return named;
        }
        List<Column> key = new ArrayList<>(named);
        key.add(columnWithName(rescuedKey));
        return key;
    }

    @Override
    public String defaultCharsetName() {
        return null;
    }

    @Override
    public String comment() {
        return null;
    }

    @Override
    public List<Attribute> attributes() {
        return List.of();
    }

    @Override
    public Attribute attributeWithName(String name) {
        return null;
    }

    @Override
    public TableEditor edit() {
        throw new UnsupportedOperationException("Cannot edit table " + id + ": its mapping is rebuilt instead");
    }
}
