/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.types.ConnectTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * Infers a schema from the values of records that have none: every column is optional, in the order of the names.
 * Numbers are float64, but whole ones are {@link ConnectTypes#WHOLE_NUMBER}, or int64 where a double may not hold all
 * their digits. A field that is null is not a column of that record. Equal schemas are one object.
 */
final class InferredSchemas {

    private static final long LAST_WHOLE_DOUBLE = 1L << 53;
    private static final Schema WHOLE =
            SchemaBuilder.int64().name(ConnectTypes.WHOLE_NUMBER).optional().build();
    private static final int MAX_SCHEMAS = 4096;
    private static final int MAX_DEPTH = 50;

    private final Map<Schema, Schema> known = new HashMap<>();

    /** A map as a struct. */
    Struct struct(Map<?, ?> map) {
        return (Struct) value(structSchema(map, 0), map);
    }

    /** The schema of a value that is not null. */
    Schema schemaOf(Object value) {
        return schema(value, 0);
    }

    private Schema structSchema(Map<?, ?> map, int depth) {
        SchemaBuilder builder = SchemaBuilder.struct().optional();
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((name, value) -> sorted.put(String.valueOf(name), value));
        sorted.forEach((name, value) -> {
            Schema schema = schema(value, depth + 1);
            if (schema != null) {
                builder.field(name, schema);
            }
        });
        return interned(builder.build());
    }

    private Schema interned(Schema schema) {
        if (known.size() >= MAX_SCHEMAS) {
            known.clear();
        }
        Schema same = known.putIfAbsent(schema, schema);
        return same == null ? schema : same;
    }

    /** Null if the type cannot be inferred: null, a list without items, an object without fields. */
    private Schema schema(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw mismatch("it is nested deeper than " + MAX_DEPTH + " levels");
        }
        if (value instanceof Map<?, ?> map) {
            Schema schema = structSchema(map, depth);
            return schema.fields().isEmpty() ? null : schema;
        }
        if (value instanceof List<?> list) {
            Schema item = null;
            for (Object element : list) {
                item = merge(item, schema(element, depth + 1));
            }
            return item == null ? null : SchemaBuilder.array(item).optional().build();
        }
        return scalar(value);
    }

    private static Schema scalar(Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof String) {
            return Schema.OPTIONAL_STRING_SCHEMA;
        }
        if (value instanceof Boolean) {
            return Schema.OPTIONAL_BOOLEAN_SCHEMA;
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            long number = ((Number) value).longValue();
            return number >= -LAST_WHOLE_DOUBLE && number <= LAST_WHOLE_DOUBLE ? WHOLE : Schema.OPTIONAL_INT64_SCHEMA;
        }
        if (value instanceof Double || value instanceof Float) {
            return Schema.OPTIONAL_FLOAT64_SCHEMA;
        }
        if (value instanceof byte[] || value instanceof java.nio.ByteBuffer) {
            return Schema.OPTIONAL_BYTES_SCHEMA;
        }
        throw mismatch("a value of " + value.getClass().getName() + " has no column type");
    }

    /** A common schema for the items of a list; objects may have different fields. */
    private Schema merge(Schema left, Schema right) {
        if (left == null || right == null || left.equals(right)) {
            return left == null ? right : left;
        }
        if (isNumber(left) && isNumber(right)) {
            boolean areWhole = left.type() == Schema.Type.INT64 && right.type() == Schema.Type.INT64;
            return areWhole ? Schema.OPTIONAL_INT64_SCHEMA : Schema.OPTIONAL_FLOAT64_SCHEMA;
        }
        if (left.type() == Schema.Type.ARRAY && right.type() == Schema.Type.ARRAY) {
            return SchemaBuilder.array(merge(left.valueSchema(), right.valueSchema()))
                    .optional()
                    .build();
        }
        if (left.type() != Schema.Type.STRUCT || right.type() != Schema.Type.STRUCT) {
            throw mismatch("a list has items of type " + left.type() + " and " + right.type());
        }
        Map<String, Schema> fields = new TreeMap<>();
        for (Schema schema : List.of(left, right)) {
            schema.fields().forEach(field -> fields.merge(field.name(), field.schema(), this::merge));
        }
        SchemaBuilder builder = SchemaBuilder.struct().optional();
        fields.forEach(builder::field);
        return interned(builder.build());
    }

    private static boolean isNumber(Schema schema) {
        return schema.type() == Schema.Type.INT64 || schema.type() == Schema.Type.FLOAT64;
    }

    private static Object value(Schema schema, Object value) {
        if (value == null) {
            return null;
        }
        return switch (schema.type()) {
            case INT64 -> ((Number) value).longValue();
            case FLOAT64 -> asDouble((Number) value);
            case ARRAY -> {
                List<Object> items = new ArrayList<>();
                ((List<?>) value).forEach(item -> items.add(value(schema.valueSchema(), item)));
                yield items;
            }
            case STRUCT -> {
                Struct struct = new Struct(schema);
                for (Field field : schema.fields()) {
                    struct.put(field, value(field.schema(), ((Map<?, ?>) value).get(field.name())));
                }
                yield struct;
            }
            default -> value;
        };
    }

    /** A whole number next to fractions may have more digits than a double. */
    private static double asDouble(Number value) {
        boolean isWhole = !(value instanceof Double || value instanceof Float);
        double number = value.doubleValue();
        if (isWhole && (number == 0x1p63 || (long) number != value.longValue())) {
            throw mismatch("a list has a whole number with more digits than a double beside one that is not whole");
        }
        return number;
    }

    private static DoLakeException mismatch(String reason) {
        return new DoLakeException(ErrorCode.TYPE_MISMATCH, "Cannot read record without a schema: " + reason)
                .withHint("Use a converter with schemas");
    }
}
