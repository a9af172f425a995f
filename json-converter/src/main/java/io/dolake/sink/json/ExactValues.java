/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * Checks values of JsonConverter against the payload. That converter reads {@code "NaN"}, which it writes itself, and
 * any other text as 0; truncates numbers to the bits of their type; and reads null in place of anything that is
 * not a text. Here not-a-number and infinity keep their meaning, and the rest is refused. Used for messages that {@link
 * PayloadReader} does not read: it is slower than the converter.
 */
final class ExactValues {
    /** JsonConverter accepts numbers with leading zeros. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
            .build();
    /** Whole numbers up to here are exact in a double. */
    private static final double LAST_WHOLE_DOUBLE = 0x1p53;

    private ExactValues() {}

    /** The value to use; {@link DataException} if it differs from the payload. */
    static Object ofMessage(Schema schema, byte[] message, boolean isEnvelope, Object value) {
        JsonNode json = read(message);
        JsonNode payload = isEnvelope ? json.get("payload") : json;
        return of(schema, payload, value, "");
    }

    private static JsonNode read(byte[] message) {
        try {
            return MAPPER.readTree(message);
        } catch (IOException | StackOverflowError e) {
            // The parser's message quotes the text, which JsonConverter could read.
            throw new DataException("Cannot read a message again to check its numbers");
        }
    }

    private static Object of(Schema schema, JsonNode json, Object value, String path) {
        if (json == null || json.isNull()) {
            // Null, or a default.
            return value;
        }
        if (value == null) {
            throw mismatch(schema == null ? "value" : schema.type().getName(), path);
        }
        if (schema == null) {
            checkNumbers(json, path);
            return value;
        }
        return switch (schema.type()) {
            case INT8 -> whole(json, Byte.SIZE, value, path);
            case INT16 -> whole(json, Short.SIZE, value, path);
            case INT32 -> whole(json, Integer.SIZE, value, path);
            case INT64 -> whole(json, Long.SIZE, value, path);
            case FLOAT32 -> (float) real(json, Float.MAX_VALUE, path);
            case FLOAT64 -> real(json, Double.MAX_VALUE, path);
            case BOOLEAN -> require(json.isBoolean(), "boolean", value, path);
            case STRING -> require(json.isTextual(), "text", value, path);
            case BYTES -> require(json.isTextual() || isDecimal(schema) && json.isNumber(), "byte string", value, path);
            case ARRAY -> array(schema, json, value, path);
            case MAP -> map(schema, json, value, path);
            case STRUCT -> struct(schema, json, (Struct) value, path);
        };
    }

    private static boolean isDecimal(Schema schema) {
        return Decimal.LOGICAL_NAME.equals(schema.name());
    }

    private static Object require(boolean isRight, String type, Object value, String path) {
        if (!isRight) {
            throw mismatch(type, path);
        }
        return value;
    }

    private static Object whole(JsonNode json, int bits, Object value, String path) {
        boolean isWhole = json.isIntegralNumber()
                ? json.bigIntegerValue().bitLength() < bits
                : json.isNumber()
                        && json.doubleValue() == Math.rint(json.doubleValue())
                        && Math.abs(json.doubleValue()) <= Math.min(LAST_WHOLE_DOUBLE, Math.scalb(1.0, bits - 1) - 1);
        return require(isWhole, "whole number of " + bits + " bits", value, path);
    }

    private static double real(JsonNode json, double last, String path) {
        if (json.isNumber() && Math.abs(json.doubleValue()) <= last) {
            return json.doubleValue();
        }
        return switch (json.isTextual() ? json.textValue() : "") {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw mismatch("number that its type holds", path);
        };
    }

    private static Object array(Schema schema, JsonNode json, Object value, String path) {
        @SuppressWarnings("unchecked")
        List<Object> items = (List<Object>) value;
        for (int i = 0; i < items.size(); i++) {
            items.set(i, of(schema.valueSchema(), json.get(i), items.get(i), path + "[" + i + "]"));
        }
        return items;
    }

    /** Keys that are not texts come in pairs with their values. */
    private static Object map(Schema schema, JsonNode json, Object value, String path) {
        Map<?, ?> items = (Map<?, ?>) value;
        Map<Object, Object> exact = new HashMap<>();
        if (json.isObject()) {
            json.properties()
                    .forEach(entry -> exact.put(
                            entry.getKey(),
                            of(schema.valueSchema(), entry.getValue(), items.get(entry.getKey()), path + "{value}")));
            return exact;
        }
        for (JsonNode pair : json) {
            Object key = key(schema.keySchema(), pair.get(0), path + "{key}");
            exact.put(key, of(schema.valueSchema(), pair.get(1), items.get(key), path + "{value}"));
        }
        // Keys of other types are read by JsonConverter alone.
        return exact.keySet().equals(items.keySet()) ? exact : value;
    }

    private static Object key(Schema schema, JsonNode json, String path) {
        return switch (schema.type()) {
            case INT8 -> ((Number) whole(json, Byte.SIZE, json.numberValue(), path)).byteValue();
            case INT16 -> ((Number) whole(json, Short.SIZE, json.numberValue(), path)).shortValue();
            case INT32 -> ((Number) whole(json, Integer.SIZE, json.numberValue(), path)).intValue();
            case INT64 -> ((Number) whole(json, Long.SIZE, json.numberValue(), path)).longValue();
            default -> json.asText();
        };
    }

    private static Object struct(Schema schema, JsonNode json, Struct value, String path) {
        for (Field field : schema.fields()) {
            Object old = value.getWithoutDefault(field.name());
            Object exact = of(field.schema(), json.get(field.name()), old, path + "." + field.name());
            if (exact != old) {
                value.put(field, exact);
            }
        }
        return value;
    }

    /** For a message without a schema. */
    private static void checkNumbers(JsonNode json, String path) {
        if (json.isIntegralNumber()) {
            whole(json, Long.SIZE, null, path);
        } else if (json.isNumber()) {
            real(json, Double.MAX_VALUE, path);
        }
        json.properties().forEach(entry -> checkNumbers(entry.getValue(), path + "." + entry.getKey()));
        if (json.isArray()) {
            json.forEach(item -> checkNumbers(item, path + "[]"));
        }
    }

    private static DataException mismatch(String type, String path) {
        return new DataException("Cannot read message: "
                + (path.isEmpty() ? "its value" : "its field " + path.replaceFirst("^\\.", "")) + " is not a " + type);
    }
}
