/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.types.ConnectTypes;
import io.dolake.sink.types.UnfitDefault;
import io.dolake.sink.types.ValueFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * The Iceberg form of the rows of a Connect schema: columns in the order of the schema, and the key columns in the
 * order of their names. A key without columns means that rows are appended.
 */
public final class RowShape {
    /**
     * A column. The default, or null, is what rows from before the column was added contain, or {@link UnfitDefault}.
     */
    public record Column(String name, Type type, boolean isOptional, Object defaultValue) {}

    private static final Object[] NONE = {};

    private final List<Column> columns;
    private final Type[] types;
    private final List<String> keyNames;
    private final ConnectTypes.Mapped[] converters;
    /**
     * For columns that come from a row: numbers of the same type may count different units, milliseconds or
     * nanoseconds.
     */
    private final List<Schema> schemas;

    /** Whether a source may leave out the values of a column. */
    private final boolean[] mayLack;

    private final int[] added;
    /** The schema that the shape was made for, and its fields; null where null could be mistaken for the default. */
    private final Schema source;

    private final Field[] fields;

    private RowShape(
            List<Column> columns,
            List<String> keyNames,
            ConnectTypes.Mapped[] converters,
            int[] added,
            Schema source,
            Field[] fields) {
        this.source = source;
        this.fields = fields;
        this.added = added;
        this.columns = List.copyOf(columns);
        this.types = columns.stream().map(Column::type).toArray(Type[]::new);
        this.keyNames = keyNames;
        this.converters = converters;
        this.mayLack = new boolean[converters.length];
        List<Schema> found = new ArrayList<>();
        for (int i = 0; i < mayLack.length; i++) {
            Schema schema = source.field(columns.get(i).name()).schema();
            found.add(schema);
            mayLack[i] = UnavailableValues.mayLack(schema);
        }
        this.schemas = found;
    }

    /** The shape of rows of {@code row} without the columns {@code dropped}; {@code keyNames} in their order. */
    public static RowShape of(Schema row, List<String> keyNames, Set<String> dropped, ConnectTypes types) {
        return of(row, keyNames, keyNames, dropped, types);
    }

    /** The same where rows have a key that their table does not have: {@code likeKeys} are treated like key columns. */
    public static RowShape of(
            Schema row, List<String> keyNames, List<String> likeKeys, Set<String> dropped, ConnectTypes types) {
        ConnectTypes.Ids ids = new ConnectTypes.Ids();
        ConnectTypes ofKeys = types.ofKeys();
        List<Column> columns = new ArrayList<>();
        List<ConnectTypes.Mapped> converters = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        Set<String> missing = new HashSet<>(keyNames);
        for (Field field : row.fields()) {
            if (dropped.contains(field.name())) {
                continue;
            }
            ConnectTypes.Mapped mapped = mapped(field, likeKeys.contains(field.name()) ? ofKeys : types, ids);
            if (mapped == null) {
                continue;
            }
            converters.add(mapped);
            fields.add(field.schema().defaultValue() == null ? field : null);
            missing.remove(field.name());
            columns.add(new Column(
                    ConnectTypes.named(field.name()),
                    mapped.type(),
                    field.schema().isOptional(),
                    defaultOf(field, mapped, types)));
        }
        if (!missing.isEmpty()) {
            throw new DoLakeException(
                    ErrorCode.COLUMN_NOT_FOUND, "Cannot read row: its key column(s) " + missing + " are not in it");
        }
        return new RowShape(
                columns,
                keyNames,
                converters.toArray(ConnectTypes.Mapped[]::new),
                new int[0],
                row,
                fields.toArray(Field[]::new));
    }

    private static ConnectTypes.Mapped mapped(Field field, ConnectTypes types, ConnectTypes.Ids ids) {
        try {
            return types.map(field.schema(), ids);
        } catch (RuntimeException e) {
            throw ValueFault.inColumn(field.name(), e);
        }
    }

    /** The value, or {@link UnfitDefault}: rows that have their own values can be written all the same. */
    private static Object defaultOf(Field field, ConnectTypes.Mapped mapped, ConnectTypes types) {
        try {
            return types.defaultOf(mapped.convert(field.schema().defaultValue()));
        } catch (RuntimeException e) {
            return UnfitDefault.of(e);
        }
    }

    /** The shape of rows that do not come from Connect schemas; {@code keyNames} in their order. */
    public static RowShape of(List<String> keyNames, List<Column> columns) {
        return new RowShape(columns, keyNames, new ConnectTypes.Mapped[0], new int[0], null, new Field[0]);
    }

    /** The key columns of a record key schema, a struct, ordered by name. */
    public static List<String> keyNames(Schema key) {
        return key.fields().stream().map(Field::name).sorted().toList();
    }

    /**
     * The same with additional columns, whose values do not come from the row; those that the row has already are left
     * out.
     */
    public RowShape extended(List<Column> more) {
        List<Column> all = new ArrayList<>(columns);
        Set<String> names = new HashSet<>();
        columns.forEach(column -> names.add(column.name()));
        int[] indexes = new int[more.size()];
        int count = 0;
        for (int i = 0; i < more.size(); i++) {
            if (names.add(more.get(i).name())) {
                all.add(more.get(i));
                indexes[count++] = i;
            }
        }
        return new RowShape(all, keyNames, converters, Arrays.copyOf(indexes, count), source, fields);
    }

    public List<Column> columns() {
        return columns;
    }

    /** A column's attribute, by the column's index. */
    public Type type(int column) {
        return types[column];
    }

    /** -1 if there is no such column. */
    public int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a column has whole numbers of records without a schema, whatever type is chosen for them. */
    public boolean isWhole(String name) {
        int i = indexOf(name);
        return i >= 0
                && i < schemas.size()
                && ConnectTypes.WHOLE_NUMBER.equals(schemas.get(i).name());
    }

    public List<String> keyNames() {
        return keyNames;
    }

    /** The values of a row, in Iceberg's internal representation; columns noted by {@code gaps} are null. */
    public Object[] values(Struct row, UnavailableValues.Gaps gaps) {
        return values(row, NONE, gaps);
    }

    /** The same, with the values of the additional columns; {@code more} in the order given there. */
    public Object[] values(Struct row, Object[] more, UnavailableValues.Gaps gaps) {
        Object[] values = new Object[columns.size()];
        for (int i = 0; i < added.length; i++) {
            values[converters.length + i] = more[added[i]];
        }
        boolean isSource = row.schema() == source;
        for (int i = 0; i < converters.length; i++) {
            try {
                // Access by name costs a lookup for each value.
                Object value = isSource && fields[i] != null
                        ? row.get(fields[i])
                        : row.getWithoutDefault(columns.get(i).name());
                values[i] = mayLack[i] && gaps.isPlaceholder(types[i], value)
                        ? gaps.value(i, types[i], value, converters[i])
                        : converters[i].convert(value);
            } catch (RuntimeException e) {
                throw ValueFault.inColumn(columns.get(i).name(), e);
            }
        }
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowShape shape
                && columns.equals(shape.columns)
                && keyNames.equals(shape.keyNames)
                && schemas.equals(shape.schemas);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new Object[] {columns, keyNames});
    }

    @Override
    public String toString() {
        return columns + " key " + keyNames;
    }
}
