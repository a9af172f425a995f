/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** Schemas and values of all types, drawn at random. */
final class RandomData {
    private RandomData() {}

    /** A schema of some fields, at most so many levels deep. */
    static Schema struct(Random random, int depth) {
        SchemaBuilder builder = SchemaBuilder.struct().name("s" + random.nextInt(3));
        int fields = 1 + random.nextInt(6);
        for (int i = 0; i < fields; i++) {
            String odd = random.nextInt(20) == 0 ? text(random) : "";
            builder.field("f" + i + odd, schema(random, depth - 1));
        }
        return optional(builder, random).build();
    }

    private static SchemaBuilder optional(SchemaBuilder builder, Random random) {
        return random.nextBoolean() ? builder.optional() : builder;
    }

    private static Schema schema(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 16 : 12)) {
            case 0 -> withDefault(SchemaBuilder.int8(), random, (byte) 7);
            case 1 -> withDefault(SchemaBuilder.int16(), random, (short) 300);
            case 2 -> withDefault(SchemaBuilder.int32(), random, -70_000);
            case 3 -> withDefault(SchemaBuilder.int64(), random, Long.MAX_VALUE);
            case 4 -> withDefault(SchemaBuilder.float32(), random, 1.5f);
            case 5 -> withDefault(SchemaBuilder.float64(), random, -0.1);
            case 6 -> withDefault(SchemaBuilder.bool(), random, true);
            case 7 -> withDefault(SchemaBuilder.string(), random, "caf\u00e9 \"x\"");
            case 8 -> optional(SchemaBuilder.bytes(), random).build();
            case 9 -> optional(Decimal.builder(2), random).build();
            case 10 -> optional(Timestamp.builder(), random).build();
            case 11 ->
                optional(random.nextBoolean() ? Date.builder() : Time.builder(), random)
                        .build();
            case 12 ->
                optional(SchemaBuilder.array(schema(random, depth - 1)), random).build();
            case 13 ->
                optional(SchemaBuilder.map(Schema.STRING_SCHEMA, schema(random, depth - 1)), random)
                        .build();
            case 14 ->
                optional(SchemaBuilder.map(Schema.INT32_SCHEMA, schema(random, depth - 1)), random)
                        .build();
            default -> struct(random, depth);
        };
    }

    private static Schema withDefault(SchemaBuilder builder, Random random, Object value) {
        SchemaBuilder result = optional(builder, random);
        return (random.nextInt(3) == 0 ? result.defaultValue(value) : result).build();
    }

    /** A value that fits the schema. */
    static Object value(Schema schema, Random random) {
        if (schema.isOptional() && random.nextInt(4) == 0) {
            return null;
        }
        if (schema.name() != null && schema.type() != Schema.Type.STRUCT) {
            return switch (schema.name()) {
                case Decimal.LOGICAL_NAME ->
                    new BigDecimal(
                            new BigInteger(random.nextInt(120), random)
                                    .multiply(BigInteger.valueOf(random.nextInt(3) - 1)),
                            2);
                case Timestamp.LOGICAL_NAME -> new java.util.Date(random.nextLong() >> 12);
                case Date.LOGICAL_NAME -> new java.util.Date(86_400_000L * (random.nextInt(40_000) - 20_000));
                default -> new java.util.Date(random.nextInt(86_400_000));
            };
        }
        return switch (schema.type()) {
            case INT8 -> (byte) random.nextInt();
            case INT16 -> (short) random.nextInt();
            case INT32 -> random.nextInt();
            case INT64 -> random.nextLong() >> random.nextInt(64);
            case FLOAT32 -> Float.intBitsToFloat(random.nextInt());
            case FLOAT64 -> random.nextInt(10) == 0 ? Double.NaN : Double.longBitsToDouble(random.nextLong());
            case BOOLEAN -> random.nextBoolean();
            case STRING -> text(random);
            case BYTES -> text(random).getBytes(StandardCharsets.UTF_16BE);
            case ARRAY -> {
                List<Object> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(value(schema.valueSchema(), random));
                }
                yield items;
            }
            case MAP -> {
                Map<Object, Object> items = new HashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.put(value(schema.keySchema(), random), value(schema.valueSchema(), random));
                }
                yield items;
            }
            case STRUCT -> {
                Struct struct = new Struct(schema);
                for (Field field : schema.fields()) {
                    struct.put(field, value(field.schema(), random));
                }
                yield struct;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text =
                new StringBuilder("plain words, ".substring(random.nextInt(14)).repeat(random.nextInt(3)));
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint("a\"\\\n\u00e9\u4e2d{}[]:".codePointAt(random.nextInt(11)));
        }
        return random.nextInt(8) == 0 ? text + "\ud83d\ude00" : text.toString();
    }
}
