/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
 * Reads values of one schema from JSON as Kafka's JsonConverter writes them. Only that: a value of any other form is
 * {@link Unusual}, and for that converter to judge.
 */
abstract class PayloadReader {
    /** Deeper schemas are read by JsonConverter alone. */
    private static final int MAX_DEPTH = 100;

    private static final Schema DATE = Date.builder().optional().build();
    private static final Schema TIME = Time.builder().optional().build();
    private static final Schema TIMESTAMP = Timestamp.builder().optional().build();
    private static final Schema DECIMAL = Decimal.builder(0).optional().build();

    private final boolean isOptional;
    private final Object nullValue;

    private PayloadReader(Schema schema, boolean replacesNull) {
        this.nullValue = replacesNull ? schema.defaultValue() : null;
        this.isOptional = schema.isOptional() || nullValue != null;
    }

    /** The value that comes next. */
    final Object read(PayloadCursor in) throws Unusual {
        return in.takeNull() ? absent() : value(in);
    }

    /** What null, or no field at all, means. */
    final Object absent() throws Unusual {
        if (!isOptional) {
            throw Unusual.INSTANCE;
        }
        return nullValue;
    }

    abstract Object value(PayloadCursor in) throws Unusual;

    /**
     * The reader of a schema, null if there is none.
     *
     * @param replacesNull whether a default stands for null
     */
    static PayloadReader of(Schema schema, boolean replacesNull) {
        return of(schema, replacesNull, 0);
    }

    private static PayloadReader of(Schema schema, boolean replacesNull, int depth) {
        if (depth > MAX_DEPTH) {
            return null;
        }
        if (schema.name() != null) {
            switch (schema.name()) {
                case Decimal.LOGICAL_NAME -> {
                    return decimal(schema, replacesNull);
                }
                case Date.LOGICAL_NAME, Time.LOGICAL_NAME, Timestamp.LOGICAL_NAME -> {
                    return new LogicalReader(schema, replacesNull);
                }
                default -> {
                    // As its type.
                }
            }
        }
        return switch (schema.type()) {
            case STRUCT -> struct(schema, replacesNull, depth);
            case ARRAY -> {
                PayloadReader items = of(schema.valueSchema(), replacesNull, depth + 1);
                yield items == null ? null : new ArrayReader(schema, replacesNull, items);
            }
            case MAP -> {
                boolean hasTextKeys = schema.keySchema().type() == Schema.Type.STRING;
                PayloadReader items = of(schema.valueSchema(), replacesNull, depth + 1);
                yield !hasTextKeys || items == null ? null : new MapReader(schema, replacesNull, items);
            }
            default -> new ScalarReader(schema, replacesNull);
        };
    }

    /** One of the few schemas that have a type's name as Kafka has it; any other schema is itself. */
    private static Schema known(Schema schema) {
        return switch (String.valueOf(schema.name())) {
            case Date.LOGICAL_NAME -> DATE;
            case Time.LOGICAL_NAME -> TIME;
            case Timestamp.LOGICAL_NAME -> TIMESTAMP;
            case Decimal.LOGICAL_NAME -> DECIMAL;
            default -> schema;
        };
    }

    /** Null if the schema does not say a scale: JsonConverter says so for each value. */
    private static PayloadReader decimal(Schema schema, boolean replacesNull) {
        String scale = schema.parameters() == null ? null : schema.parameters().get(Decimal.SCALE_FIELD);
        return scale != null && scale.matches("-?[0-9]{1,9}")
                ? new DecimalReader(schema, replacesNull, Integer.parseInt(scale))
                : null;
    }

    private static PayloadReader struct(Schema schema, boolean replacesNull, int depth) {
        List<Field> fields = schema.fields();
        PayloadReader[] readers = new PayloadReader[fields.size()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = of(fields.get(i).schema(), replacesNull, depth + 1);
            if (readers[i] == null) {
                return null;
            }
        }
        return new StructReader(schema, replacesNull, readers);
    }

    /** Numbers, texts, bytes and booleans. */
    private static final class ScalarReader extends PayloadReader {
        private final Schema.Type type;

        ScalarReader(Schema schema, boolean replacesNull) {
            super(schema, replacesNull);
            type = schema.type();
        }

        @Override
        Object value(PayloadCursor in) throws Unusual {
            return switch (type) {
                case STRING -> in.readText();
                case BOOLEAN -> in.readBoolean();
                case INT64 -> in.readLong();
                case INT32 -> in.readInt();
                case INT16 -> (short) in.readInt();
                case INT8 -> (byte) in.readInt();
                case FLOAT64 -> Double.parseDouble(in.readFraction());
                case FLOAT32 -> Float.parseFloat(in.readFraction());
                case BYTES -> in.readBytes();
                default -> throw Unusual.INSTANCE;
            };
        }
    }

