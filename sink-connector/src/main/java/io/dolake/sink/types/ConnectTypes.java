/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.config.TypeConfig.Inexact;
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
 * Maps Connect schemas, including Debezium's semantic types, to Iceberg types, and values to Iceberg's internal
 * representation: days, microseconds, BigDecimal, UUID, ByteBuffer; a struct is an Object[], a list a List, a map a
 * Map. A value is mapped exactly or refused, unless {@link Inexact} allows otherwise.
 */
public final class ConnectTypes {
    /** Name of an int64 whose values a double can hold exactly. */
    public static final String WHOLE_NUMBER = "io.dolake.WholeNumber";

    private static final long MS_PER_DAY = 86_400_000L;

    private final TypeConfig config;
    private final Inexact inexact;
    private final LakeTimes times;
    private final DebeziumTypes debezium;

    public ConnectTypes(TypeConfig config) {
        this.config = config;
        this.inexact = config.inexact();
        this.times = new LakeTimes(inexact);
        this.debezium = new DebeziumTypes(config);
    }

    /** Converts a value that is not null; throws {@link ValueFault}, or any Java exception, if it cannot. */
    @FunctionalInterface
    interface Converter {
        public Object convert(Object value);
    }

    /** An Iceberg type and the converter to its values. */
    public record Mapped(Type type, Converter converter) {
        public Object convert(Object value) {
            return value == null ? null : converter.convert(value);
        }
    }

    /** Assigns the field ids of nested types; they are renumbered when the table is created. */
    public static final class Ids {
        private int last;

        int next() {
            return ++last;
        }
    }

    /** The same for the columns of a key. */
    public ConnectTypes ofKeys() {
        return new ConnectTypes(config.ofKeys());
    }

    /**
     * The default of a column in the form of table metadata, which cannot hold not-a-number and infinity: without a
     * setting for these, adding such a column is refused.
     */
    public Object defaultOf(Object value) {
        if (value instanceof String text) {
            return Utf8.checked(text, Inexact.REFUSE);
        }
        boolean isFinite =
                !(value instanceof Float || value instanceof Double) || Double.isFinite(((Number) value).doubleValue());
        if (isFinite || inexact == Inexact.REFUSE) {
            return value;
        }
        double number = ((Number) value).doubleValue();
        if (inexact == Inexact.NULL || Double.isNaN(number)) {
            return null;
        }
        return value instanceof Float
                ? (Object) Math.copySign(Float.MAX_VALUE, (float) number)
                : (Object) Math.copySign(Double.MAX_VALUE, number);
    }

    /**
     * Null for a struct without fields, and for types that consist of such structs: Iceberg has no type for it, and it
     * has no content.
     */
    public Mapped map(Schema schema, Ids ids) {
        Mapped semantic = schema.name() == null ? null : semantic(schema);
        if (semantic != null) {
            return orNull(schema, semantic);
        }
        return switch (schema.type()) {
            case INT8, INT16 -> new Mapped(Types.IntegerType.get(), value -> ((Number) value).intValue());
            case INT32 -> new Mapped(Types.IntegerType.get(), value -> value);
            case INT64 -> new Mapped(Types.LongType.get(), value -> value);
            case FLOAT32 -> new Mapped(Types.FloatType.get(), value -> value);
            case FLOAT64 -> new Mapped(Types.DoubleType.get(), value -> value);
            case BOOLEAN -> new Mapped(Types.BooleanType.get(), value -> value);
            case STRING -> orNull(schema, text(inexact));
            case BYTES -> new Mapped(Types.BinaryType.get(), DebeziumTypes::buffer);
            case STRUCT -> struct(schema, ids);
            case ARRAY -> list(schema, ids);
            case MAP -> mapOf(schema, ids);
        };
    }

    /** Replaces inexact values by null where the setting says so and null is allowed. */
    private Mapped orNull(Schema schema, Mapped mapped) {
        if (inexact != Inexact.NULL || !schema.isOptional()) {
            return mapped;
        }
        return new Mapped(mapped.type(), value -> {
            try {
                return mapped.convert(value);
            } catch (ValueFault e) {
                if (e.isInexact()) {
                    return null;
                }
                throw e;
            }
        });
    }

    /**
     * Whether a text can be encoded in UTF-8 is found when it is encoded; it is checked earlier only where a
     * replacement is allowed.
     */
    static Mapped text(Inexact inexact) {
        return inexact == Inexact.REFUSE
                ? new Mapped(Types.StringType.get(), value -> value)
                : new Mapped(Types.StringType.get(), value -> Utf8.checked((String) value, inexact));
    }

