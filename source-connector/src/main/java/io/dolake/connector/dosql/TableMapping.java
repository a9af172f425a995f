/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the rows of one table, as of one schema, appear in events. The columns of an event are: {@code _rowid_} if the
 * table has no primary key; the stored and generated columns in declared order, virtual ones excepted; and
 * {@code _rescued_data} once a value was seen that its column cannot hold.
 */
final class TableMapping {
    static final String ROWID = "_rowid_";
    static final String RESCUED = "_rescued_data";

    private final TableId id;
    private final TableSchema schema;
    private final boolean hasRowid;
    private final boolean hasRescued;
    private final TableRules rules;
    private final ColumnType[] types;
    private final Table table;

    private TableMapping(TableId id, TableSchema schema, boolean hasRescued, TableRules rules) {
        this.id = id;
        this.schema = schema;
        this.rules = rules;
        this.hasRowid = schema.primaryKey().isEmpty();
        this.hasRescued = hasRescued;
        this.types = new ColumnType[schema.columns().size()];
        for (int i = 0; i < types.length; i++) {
            // a mask stands for each value, of whatever type
            types[i] = rules.masks(i)
                    ? ColumnType.STRING
                    : ColumnType.of(schema.columns().get(i), schema.strict());
        }
        this.table = describe();
    }

    static TableMapping of(String database, TableSchema schema) {
        return of(database, schema, ColumnRules.NONE);
    }

    static TableMapping of(String database, TableSchema schema, ColumnRules rules) {
        TableId id = new TableId(database, null, schema.name());
        return new TableMapping(id, schema, false, rules.of(id, schema));
    }

    /** The same with {@code _rescued_data}. */
    TableMapping withRescued() {
        return hasRescued ? this : new TableMapping(id, schema, true, rules);
    }

    TableId id() {
        return id;
    }

    TableSchema schema() {
        return schema;
    }

    /** Whether rows carry their rowid in a column of its own. */
    boolean hasRowid() {
        return hasRowid;
    }

    boolean hasRescued() {
        return hasRescued;
    }

    /** The table as the framework knows it. */
    Table table() {
        return table;
    }

    /** Whether events carry the column. */
    boolean carries(int column) {
        return rules.carries(column);
    }

    /** What leaves of its columns. */
    TableRules rules() {
        return rules;
    }

    /**
     * A row for the columns of {@link #table}; empty if it needs {@code _rescued_data} and this mapping has none.
     *
     * @param values one per column of the schema: Long, Double, String, byte[] or null
     * @param rowid ignored unless {@link #hasRowid}
     * @throws DoLakeException TYPE_MISMATCH where a column of the primary key is null or does not fit its type
     */
    Optional<Object[]> row(Object[] values, long rowid) {
        Object[] row = new Object[table.columns().size()];
        Map<String, Object> misfits = null;
        int at = 0;
        if (hasRowid) {
            row[at++] = rowid;
        }
        for (int i = 0; i < values.length; i++) {
            if (!carries(i)) {
                continue;
            }
            Object value = rules.apply(i, values[i], isText(types[i]));
            Optional<Object> fitted = value == null ? Optional.empty() : types[i].fit(value);
            row[at++] = fitted.orElse(null);
            boolean isExact = fitted.isPresent() && !types[i].isAmbiguous(value);
            if (!isExact && schema.columns().get(i).primaryKeyIndex() > 0) {
                throw badKey(i, value);
            }
            if (!isExact && value != null) {
                misfits = misfits == null ? new LinkedHashMap<>() : misfits;
                misfits.put(schema.columns().get(i).name(), value);
            }
        }
        if (misfits != null) {
            if (!hasRescued) {
                return Optional.empty();
            }
            row[at] = ValueJson.object(misfits);
        }
        return Optional.of(row);
    }

    /**
     * Values of a row of an older or newer schema, by column name: what this schema has and the other lacks takes its
     * default.
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
            if (schema.columns().get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    private Table describe() {
        if (id.table().isBlank()) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot capture table '" + id.table() + "' of database " + id.catalog()
                                    + ": a topic cannot be named after a blank name")
                    .withHint("Rename the table, or leave it out with table.exclude.list");
        }
        List<Column> columns = new ArrayList<>();
        if (hasRowid) {
            reserve(ROWID);
            columns.add(column(ROWID, "INTEGER", ColumnType.INT64, false));
        }
        for (int i = 0; i < types.length; i++) {
            ColumnSchema column = schema.columns().get(i);
            if (carries(i)) {
                columns.add(describe(column, types[i], rules.masks(i)));
            }
        }
        if (hasRescued) {
            reserve(RESCUED);
            columns.add(column(RESCUED, "TEXT", ColumnType.STRING, true));
        }
        List<String> key = hasRowid
                ? List.of(ROWID)
                : schema.primaryKey().stream()
                        .filter(this::carries)
                        .map(i -> schema.columns().get(i).name())
                        .toList();
        return Table.editor()
                .tableId(id)
                .addColumns(columns)
                .setPrimaryKeyNames(key)
                .create();
    }

    /** NOT NULL makes a field required only if its values always fit, since a misfit leaves it null. */
    private Column describe(ColumnSchema column, ColumnType type, boolean masked) {
        boolean required = column.primaryKeyIndex() > 0 || (column.notNull() && schema.strict() && isExact(column));
        Column described = column(column.name(), column.declaredType(), type, !required);
        if (column.defaultValue() == null || !required || masked) {
            return described;
        }
        return described
                .edit()
                .defaultValueExpression(SqlLiteral.render(column.defaultValue()))
                .create();
    }

    private static boolean isExact(ColumnSchema column) {
        return !column.declaredType().equalsIgnoreCase("ANY");
    }

    private static Column column(String name, String declaredType, ColumnType type, boolean optional) {
        return Column.editor()
                .name(name)
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

    private void reserve(String name) {
        if (indexOf(schema, name) >= 0) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot capture table " + id + ": the connector needs a column '" + name
                                    + "' of its own, and the table has one of that name")
                    .withHint("Rename the column, or leave the table out with table.exclude.list");
        }
    }

    private DoLakeException badKey(int column, Object value) {
        String what = value == null ? "NULL" : "a value of type " + storageClass(value);
        return new DoLakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Cannot build the key of a row of " + id + ": primary key column '"
                                + schema.columns().get(column).name() + "' ("
                                + schema.columns().get(column).declaredType() + ") holds " + what)
                .withHint("Correct the row, or leave the table out with table.exclude.list");
    }

    private static String storageClass(Object value) {
        if (value instanceof byte[]) {
            return "BLOB";
        }
        if (value instanceof Double) {
            return "REAL";
        }
        return value instanceof String ? "TEXT" : "INTEGER";
    }
}
