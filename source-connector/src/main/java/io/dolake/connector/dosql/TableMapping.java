/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.Column;
import io.debezium.relational.TableId;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.TableSchema;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the rows of one table, with one schema, appear in events. The columns of an event are: {@code _rowid_} if the
 * table has no primary key; the stored and generated columns in declared order, except virtual ones; {@code
 * _rescued_data} once a value was seen that its column cannot hold; and {@code _rescued_key} once a row was seen that
 * its key columns do not identify, because one is NULL or cannot hold its value.
 */
final class TableMapping {
    private final TableId id;
    private final TableSchema schema;
    private final boolean hasRowid;
    private final boolean hasRescued;
    private final boolean hasRescuedKey;
    private final TableRules rules;
    private final EventNames names;
    private final ColumnType[] types;
    private final EventTable table;

    private TableMapping(TableId id, TableSchema schema, boolean hasRescued, boolean hasRescuedKey, TableRules rules) {
        this.id = id;
        this.schema = schema;
        this.rules = rules;
        this.hasRowid = schema.primaryKey().isEmpty();
        this.hasRescued = hasRescued;
        this.hasRescuedKey = hasRescuedKey;
        this.names = EventNames.of(schema);
        this.types = new ColumnType[schema.columns().size()];
        for (int i = 0; i < types.length; i++) {
            // a mask replaces each value, of whatever type
            types[i] = rules.masks(i)
                    ? ColumnType.STRING
                    : ColumnType.of(schema.columns().get(i), schema.strict());
        }
        this.table = describe(hasRescuedKey);
    }

    static TableMapping of(String database, TableSchema schema) {
        return of(database, schema, ColumnRules.NONE);
    }

    static TableMapping of(String database, TableSchema schema, ColumnRules rules) {
        TableId id = new TableId(database, null, schema.name());
        return new TableMapping(id, schema, false, false, rules.of(id, schema));
    }

    /** The same with the given columns for rescued values. */
    TableMapping withRescued(boolean data, boolean key) {
        return (!data || hasRescued) && (!key || hasRescuedKey)
                ? this
                : new TableMapping(id, schema, data || hasRescued, key || hasRescuedKey, rules);
    }

    TableId id() {
        return id;
    }

    TableSchema schema() {
        return schema;
    }

    /** Whether rows have their rowid in a separate column. */
    boolean hasRowid() {
        return hasRowid;
    }

    boolean hasRescued() {
        return hasRescued;
    }

    boolean hasRescuedKey() {
        return hasRescuedKey;
    }

    /** The table in the framework's form; with {@code _rescued_key}, for the rows that need it. */
    EventTable table() {
        return table;
    }

    /** The same with the key of rows that do not need {@code _rescued_key}. */
    EventTable plainTable() {
        return hasRescuedKey ? describe(false) : table;
    }

    /** The names of its columns in events. */
    EventNames names() {
        return names;
    }

    /** Whether rows may be identified by their rowid alone, although the table has a primary key. */
    boolean mayLackKey() {
        return !hasRowid
                && !schema.withoutRowid()
                && schema.rowidAlias() < 0
                && rules.keepsPrimaryKey()
                && schema.primaryKey().stream()
                        .anyMatch(column -> !schema.columns().get(column).notNull());
    }

    /** Whether events include the column. */
    boolean carries(int column) {
        return rules.carries(column);
    }

    /** The rules for its columns. */
    TableRules rules() {
        return rules;
    }

    /**
     * A row for the columns of {@link #table}; empty if it needs a column for rescued values that this mapping lacks.
     *
     * @param values one per column of the schema: Long, Double, String, RawText, byte[] or null
     * @param rowid ignored unless {@link #hasRowid} or {@link #mayLackKey}
     */
    Optional<Object[]> row(Object[] values, long rowid) {
        Object[] row = new Object[table.columns().size()];
        Misfits misfits = null;
        int at = 0;
        if (hasRowid) {
            row[at++] = rowid;
        }
        for (int i = 0; i < values.length; i++) {
            if (!carries(i)) {
                continue;
            }
            Object value = carried(i, values[i]);
            Object fitted = value == null ? null : types[i].fit(value).orElse(null);
            row[at++] = fitted;
            if (value == null ? isPrimaryKey(i) : fitted == null || types[i].isAmbiguous(value)) {
                misfits = misfits == null ? new Misfits() : misfits;
                if (value == null) {
                    misfits.lacksKey();
                } else {
                    misfits.add(names.columns().get(i), value, rules.isKey(i));
                }
            }
        }
        return misfits == null ? Optional.of(row) : rescue(row, misfits, rowid);
    }

    /** The value of an included column after the column settings are applied. */
    Object carried(int column, Object value) {
        return rules.apply(column, value, isText(types[column]));
    }

