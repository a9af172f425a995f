/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Connect schemas as Iceberg types, Debezium's semantic types included, and values in Iceberg's internal representation:
 * days, microseconds, BigDecimal, UUID, ByteBuffer; a struct is an Object[], a list a List, a map a Map.
 */
final class ConnectTypes {
    private static final long MS_PER_DAY = 86_400_000L;
    /** Digits of an Iceberg decimal. */
    static final int MAX_PRECISION = 38;

    private final DebeziumTypes debezium;

    ConnectTypes(TypeConfig config) {
        this.debezium = new DebeziumTypes(config);
    }

    /** Turns a value that is not null. */
    @FunctionalInterface
    interface Converter {
        Object convert(Object value);
    }

    /** An Iceberg type and how values get there. */
    record Mapped(Type type, Converter converter) {
        Object convert(Object value) {
            return value == null ? null : converter.convert(value);
        }
    }

    /** Hands out the field ids of nested types; they are renumbered when the table is created. */
    static final class Ids {
        private int last;

        int next() {
            return ++last;
        }
    }

    Mapped map(Schema schema, Ids ids) {
        Mapped semantic = schema.name() == null ? null : semantic(schema);
        if (semantic != null) {
            return semantic;
        }
        return switch (schema.type()) {
            case INT8, INT16 -> new Mapped(Types.IntegerType.get(), value -> ((Number) value).intValue());
            case INT32 -> new Mapped(Types.IntegerType.get(), value -> value);
            case INT64 -> new Mapped(Types.LongType.get(), value -> value);
            case FLOAT32 -> new Mapped(Types.FloatType.get(), value -> value);
            case FLOAT64 -> new Mapped(Types.DoubleType.get(), value -> value);
            case BOOLEAN -> new Mapped(Types.BooleanType.get(), value -> value);
            case STRING -> new Mapped(Types.StringType.get(), value -> value);
            case BYTES -> new Mapped(Types.BinaryType.get(), DebeziumTypes::buffer);
            case STRUCT -> struct(schema, ids);
            case ARRAY -> list(schema, ids);
            case MAP -> mapOf(schema, ids);
        };
    }

    private Mapped semantic(Schema schema) {
        return switch (schema.name()) {
            case Decimal.LOGICAL_NAME -> decimal(schema);
            case "org.apache.kafka.connect.data.Date" ->
                new Mapped(Types.DateType.get(), value -> (int) Math.floorDiv(((Date) value).getTime(), MS_PER_DAY));
            case "org.apache.kafka.connect.data.Time" ->
                new Mapped(Types.TimeType.get(), value -> ((Date) value).getTime() * 1000L);
            case "org.apache.kafka.connect.data.Timestamp" ->
                new Mapped(Types.TimestampType.withZone(), value -> ((Date) value).getTime() * 1000L);
            default -> debezium.map(schema);
        };
    }

    private static Mapped decimal(Schema schema) {
        int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
        int precision =
                Integer.parseInt(schema.parameters().getOrDefault("connect.decimal.precision", "" + MAX_PRECISION));
        if (scale < 0 || scale > MAX_PRECISION || precision > MAX_PRECISION || precision < scale) {
            return new Mapped(Types.StringType.get(), value -> ((BigDecimal) value).toPlainString());
        }
        Types.DecimalType type = Types.DecimalType.of(precision, scale);
        return new Mapped(type, value -> DebeziumTypes.fitted((BigDecimal) value, type));
    }

    private Mapped struct(Schema schema, Ids ids) {
        List<Types.NestedField> fields = new ArrayList<>();
        List<Mapped> mapped = new ArrayList<>();
        for (Field field : schema.fields()) {
            int id = ids.next();
            Mapped inner = map(field.schema(), ids);
            mapped.add(inner);
            fields.add(Types.NestedField.of(id, field.schema().isOptional(), field.name(), inner.type()));
        }
        return new Mapped(Types.StructType.of(fields), value -> {
            Struct struct = (Struct) value;
            Object[] values = new Object[mapped.size()];
            List<Field> actual = struct.schema().fields();
            for (int i = 0; i < values.length; i++) {
                values[i] = mapped.get(i)
                        .convert(struct.getWithoutDefault(actual.get(i).name()));
            }
            return values;
        });
    }

    private Mapped list(Schema schema, Ids ids) {
        int id = ids.next();
        Mapped element = map(schema.valueSchema(), ids);
        Type type = schema.valueSchema().isOptional()
                ? Types.ListType.ofOptional(id, element.type())
                : Types.ListType.ofRequired(id, element.type());
        return new Mapped(type, value -> {
            List<Object> result = new ArrayList<>();
            for (Object item : (List<?>) value) {
                result.add(element.convert(item));
            }
            return result;
        });
    }

    private Mapped mapOf(Schema schema, Ids ids) {
        int keyId = ids.next();
        int valueId = ids.next();
        Mapped key = map(schema.keySchema(), ids);
        Mapped item = map(schema.valueSchema(), ids);
        Type type = schema.valueSchema().isOptional()
                ? Types.MapType.ofOptional(keyId, valueId, key.type(), item.type())
                : Types.MapType.ofRequired(keyId, valueId, key.type(), item.type());
        return new Mapped(type, value -> {
            Map<Object, Object> result = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((k, v) -> result.put(key.convert(k), item.convert(v)));
            return result;
        });
    }
}
