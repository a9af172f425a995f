/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
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
 * Writes values of one schema as Kafka's JsonConverter does; numbers with a fraction in the shortest form that reads back
 * as the same number, which is JsonConverter's too from Java 19 on. A value that does not fit the schema is {@link
 * UnexpectedJson}, and left to that converter to refuse. Not thread-safe.
 */
abstract class PayloadWriter {
    /** Values of deeper schemas are written by JsonConverter alone. */
    private static final int MAX_DEPTH = 100;

    private final boolean isOptional;
    private final Object nullValue;

    private PayloadWriter(Schema schema, PayloadReader.How how) {
        this.nullValue = how.replacesNull() ? schema.defaultValue() : null;
        this.isOptional = schema.isOptional();
    }

    final void write(JsonBuffer out, Object value) throws UnexpectedJson {
        Object written = value == null ? nullValue : value;
        if (written != null) {
            writeValue(out, written);
        } else if (isOptional) {
            out.addAscii("null");
        } else {
            throw UnexpectedJson.INSTANCE;
        }
    }

    abstract void writeValue(JsonBuffer out, Object value) throws UnexpectedJson;

    /** The writer of a schema, null if there is none. */
    static PayloadWriter of(Schema schema, PayloadReader.How how) {
        return of(schema, how, 0);
    }

    private static PayloadWriter of(Schema schema, PayloadReader.How how, int depth) {
        if (depth > MAX_DEPTH) {
            return null;
        }
        return switch (String.valueOf(schema.name())) {
            case Decimal.LOGICAL_NAME -> new LogicalWriter(schema, how, BigDecimal.class);
            case Date.LOGICAL_NAME, Time.LOGICAL_NAME, Timestamp.LOGICAL_NAME ->
                new LogicalWriter(schema, how, java.util.Date.class);
            default -> ofType(schema, how, depth);
        };
    }

    private static PayloadWriter ofType(Schema schema, PayloadReader.How how, int depth) {
        return switch (schema.type()) {
            case STRUCT -> struct(schema, how, depth);
            case ARRAY -> {
                PayloadWriter items = of(schema.valueSchema(), how, depth + 1);
                yield items == null ? null : new ArrayWriter(schema, how, items);
            }
            case MAP -> {
                boolean hasTextKeys = schema.keySchema().type() == Schema.Type.STRING;
                PayloadWriter items = of(schema.valueSchema(), how, depth + 1);
                yield !hasTextKeys || items == null ? null : new MapWriter(schema, how, items);
            }
            default -> new ScalarWriter(schema, how);
        };
    }

