/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.sink.row.EncodedRow;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.table.ColumnMatcher;
import io.dolake.sink.types.JsonVariant;
import io.dolake.sink.types.TypeConversions;
import io.dolake.sink.types.TypeUnion;
import io.dolake.sink.types.ValueFault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericDataUtil;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Turns buffered rows of one shape into records of a table's schema: by name, widened; absent values become the
 * default.
 */
public final class RowAssembler {
    private final RowShape shape;
    private final GenericRecord template;
    private final int[] sources;
    private final UnaryOperator<Object>[] adapters;
    private final Object[] defaults;
    private final boolean[] required;

    @SuppressWarnings("unchecked")
    public RowAssembler(RowShape shape, Schema schema) {
        this.shape = shape;
        this.template = GenericRecord.create(schema);
        List<Types.NestedField> columns = schema.columns();
        this.sources = new int[columns.size()];
        this.adapters = new UnaryOperator[columns.size()];
        this.defaults = new Object[columns.size()];
        this.required = new boolean[columns.size()];
        Map<String, Integer> byName = ColumnMatcher.sources(schema.asStruct(), shape);
        for (int i = 0; i < sources.length; i++) {
            Types.NestedField column = columns.get(i);
            required[i] = column.isRequired();
            sources[i] = byName.getOrDefault(column.name(), -1);
            if (sources[i] >= 0) {
                adapters[i] = adapter(shape.columns().get(sources[i]).type(), column.type());
            } else {
                defaults[i] = GenericDataUtil.internalToGeneric(column.type(), column.writeDefault());
            }
        }
    }

    public Record assemble(EncodedRow row) {
        Object[] values = RowCodec.decode(shape, row);
        Record result = template.copy();
        for (int i = 0; i < sources.length; i++) {
            Object value = sources[i] < 0 ? defaults[i] : adapted(i, values[sources[i]]);
            if (value == null && required[i]) {
                throw PlainColumn.isNull(template.struct().fields().get(i));
            }
            result.set(i, value);
        }
        return result;
    }

    private Object adapted(int column, Object value) {
        try {
            return adapters[column].apply(value);
        } catch (RuntimeException e) {
            throw ValueFault.inColumn(template.struct().fields().get(column).name(), e);
        }
    }

    /** Whether a value of a type without parts is, unchanged, a value of the other type. */
    static boolean isSame(Type from, Type to) {
        return from.equals(to) || TypeUnion.widens(from, to) || TypeConversions.of(from, to) == null;
    }

    /** Converts null to null. */
    static UnaryOperator<Object> adapter(Type from, Type to) {
        if (!to.isNestedType() && !isSame(from, to)) {
            UnaryOperator<Object> conversion = TypeConversions.of(from, to);
            return value -> value == null ? null : GenericDataUtil.internalToGeneric(to, conversion.apply(value));
        }
        return switch (to.typeId()) {
            case LONG -> value -> value == null ? null : ((Number) value).longValue();
            case DOUBLE -> value -> value == null ? null : ((Number) value).doubleValue();
            case VARIANT -> value -> value == null ? null : JsonVariant.of((ByteBuffer) value);
            case STRUCT -> struct(from.asStructType(), to.asStructType());
            case LIST -> list(from.asListType(), to.asListType());
            case MAP -> map(from.asMapType(), to.asMapType());
            default -> value -> GenericDataUtil.internalToGeneric(to, value);
        };
    }

    private static UnaryOperator<Object> struct(Types.StructType from, Types.StructType to) {
        GenericRecord empty = GenericRecord.create(to);
        List<UnaryOperator<Object>> fields = new ArrayList<>();
        for (Types.NestedField field : to.fields()) {
            Types.NestedField source = from.field(field.name());
            UnaryOperator<Object> adapter = source == null ? null : adapter(source.type(), field.type());
            int index = source == null ? -1 : from.fields().indexOf(source);
            fields.add(index < 0 ? values -> null : values -> adapter.apply(((Object[]) values)[index]));
        }
        return value -> {
            if (value == null) {
                return null;
            }
            Record record = empty.copy();
            int i = 0;
            try {
                for (; i < fields.size(); i++) {
                    record.set(i, fields.get(i).apply(value));
                }
            } catch (RuntimeException e) {
                throw ValueFault.within("." + to.fields().get(i).name(), e);
            }
            return record;
        };
    }

    private static UnaryOperator<Object> list(Types.ListType from, Types.ListType to) {
        UnaryOperator<Object> element = adapter(from.elementType(), to.elementType());
        return value -> {
            if (value == null) {
                return null;
            }
            List<Object> items = new ArrayList<>();
            try {
                ((List<?>) value).forEach(item -> items.add(element.apply(item)));
            } catch (RuntimeException e) {
                throw ValueFault.within("[" + items.size() + "]", e);
            }
            return items;
        };
    }

    private static UnaryOperator<Object> map(Types.MapType from, Types.MapType to) {
        UnaryOperator<Object> keys = adapter(from.keyType(), to.keyType());
        UnaryOperator<Object> items = adapter(from.valueType(), to.valueType());
        return value -> {
            if (value == null) {
                return null;
            }
            Map<Object, Object> entries = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, item) -> entries.put(keys.apply(key), items.apply(item)));
            return entries;
        };
    }
}
