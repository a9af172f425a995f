/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import com.fasterxml.jackson.core.io.NumberInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Reads values of one schema from JSON as Kafka's JsonConverter writes them. A value of any other form is {@link
 * UnexpectedJson}, and left to that converter.
 */
abstract class PayloadReader {
    /** Deeper schemas are read by JsonConverter alone. */
    private static final int MAX_DEPTH = 100;

    private static final Schema DATE = Date.builder().optional().build();
    private static final Schema TIME = Time.builder().optional().build();
    private static final Schema TIMESTAMP = Timestamp.builder().optional().build();
    private static final Schema DECIMAL = Decimal.builder(0).optional().build();

    /**
     * Options for reading and writing values.
     *
     * @param replacesNull whether null is replaced by the default
     * @param isChecked whether the values of structs are reached one by one and validated again: needed where {@link
     *     StructValues} are not supported
     */
    record How(boolean replacesNull, boolean isChecked) {}

    private final boolean isOptional;
    private final Object nullValue;

    private PayloadReader(Schema schema, How how) {
        this.nullValue = how.replacesNull ? schema.defaultValue() : null;
        this.isOptional = schema.isOptional() || nullValue != null;
    }

    /** The next value. */
    final Object read(PayloadCursor in) throws UnexpectedJson {
        return in.takeNull() ? absent() : value(in);
    }

    /** The value for null, or for a missing field. */
    final Object absent() throws UnexpectedJson {
        if (!isOptional) {
            throw UnexpectedJson.INSTANCE;
        }
        return nullValue;
    }

    abstract Object value(PayloadCursor in) throws UnexpectedJson;

    /** The reader of a schema, null if there is none. */
    static PayloadReader of(Schema schema, How how) {
        return of(schema, how, 0);
    }

    private static PayloadReader of(Schema schema, How how, int depth) {
        if (depth > MAX_DEPTH || known(schema).type() != schema.type()) {
            return null;
        }
        if (schema.name() != null) {
            switch (schema.name()) {
                case Decimal.LOGICAL_NAME -> {
                    return decimal(schema, how);
                }
                case Date.LOGICAL_NAME, Time.LOGICAL_NAME, Timestamp.LOGICAL_NAME -> {
                    return new LogicalReader(schema, how);
                }
                default -> {
                    // As its type.
                }
            }
        }
        return switch (schema.type()) {
            case STRUCT -> struct(schema, how, depth);
            case ARRAY -> {
                PayloadReader items = of(schema.valueSchema(), how, depth + 1);
                yield items == null ? null : new ArrayReader(schema, how, items);
            }
            case MAP -> {
                boolean hasTextKeys = schema.keySchema().type() == Schema.Type.STRING;
                PayloadReader items = of(schema.valueSchema(), how, depth + 1);
                yield !hasTextKeys || items == null ? null : new MapReader(schema, how, items);
            }
            default -> new ScalarReader(schema, how);
        };
    }

    /** Kafka's constant for one of the few schemas that have a type's name; any other schema is returned unchanged. */
    private static Schema known(Schema schema) {
        return switch (String.valueOf(schema.name())) {
            case Date.LOGICAL_NAME -> DATE;
            case Time.LOGICAL_NAME -> TIME;
            case Timestamp.LOGICAL_NAME -> TIMESTAMP;
            case Decimal.LOGICAL_NAME -> DECIMAL;
            default -> schema;
        };
    }

    /** Null if the schema has no scale: JsonConverter reports that for each value. */
    private static PayloadReader decimal(Schema schema, How how) {
        String scale = schema.parameters() == null ? null : schema.parameters().get(Decimal.SCALE_FIELD);
        return scale != null && scale.matches("-?[0-9]{1,9}")
                ? new DecimalReader(schema, how, Integer.parseInt(scale))
                : null;
    }

    private static PayloadReader struct(Schema schema, How how, int depth) {
        List<Field> fields = schema.fields();
        PayloadReader[] readers = new PayloadReader[fields.size()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = of(fields.get(i).schema(), how, depth + 1);
            if (readers[i] == null) {
                return null;
            }
        }
        return new StructReader(schema, how, readers);
    }

    /** Numbers, texts, bytes and booleans. */
    private static final class ScalarReader extends PayloadReader {
        private final Schema.Type type;

        ScalarReader(Schema schema, How how) {
            super(schema, how);
            type = schema.type();
        }

        @Override
        Object value(PayloadCursor in) throws UnexpectedJson {
            return switch (type) {
                case STRING -> in.readText();
                case BOOLEAN -> in.readBoolean();
                case INT64 -> in.readLong();
                case INT32 -> in.readInt();
                case INT16 -> (short) in.readInt(Short.MIN_VALUE, Short.MAX_VALUE);
                case INT8 -> (byte) in.readInt(Byte.MIN_VALUE, Byte.MAX_VALUE);
                case FLOAT64 ->
                    in.isAtNumber() ? finite(NumberInput.parseDouble(in.readFraction(), true)) : notFinite(in);
                case FLOAT32 ->
                    in.isAtNumber()
                            ? (Object) finite(Float.parseFloat(in.readFraction()))
                            : (Object) (float) notFinite(in);
                case BYTES -> in.readBytes();
                default -> throw UnexpectedJson.INSTANCE;
            };
        }
    }

