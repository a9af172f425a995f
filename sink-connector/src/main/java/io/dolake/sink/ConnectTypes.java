/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
    private static final int MAX_PRECISION = 38;

    private ConnectTypes() {}

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

    static Mapped map(Schema schema, Ids ids) {
        Mapped semantic = schema.name() == null ? null : semantic(schema);
        if (semantic != null) {
            return semantic;
        }
        return switch (schema.type()) {
            case INT8, INT16, INT32 -> new Mapped(Types.IntegerType.get(), value -> ((Number) value).intValue());
            case INT64 -> new Mapped(Types.LongType.get(), value -> value);
            case FLOAT32 -> new Mapped(Types.FloatType.get(), value -> value);
            case FLOAT64 -> new Mapped(Types.DoubleType.get(), value -> value);
            case BOOLEAN -> new Mapped(Types.BooleanType.get(), value -> value);
            case STRING -> new Mapped(Types.StringType.get(), value -> value);
            case BYTES -> new Mapped(Types.BinaryType.get(), ConnectTypes::buffer);
            case STRUCT -> struct(schema, ids);
            case ARRAY -> list(schema, ids);
            case MAP -> mapOf(schema, ids);
        };
    }

    private static Mapped semantic(Schema schema) {
        return switch (schema.name()) {
            case Decimal.LOGICAL_NAME -> decimal(schema);
            case "org.apache.kafka.connect.data.Date" ->
                new Mapped(Types.DateType.get(), value -> (int) Math.floorDiv(((Date) value).getTime(), MS_PER_DAY));
            case "org.apache.kafka.connect.data.Time" ->
                new Mapped(Types.TimeType.get(), value -> ((Date) value).getTime() * 1000L);
            case "org.apache.kafka.connect.data.Timestamp" ->
                new Mapped(Types.TimestampType.withZone(), value -> ((Date) value).getTime() * 1000L);
            case "io.debezium.time.Date" -> new Mapped(Types.DateType.get(), value -> ((Number) value).intValue());
            case "io.debezium.time.Time" ->
                new Mapped(Types.TimeType.get(), value -> ((Number) value).longValue() * 1000L);
            case "io.debezium.time.MicroTime" -> new Mapped(Types.TimeType.get(), ConnectTypes::longValue);
            case "io.debezium.time.NanoTime" ->
                new Mapped(Types.TimeType.get(), value -> Math.floorDiv(longValue(value), 1000L));
            case "io.debezium.time.Timestamp" ->
                new Mapped(Types.TimestampType.withoutZone(), value -> longValue(value) * 1000L);
            case "io.debezium.time.MicroTimestamp" ->
                new Mapped(Types.TimestampType.withoutZone(), ConnectTypes::longValue);
            case "io.debezium.time.NanoTimestamp" ->
                new Mapped(Types.TimestampNanoType.withoutZone(), ConnectTypes::longValue);
            case "io.debezium.time.ZonedTimestamp" ->
                new Mapped(Types.TimestampType.withZone(), value -> micros(OffsetDateTime.parse((String) value)));
            case "io.debezium.data.Uuid" -> new Mapped(Types.UUIDType.get(), value -> UUID.fromString((String) value));
            case "io.debezium.data.VariableScaleDecimal" ->
                new Mapped(Types.StringType.get(), ConnectTypes::variableScaleText);
            default -> null;
        };
    }

    private static Mapped decimal(Schema schema) {
        int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
        int precision =
                Integer.parseInt(schema.parameters().getOrDefault("connect.decimal.precision", "" + MAX_PRECISION));
        if (scale < 0 || scale > MAX_PRECISION || precision > MAX_PRECISION || precision < scale) {
            return new Mapped(Types.StringType.get(), value -> ((BigDecimal) value).toPlainString());
        }
        return new Mapped(Types.DecimalType.of(precision, scale), value -> {
            BigDecimal number = (BigDecimal) value;
            if (number.scale() < scale) {
                // JSON with numbers for decimals leaves zeros at the end out.
                number = number.setScale(scale);
            }
            if (number.scale() != scale || number.precision() > precision) {
                throw new DoLakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Cannot take decimal " + number + ": it does not fit decimal(" + precision + ", " + scale
                                + ")");
            }
            return number;
        });
    }

    private static Mapped struct(Schema schema, Ids ids) {
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

    private static Mapped list(Schema schema, Ids ids) {
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

    private static Mapped mapOf(Schema schema, Ids ids) {
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

    private static long longValue(Object value) {
        return ((Number) value).longValue();
    }

    private static long micros(OffsetDateTime time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant());
    }

    private static ByteBuffer buffer(Object value) {
        return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : ((ByteBuffer) value).duplicate();
    }

    private static String variableScaleText(Object value) {
        Struct struct = (Struct) value;
        ByteBuffer unscaled = buffer(struct.get("value"));
        byte[] bytes = new byte[unscaled.remaining()];
        unscaled.get(bytes);
        return new BigDecimal(new BigInteger(bytes), struct.getInt32("scale")).toPlainString();
    }
}