    /** Decimals, as numbers or as bytes. */
    private static final class DecimalReader extends PayloadReader {
        private final int scale;

        DecimalReader(Schema schema, boolean replacesNull, int scale) {
            super(schema, replacesNull);
            this.scale = scale;
        }

        @Override
        Object value(PayloadCursor in) throws Unusual {
            return in.isAtNumber() ? in.readDecimal() : decimal(in.readBytes());
        }

        private BigDecimal decimal(byte[] unscaled) throws Unusual {
            if (unscaled.length == 0) {
                throw Unusual.INSTANCE;
            }
            return new BigDecimal(new BigInteger(unscaled), scale);
        }
    }

    /** Kafka's types of times. */
    private static final class LogicalReader extends PayloadReader {
        /** Kafka's own object of the type: names are compared for each value, and one with itself soonest. */
        private final Schema type;

        LogicalReader(Schema schema, boolean replacesNull) {
            super(schema, replacesNull);
            this.type = known(schema);
        }

        @Override
        Object value(PayloadCursor in) throws Unusual {
            if (type == DATE) {
                return Date.toLogical(type, in.readInt());
            }
            return type == TIME ? Time.toLogical(type, in.readInt()) : Timestamp.toLogical(type, in.readLong());
        }
    }

    private static final class ArrayReader extends PayloadReader {
        private final PayloadReader items;

        ArrayReader(Schema schema, boolean replacesNull, PayloadReader items) {
            super(schema, replacesNull);
            this.items = items;
        }

        @Override
        Object value(PayloadCursor in) throws Unusual {
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

        MapReader(Schema schema, boolean replacesNull, PayloadReader items) {
            super(schema, replacesNull);
            this.items = items;
        }

        @Override
        Object value(PayloadCursor in) throws Unusual {
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
        /**
         * Without names: Struct makes a text of a field's name each time that a value is put, should it be refused. Of schemas
         * it compares the names, which takes less time where they are Kafka's own objects.
         */
        private final Field[] fields;

        private final PayloadReader[] readers;
        /** Names as they are written, with quotes and colon; null where one is written otherwise. */
        private final byte[][] names;

        private final Map<String, Integer> indexes = new HashMap<>();

        StructReader(Schema schema, boolean replacesNull, PayloadReader[] readers) {
            super(schema, replacesNull);
            this.schema = schema;
            this.fields = new Field[schema.fields().size()];
            this.readers = readers;
            this.names = new byte[fields.length][];
            for (int i = 0; i < fields.length; i++) {
                String name = schema.fields().get(i).name();
                fields[i] = new Field(null, i, known(schema.fields().get(i).schema()));
                boolean isPlain = name.chars().allMatch(c -> c >= ' ' && c != '"' && c != '\\');
                names[i] = isPlain ? ("\"" + name + "\":").getBytes(StandardCharsets.UTF_8) : null;
                indexes.put(name, i);
            }
        }

        @Override
        Object value(PayloadCursor in) throws Unusual {
            Struct struct = new Struct(schema);
            in.require('{');
            int inOrder = 0;
            boolean[] seen = null;
            if (!in.take('}')) {
                do {
                    int index = inOrder;
                    boolean isExpected = seen == null && inOrder < fields.length && names[inOrder] != null;
                    if (!isExpected || !in.take(names[inOrder])) {
                        // Fields in another order than the schema's, or one left out.
                        seen = seen == null ? seenUpTo(inOrder) : seen;
                        index = readName(in);
                    }
                    put(struct, index, readers[index].read(in), seen);
                    inOrder++;
                } while (in.take(','));
                in.require('}');
            }
            putAbsent(struct, seen, inOrder);
            return struct;
        }

        private int readName(PayloadCursor in) throws Unusual {
            Integer index = indexes.get(in.readText());
            if (index == null) {
                throw Unusual.INSTANCE;
            }
            in.require(':');
            return index;
        }

        private void put(Struct struct, int index, Object value, boolean[] seen) {
            // Null is what a field that is not put is.
            if (value != null || seen != null) {
                struct.put(fields[index], value);
            }
            if (seen != null) {
                seen[index] = true;
            }
        }

        private boolean[] seenUpTo(int count) {
            boolean[] seen = new boolean[fields.length];
            java.util.Arrays.fill(seen, 0, count, true);
            return seen;
        }

        private void putAbsent(Struct struct, boolean[] seen, int inOrder) throws Unusual {
            for (int i = seen == null ? inOrder : 0; i < fields.length; i++) {
                if (seen == null || !seen[i]) {
                    Object value = readers[i].absent();
                    if (value != null) {
                        struct.put(fields[i], value);
                    }
                }
            }
        }
    }
}