    private static double finite(double value) throws UnexpectedJson {
        if (Double.isInfinite(value)) {
            throw UnexpectedJson.INSTANCE;
        }
        return value;
    }

    private static float finite(float value) throws UnexpectedJson {
        finite((double) value);
        return value;
    }

    /** As JsonConverter writes them; it reads them as 0 itself. */
    private static double notFinite(PayloadCursor in) throws UnexpectedJson {
        return switch (in.readText()) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw UnexpectedJson.INSTANCE;
        };
    }

    /** Decimals, as numbers or as bytes. */
    private static final class DecimalReader extends PayloadReader {
        private final int scale;

        DecimalReader(Schema schema, How how, int scale) {
            super(schema, how);
            this.scale = scale;
        }

        @Override
        Object value(PayloadCursor in) throws UnexpectedJson {
            return in.isAtNumber() ? in.readDecimal() : in.readDecimal(scale);
        }
    }

    /** Kafka's types of times. */
    private static final class LogicalReader extends PayloadReader {
        /**
         * Kafka's own schema object of the type: names are compared for each value, and a name equals itself fastest.
         */
        private final Schema type;

        LogicalReader(Schema schema, How how) {
            super(schema, how);
            this.type = known(schema);
        }

        @Override
        Object value(PayloadCursor in) throws UnexpectedJson {
            if (type == DATE) {
                return Date.toLogical(type, in.readInt());
            }
            return type == TIME ? Time.toLogical(type, in.readInt()) : Timestamp.toLogical(type, in.readLong());
        }
    }

    private static final class ArrayReader extends PayloadReader {
        private final PayloadReader items;

        ArrayReader(Schema schema, How how, PayloadReader items) {
            super(schema, how);
            this.items = items;
        }

        @Override
        Object value(PayloadCursor in) throws UnexpectedJson {
            List<Object> values = new ArrayList<>();
            in.require('[');
            if (!in.take(']')) {
                do {
                    values.add(items.read(in));
                } while (in.take(','));
                in.require(']');
            }
            return values;
        }
    }

    private static final class MapReader extends PayloadReader {
        private final PayloadReader items;

        MapReader(Schema schema, How how, PayloadReader items) {
            super(schema, how);
            this.items = items;
        }

        @Override
        Object value(PayloadCursor in) throws UnexpectedJson {
            Map<Object, Object> values = new HashMap<>();
            in.require('{');
            if (!in.take('}')) {
                do {
                    String key = in.readText();
                    in.require(':');
                    values.put(key, items.read(in));
                } while (in.take(','));
                in.require('}');
            }
            return values;
        }
    }

    private static final class StructReader extends PayloadReader {
        private final Schema schema;
        private final boolean isChecked;
        private final PayloadReader[] readers;
        /** Names as they are written, with quotes and colon; null where a name needs escapes. */
        private final byte[][] names;

        private final Map<String, Integer> indexes = new HashMap<>();

        StructReader(Schema schema, How how, PayloadReader[] readers) {
            super(schema, how);
            this.schema = schema;
            this.isChecked = how.isChecked;
            this.readers = readers;
            this.names = new byte[readers.length][];
            for (int i = 0; i < readers.length; i++) {
                String name = schema.fields().get(i).name();
                boolean isPlain = name.chars().allMatch(c -> c >= ' ' && c != '"' && c != '\\');
                names[i] = isPlain ? ("\"" + name + "\":").getBytes(StandardCharsets.UTF_8) : null;
                indexes.put(name, i);
            }
        }

        @Override
        Object value(PayloadCursor in) throws UnexpectedJson {
            Struct struct = new Struct(schema);
            Object[] values = isChecked ? new Object[readers.length] : StructValues.of(struct);
            read(in, values);
            if (isChecked) {
                for (Field field : schema.fields()) {
                    struct.put(field, values[field.index()]);
                }
            }
            return struct;
        }

        private void read(PayloadCursor in, Object[] values) throws UnexpectedJson {
            in.require('{');
            int inOrder = 0;
            boolean[] seen = null;
            if (!in.take('}')) {
                do {
                    int index = inOrder;
                    boolean isExpected = seen == null && inOrder < names.length && names[inOrder] != null;
                    if (!isExpected || !in.take(names[inOrder])) {
                        // Fields in another order than in the schema, or a missing field.
                        seen = seen == null ? seenUpTo(inOrder) : seen;
                        index = readName(in);
                        seen[index] = true;
                    }
                    values[index] = readers[index].read(in);
                    inOrder++;
                } while (in.take(','));
                in.require('}');
            }
            setAbsent(values, seen, inOrder);
        }

        private int readName(PayloadCursor in) throws UnexpectedJson {
            Integer index = indexes.get(in.readText());
            if (index == null) {
                throw UnexpectedJson.INSTANCE;
            }
            in.require(':');
            return index;
        }

        private boolean[] seenUpTo(int count) {
            boolean[] seen = new boolean[readers.length];
            Arrays.fill(seen, 0, count, true);
            return seen;
        }

        private void setAbsent(Object[] values, boolean[] seen, int inOrder) throws UnexpectedJson {
            for (int i = seen == null ? inOrder : 0; i < values.length; i++) {
                if (seen == null || !seen[i]) {
                    values[i] = readers[i].absent();
                }
            }
        }
    }
}
