/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import io.dolake.sink.row.RowShape;
import io.dolake.sink.types.TypeUnion;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Matches columns of rows to columns of the table: by name, or, if the type of that column does not hold the rows'
 * type, {@code NAME_TYPE}, such as {@code amount_string}.
 */
public final class ColumnMatcher {
    private ColumnMatcher() {}

    public static String of(Types.StructType table, RowShape shape, String name, Type type) {
        Types.NestedField field = table.field(name);
        if (field == null || fits(field.type(), shape, name, type)) {
            return name;
        }
        String alternative = alternative(name, type);
        // A column that was added for such values gets them, even if the first one could hold them.
        boolean isOwn = table.field(alternative) != null && shape.indexOf(alternative) < 0;
        return !isOwn && TypeUnion.into(field.type(), type, false) != null ? name : alternative;
    }

    /** Whether a column accepts a column of rows without becoming one for other values. */
    static boolean fits(Type have, RowShape shape, String name, Type type) {
        return TypeUnion.of(have, type) != null
                || (shape.isWhole(name) && TypeUnion.of(have, Types.LongType.get()) != null);
    }

    static String alternative(String name, Type type) {
        return name + "_" + type.typeId().name().toLowerCase(Locale.ROOT);
    }

    /** Whether the field holds values of a column of the shape, maybe only those of another type that it had before. */
    static boolean isOf(RowShape shape, Types.NestedField field) {
        return shape.columns().stream()
                .map(RowShape.Column::name)
                .anyMatch(name -> field.name().equals(name) || field.name().equals(alternative(name, field.type())));
    }

    /** Columns of the shape, by index, by the name of the table's column that holds them. */
    public static Map<String, Integer> sources(Types.StructType table, RowShape shape) {
        Map<String, Integer> sources = new HashMap<>();
        for (int i = 0; i < shape.columns().size(); i++) {
            RowShape.Column column = shape.columns().get(i);
            sources.put(of(table, shape, column.name(), column.type()), i);
        }
        return sources;
    }
}
