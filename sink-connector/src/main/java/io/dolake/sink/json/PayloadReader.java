/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
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
    /** The value is not in the form that is read here; it may be right all the same. */
    static final class Unusual extends Exception {
        private static final long serialVersionUID = 1L;
        static final Unusual INSTANCE = new Unusual();

        private Unusual() {
            super("not read here", null, false, false);
        }
    }

    /** Deeper schemas are read by JsonConverter alone. */
    private static final int MAX_DEPTH = 100;

    private final boolean isOptional;
    private final Object nullValue;

    private PayloadReader(Schema schema, boolean replacesNull) {
        this.nullValue = replacesNull ? schema.defaultValue() : null;
        this.isOptional = schema.isOptional() || nullValue != null;
    }

    /** The value at the parser's token; the parser is at its last token afterwards. */
    final Object read(JsonParser in) throws IOException, Unusual {
        return in.currentToken() == JsonToken.VALUE_NULL ? absent() : value(in);
    }

    /** What null, or no field at all, means. */
    final Object absent() throws Unusual {
        if (!isOptional) {
            throw Unusual.INSTANCE;
        }
        return nullValue;
    }

    abstract Object value(JsonParser in) throws IOException, Unusual;

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
                case Decimal.LOGICAL_NAME, Date.LOGICAL_NAME, Time.LOGICAL_NAME, Timestamp.LOGICAL_NAME -> {
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
        Object value(JsonParser in) throws IOException, Unusual {
            JsonToken token = in.currentToken();
            return switch (type) {
                case STRING -> {
                    require(token == JsonToken.VALUE_STRING);
                    yield in.getText();
                }
                case BOOLEAN -> {
                    require(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE);
                    yield token == JsonToken.VALUE_TRUE;
                }
                case INT64 -> whole(in, token);
                case INT32 -> number(in, token);
                case INT16 -> (short) number(in, token);
                case INT8 -> (byte) number(in, token);
                case FLOAT64 -> {
                    require(token == JsonToken.VALUE_NUMBER_FLOAT);
                    yield in.getDoubleValue();
                }
                case FLOAT32 -> {
                    require(token == JsonToken.VALUE_NUMBER_FLOAT);
                    yield in.getFloatValue();
                }
                case BYTES -> bytes(in, token);
                default -> throw Unusual.INSTANCE;
            };
        }
    }

    /** Kafka's own logical types. */
    private static final class LogicalReader extends PayloadReader {
        private final Schema schema;

        LogicalReader(Schema schema, boolean replacesNull) {
            super(schema, replacesNull);
            this.schema = schema;
        }

        @Override
        Object value(JsonParser in) throws IOException, Unusual {
            JsonToken token = in.currentToken();
            return switch (schema.name()) {
                case Decimal.LOGICAL_NAME -> Decimal.toLogical(schema, bytes(in, token));
                case Date.LOGICAL_NAME -> Date.toLogical(schema, number(in, token));
                case Time.LOGICAL_NAME -> Time.toLogical(schema, number(in, token));
                default -> Timestamp.toLogical(schema, whole(in, token));
            };
        }
    }

    private static final class ArrayReader extends PayloadReader {
        private final PayloadReader items;

        ArrayReader(Schema schema, boolean replacesNull, PayloadReader items) {
            super(schema, replacesNull);
            this.items = items;
        }

        @Override
        Object value(JsonParser in) throws IOException, Unusual {
            require(in.currentToken() == JsonToken.START_ARRAY);
            List<Object> values = new ArrayList<>();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                values.add(items.read(in));
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
        Object value(JsonParser in) throws IOException, Unusual {
            require(in.currentToken() == JsonToken.START_OBJECT);
            Map<Object, Object> values = new HashMap<>();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String key = in.currentName();
                in.nextToken();
                values.put(key, items.read(in));
            }
            return values;
        }
    }

    private static final class StructReader extends PayloadReader {
        private final Schema schema;
        private final Field[] fields;
        private final PayloadReader[] readers;
        private final SerializableString[] names;
        private final Map<String, Integer> indexes = new HashMap<>();

        StructReader(Schema schema, boolean replacesNull, PayloadReader[] readers) {
            super(schema, replacesNull);
            this.schema = schema;
            this.fields = schema.fields().toArray(Field[]::new);
            this.readers = readers;
            this.names = new SerializableString[fields.length];
            for (int i = 0; i < fields.length; i++) {
                names[i] = new SerializedString(fields[i].name());
                indexes.put(fields[i].name(), i);
            }
        }

        @Override
        Object value(JsonParser in) throws IOException, Unusual {
            require(in.currentToken() == JsonToken.START_OBJECT);
            Struct struct = new Struct(schema);
            int inOrder = 0;
            boolean[] seen = null;
            boolean isExpected = next(in, inOrder, seen);
            while (in.currentToken() != JsonToken.END_OBJECT) {
                int index = inOrder;
                if (!isExpected) {
                    // Fields in another order than the schema's, or one left out, or one that is not in it.
                    seen = seen == null ? seenUpTo(inOrder) : seen;
                    index = indexes.getOrDefault(in.currentName(), -1);
                }
                in.nextToken();
                if (index < 0) {
                    in.skipChildren();
                } else {
                    put(struct, index, readers[index].read(in), seen);
                    inOrder++;
                }
                isExpected = next(in, inOrder, seen);
            }
            putAbsent(struct, seen, inOrder);
            return struct;
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

        /** Goes on to the next name; whether it is that of the next field, which is then only compared, not read. */
        private boolean next(JsonParser in, int inOrder, boolean[] seen) throws IOException {
            if (seen == null && inOrder < fields.length) {
                return in.nextFieldName(names[inOrder]);
            }
            in.nextToken();
            return false;
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

    private static void require(boolean isAsExpected) throws Unusual {
        if (!isAsExpected) {
            throw Unusual.INSTANCE;
        }
    }

    private static int number(JsonParser in, JsonToken token) throws IOException, Unusual {
        require(token == JsonToken.VALUE_NUMBER_INT && in.getNumberType() == NumberType.INT);
        return in.getIntValue();
    }

    private static long whole(JsonParser in, JsonToken token) throws IOException, Unusual {
        require(token == JsonToken.VALUE_NUMBER_INT && in.getNumberType() != NumberType.BIG_INTEGER);
        return in.getLongValue();
    }

    private static byte[] bytes(JsonParser in, JsonToken token) throws IOException, Unusual {
        require(token == JsonToken.VALUE_STRING);
        return in.getBinaryValue();
    }
}