    private Optional<Object[]> rescue(Object[] row, Misfits misfits, long rowid) {
        String data = misfits.data();
        String key = misfits.key(rowid);
        if ((data != null && !hasRescued) || (key != null && !hasRescuedKey)) {
            return Optional.empty();
        }
        int at = row.length;
        if (hasRescuedKey) {
            row[--at] = key;
        }
        if (hasRescued) {
            row[--at] = data;
        }
        return Optional.of(row);
    }

    /** The mapping that has columns for everything that is rescued of a row. */
    TableMapping extendedFor(Object[] values, long rowid) {
        TableMapping data = withRescued(true, false);
        TableMapping key = withRescued(false, true);
        return data.row(values, rowid).isPresent()
                ? data
                : key.row(values, rowid).isPresent() ? key : withRescued(true, true);
    }

    private boolean isPrimaryKey(int column) {
        return schema.columns().get(column).primaryKeyIndex() > 0 && rules.keepsPrimaryKey();
    }

    /**
     * Values of a row of an older or newer schema, by column name: a column that only this schema has gets its default.
     */
    Object[] project(TableSchema other, Object[] values) {
        Object[] projected = new Object[schema.columns().size()];
        for (int i = 0; i < projected.length; i++) {
            ColumnSchema column = schema.columns().get(i);
            int from = indexOf(other, column.name());
            projected[i] = from < 0 ? column.defaultValue() : values[from];
        }
        return projected;
    }

    private static int indexOf(TableSchema schema, String name) {
        for (int i = 0; i < schema.columns().size(); i++) {
            if (SqliteNames.equal(schema.columns().get(i).name(), name)) {
                return i;
            }
        }
        return -1;
    }

    /** @param rescuesKey whether for rows with {@code _rescued_key} in their key */
    private EventTable describe(boolean rescuesKey) {
        if (id.table().isBlank()) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot capture table '" + id.table() + "' of database " + id.catalog()
                                    + ": a topic cannot be named after a blank name")
                    .withHint("Rename the table, or leave it out with table.exclude.list");
        }
        List<Column> columns = new ArrayList<>();
        List<String> key = new ArrayList<>();
        if (hasRowid) {
            columns.add(column(columns.size(), names.rowid(), "INTEGER", ColumnType.INT64, false));
            key.add(names.rowid());
        }
        for (int i = 0; i < types.length; i++) {
            if (carries(i)) {
                columns.add(describe(columns.size(), i, rescuesKey));
            }
        }
        schema.primaryKey().stream()
                .filter(this::carries)
                .forEach(i -> key.add(names.columns().get(i)));
        if (hasRescued) {
            columns.add(column(columns.size(), names.rescued(), "TEXT", ColumnType.STRING, true));
        }
        if (hasRescuedKey) {
            columns.add(column(columns.size(), names.rescuedKey(), "TEXT", ColumnType.STRING, true));
        }
        if (rescuesKey) {
            key.add(names.rescuedKey());
        }
        return new EventTable(id, List.copyOf(columns), List.copyOf(key), rescuesKey ? names.rescuedKey() : null);
    }

    /** NOT NULL makes a field required only if its values always fit, since a value that does not fit is null. */
    private Column describe(int position, int index, boolean rescuesKey) {
        ColumnSchema column = schema.columns().get(index);
        boolean required = column.primaryKeyIndex() > 0
                ? !rescuesKey
                : column.notNull() && schema.strict() && isExact(column) && (!hasRescued || alwaysFits(types[index]));
        Column described = column(position, names.columns().get(index), column.declaredType(), types[index], !required);
        if (column.defaultValue() == null || !required || rules.masks(index)) {
            return described;
        }
        return described
                .edit()
                .defaultValueExpression(SqlLiteral.render(column.defaultValue()))
                .create();
    }

    /** For a STRICT table, which holds infinities and malformed text like any other. */
    private static boolean alwaysFits(ColumnType type) {
        return type == ColumnType.INT64 || type == ColumnType.BYTES;
    }

    private static boolean isExact(ColumnSchema column) {
        return !SqliteNames.equal(column.declaredType(), "ANY");
    }

    private static Column column(int index, String name, String declaredType, ColumnType type, boolean optional) {
        return Column.editor()
                .name(name)
                .position(index + 1)
                .type(declaredType)
                .jdbcType(jdbcType(type))
                .nativeType(type.ordinal())
                .optional(optional)
                .create();
    }

    private static boolean isText(ColumnType type) {
        return switch (type) {
            case STRING, ANY_TEXT, NUMERIC_TEXT -> true;
            case BOOLEAN, INT64, FLOAT64, DECIMAL, BYTES -> false;
        };
    }

    private static int jdbcType(ColumnType type) {
        return switch (type) {
            case BOOLEAN -> Types.BOOLEAN;
            case INT64 -> Types.BIGINT;
            case FLOAT64, DECIMAL -> Types.DOUBLE;
            case STRING, ANY_TEXT, NUMERIC_TEXT -> Types.VARCHAR;
            case BYTES -> Types.VARBINARY;
        };
    }
}