    private static PayloadWriter struct(Schema schema, PayloadReader.How how, int depth) {
        List<Field> fields = schema.fields();
        PayloadWriter[] writers = new PayloadWriter[fields.size()];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = of(fields.get(i).schema(), how, depth + 1);
            if (writers[i] == null) {
                return null;
            }
        }
        try {
            return new StructWriter(schema, how, writers);
        } catch (UnexpectedJson e) {
            return null; // a field's name is not Unicode
        }
    }

    /** The value if it is of that class. */
    private static <T> T as(Class<T> type, Object value) throws UnexpectedJson {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw UnexpectedJson.INSTANCE;
    }

    /** Numbers, texts, bytes and booleans. */
    private static final class ScalarWriter extends PayloadWriter {
        private final Schema.Type type;

        ScalarWriter(Schema schema, PayloadReader.How how) {
            super(schema, how);
            type = schema.type();
        }

        @Override
        void writeValue(JsonBuffer out, Object value) throws UnexpectedJson {
            switch (type) {
                case STRING -> out.addText(as(CharSequence.class, value).toString());
                case BOOLEAN -> out.addAscii(as(Boolean.class, value) ? "true" : "false");
                case INT64 -> out.addLong(as(Long.class, value));
                case INT32 -> out.addLong(as(Integer.class, value));
                case INT16 -> out.addLong(as(Short.class, value));
                case INT8 -> out.addLong(as(Byte.class, value));
                case FLOAT64 -> writeReal(out, RealText.of(as(Double.class, value)));
                case FLOAT32 -> writeReal(out, RealText.of(as(Float.class, value)));
                case BYTES -> out.addBase64(bytes(value));
                default -> throw UnexpectedJson.INSTANCE;
            }
        }

        /** Not-a-number and infinity are texts. */
        private static void writeReal(JsonBuffer out, String number) {
            boolean isNumber = Character.isDigit(number.charAt(number.length() - 1));
            out.addAscii(isNumber ? number : "\"" + number + "\"");
        }

        /** All bytes of a buffer's array, as JsonConverter takes them. */
        private static byte[] bytes(Object value) throws UnexpectedJson {
            if (value instanceof ByteBuffer buffer && buffer.hasArray()) {
                return buffer.array();
            }
            return as(byte[].class, value);
        }
    }

    /** Kafka's types of times, and decimals as their unscaled bytes. */
    private static final class LogicalWriter extends PayloadWriter {
        private final Schema schema;
        private final Class<?> type;

        LogicalWriter(Schema schema, PayloadReader.How how, Class<?> type) {
            super(schema, how);
            this.schema = schema;
            this.type = type;
        }

        /** Throws Connect's DataException if the value does not fit. */
        @Override
        void writeValue(JsonBuffer out, Object value) throws UnexpectedJson {
            as(type, value);
            switch (schema.name()) {
                case Decimal.LOGICAL_NAME -> out.addBase64(Decimal.fromLogical(schema, (BigDecimal) value));
                case Date.LOGICAL_NAME -> out.addLong(Date.fromLogical(schema, (java.util.Date) value));
                case Time.LOGICAL_NAME -> out.addLong(Time.fromLogical(schema, (java.util.Date) value));
                default -> out.addLong(Timestamp.fromLogical(schema, (java.util.Date) value));
            }
        }
    }

    private static final class ArrayWriter extends PayloadWriter {
        private final PayloadWriter items;

        ArrayWriter(Schema schema, PayloadReader.How how, PayloadWriter items) {
            super(schema, how);
            this.items = items;
        }

        @Override
        void writeValue(JsonBuffer out, Object value) throws UnexpectedJson {
            char before = '[';
            for (Object item : (Collection<?>) as(Collection.class, value)) {
                out.add(before);
                items.write(out, item);
                before = ',';
            }
            out.addAscii(before == '[' ? "[]" : "]");
        }
    }

    private static final class MapWriter extends PayloadWriter {
        private final PayloadWriter items;

        MapWriter(Schema schema, PayloadReader.How how, PayloadWriter items) {
            super(schema, how);
            this.items = items;
        }

        @Override
        void writeValue(JsonBuffer out, Object value) throws UnexpectedJson {
            char before = '{';
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) as(Map.class, value)).entrySet()) {
                out.add(before);
                out.addText(as(String.class, entry.getKey()));
                out.add(':');
                items.write(out, entry.getValue());
                before = ',';
            }
            out.addAscii(before == '{' ? "{}" : "}");
        }
    }

    private static final class StructWriter extends PayloadWriter {
        private final Schema schema;
        private final boolean isChecked;
        private final PayloadWriter[] writers;
        /** The last object that was found equal to the schema: comparing takes longer than writing. */
        private Schema lastSchema;

        /** Names as they are written, with what stands before and behind them. */
        private final byte[][] names;

        StructWriter(Schema schema, PayloadReader.How how, PayloadWriter[] writers) throws UnexpectedJson {
            super(schema, how);
            this.schema = schema;
            this.isChecked = how.isChecked();
            this.writers = writers;
            this.names = new byte[writers.length][];
            JsonBuffer name = new JsonBuffer();
            for (int i = 0; i < writers.length; i++) {
                name.clear();
                name.add(i == 0 ? '{' : ',');
                name.addText(schema.fields().get(i).name());
                name.add(':');
                names[i] = name.toBytes();
            }
        }

        @Override
        void writeValue(JsonBuffer out, Object value) throws UnexpectedJson {
            Struct struct = as(Struct.class, value);
            if (struct.schema() != lastSchema) {
                if (!struct.schema().equals(schema)) {
                    throw UnexpectedJson.INSTANCE;
                }
                lastSchema = struct.schema();
            }
            Object[] values = isChecked ? values(struct) : StructValues.of(struct);
            for (int i = 0; i < writers.length; i++) {
                out.add(names[i]);
                writers[i].write(out, values[i]);
            }
            out.addAscii(writers.length == 0 ? "{}" : "}");
        }

        private Object[] values(Struct struct) {
            Object[] values = new Object[writers.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = struct.getWithoutDefault(schema.fields().get(i).name());
            }
            return values;
        }
    }
}