    private Mapped semantic(Schema schema) {
        return switch (schema.name()) {
            case Decimal.LOGICAL_NAME -> decimal(schema);
            case "org.apache.kafka.connect.data.Date" -> new Mapped(Types.DateType.get(), value -> date((Date) value));
            case "org.apache.kafka.connect.data.Time" -> time();
            case "org.apache.kafka.connect.data.Timestamp" ->
                config.timestampAsText()
                        ? new Mapped(Types.StringType.get(), value -> TimeTexts.timestamptz(((Date) value).getTime()))
                        : new Mapped(
                                Types.TimestampType.withZone(),
                                value -> times.timestampOfMillis(((Date) value).getTime()));
            case WHOLE_NUMBER ->
                config.wholeAsDouble()
                        ? new Mapped(Types.DoubleType.get(), value -> ((Number) value).doubleValue())
                        : null;
            default -> debezium.map(schema);
        };
    }

    private int date(Date value) {
        long days = Math.floorDiv(value.getTime(), MS_PER_DAY);
        return times.dateOfDays(
                days * MS_PER_DAY == value.getTime()
                        ? days
                        : ValueFault.nearest(inexact, "it is a date with a time of day", days));
    }

    private Mapped time() {
        return switch (config.time().typeId()) {
            case STRING -> new Mapped(config.time(), value -> TimeTexts.time(((Date) value).getTime(), 1_000));
            case LONG -> new Mapped(config.time(), value -> times.microsOfMillis(((Date) value).getTime()));
            default -> new Mapped(config.time(), value -> times.timeOfMillis(((Date) value).getTime()));
        };
    }

    private Mapped decimal(Schema schema) {
        int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
        int precision = Integer.parseInt(
                schema.parameters().getOrDefault("connect.decimal.precision", "" + TypeConfig.MAX_PRECISION));
        if (scale < 0
                || scale > TypeConfig.MAX_PRECISION
                || precision > TypeConfig.MAX_PRECISION
                || precision < Math.max(scale, 1)) {
            return new Mapped(Types.StringType.get(), value -> Decimals.text((BigDecimal) value));
        }
        Types.DecimalType type = Types.DecimalType.of(precision, scale);
        return new Mapped(type, value -> Decimals.fitted((BigDecimal) value, type, inexact));
    }

    private Mapped struct(Schema schema, Ids ids) {
        List<Types.NestedField> fields = new ArrayList<>();
        List<Mapped> mapped = new ArrayList<>();
        for (Field field : schema.fields()) {
            int id = ids.next();
            Mapped inner = map(field.schema(), ids);
            if (inner != null) {
                mapped.add(inner);
                fields.add(Types.NestedField.of(id, field.schema().isOptional(), named(field.name()), inner.type()));
            }
        }
        if (fields.isEmpty()) {
            return null;
        }
        return new Mapped(Types.StructType.of(fields), value -> {
            Struct struct = (Struct) value;
            Object[] values = new Object[mapped.size()];
            for (int i = 0; i < values.length; i++) {
                String name = fields.get(i).name();
                try {
                    values[i] = mapped.get(i).convert(struct.getWithoutDefault(name));
                } catch (RuntimeException e) {
                    throw ValueFault.within("." + name, e);
                }
            }
            return values;
        });
    }

    /** A name that a table's metadata can hold. */
    public static String named(String name) {
        if (Utf8.isBroken(name)) {
            throw ValueFault.malformed("a name in its schema has half of a surrogate pair");
        }
        return name;
    }

    private Mapped list(Schema schema, Ids ids) {
        int id = ids.next();
        Mapped element = map(schema.valueSchema(), ids);
        if (element == null) {
            return null;
        }
        Type type = schema.valueSchema().isOptional()
                ? Types.ListType.ofOptional(id, element.type())
                : Types.ListType.ofRequired(id, element.type());
        return new Mapped(type, value -> {
            List<Object> result = new ArrayList<>();
            try {
                for (Object item : (List<?>) value) {
                    result.add(element.convert(item));
                }
            } catch (RuntimeException e) {
                throw ValueFault.within("[" + result.size() + "]", e);
            }
            return result;
        });
    }

    private Mapped mapOf(Schema schema, Ids ids) {
        int keyId = ids.next();
        int valueId = ids.next();
        Mapped key = new ConnectTypes(config.ofKeys()).map(schema.keySchema(), ids);
        Mapped item = map(schema.valueSchema(), ids);
        if (key == null || item == null) {
            return null;
        }
        Type type = schema.valueSchema().isOptional()
                ? Types.MapType.ofOptional(keyId, valueId, key.type(), item.type())
                : Types.MapType.ofRequired(keyId, valueId, key.type(), item.type());
        return new Mapped(type, value -> {
            Map<Object, Object> result = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                Object converted = part("{key}", key, entry.getKey());
                if (converted == null || result.containsKey(converted)) {
                    throw ValueFault.malformed("it is a map with a null or duplicate key");
                }
                result.put(converted, part("{value}", item, entry.getValue()));
            }
            return result;
        });
    }

    private static Object part(String place, Mapped mapped, Object value) {
        try {
            return mapped.convert(value);
        } catch (RuntimeException e) {
            throw ValueFault.within(place, e);
        }
    }
}
