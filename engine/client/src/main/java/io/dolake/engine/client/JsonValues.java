/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RawText;
import java.util.HexFormat;

/** Converts SQLite values to and from JSON, {@code schemas/SPEC.md} section 3. Integers never pass through a double. */
public final class JsonValues {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final HexFormat HEX = HexFormat.of();
    private static final String BLOB = "blob";
    private static final String REAL = "real";
    private static final String TEXT = "text";

    private JsonValues() {}

    /**
     * Parameter to JSON. NaN becomes NULL, as SQLite itself stores it.
     *
     * @throws DoLakeException INVALID_ARGUMENT for a class that has no SQLite form
     */
    public static JsonNode toJson(Object value) {
        if (value == null) {
            return JSON.nullNode();
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return JSON.numberNode(((Number) value).longValue());
        }
        if (value instanceof Double || value instanceof Float) {
            return realToJson(((Number) value).doubleValue());
        }
        if (value instanceof String text) {
            return textToJson(text);
        }
        if (value instanceof byte[] bytes) {
            return JSON.objectNode().put(BLOB, HEX.formatHex(bytes));
        }
        if (value instanceof RawText text) {
            return JSON.objectNode().put(TEXT, text.hex());
        }
        if (value instanceof Boolean flag) {
            return JSON.booleanNode(flag);
        }
        throw new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot send a parameter of " + value.getClass() + ": it has no SQLite form")
                .withHint("Use Long, Integer, Double, String, RawText, byte[], Boolean or null.");
    }

    private static JsonNode realToJson(double value) {
        if (Double.isNaN(value)) {
            return JSON.nullNode();
        }
        return Double.isInfinite(value) ? JSON.objectNode().put(REAL, Double.toString(value)) : JSON.numberNode(value);
    }

    private static JsonNode textToJson(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    throw new DoLakeException(
                                    ErrorCode.INVALID_ARGUMENT,
                                    "Cannot send text: its character " + i + " is half of a surrogate pair")
                            .withHint("A text must be well-formed Unicode; send other bytes as RawText or byte[].");
                }
                i++;
            }
        }
        return JSON.textNode(text);
    }

    /**
     * JSON to Long, Double, String, RawText, byte[] or null.
     *
     * @throws DoLakeException PROTOCOL_ERROR if the JSON is not a value
     */
    public static Object fromJson(JsonNode json) {
        if (json == null || json.isNull()) {
            return null;
        }
        if (json.isIntegralNumber() && json.canConvertToLong()) {
            return json.longValue();
        }
        if (json.isFloatingPointNumber()) {
            return json.doubleValue();
        }
        if (json.isTextual()) {
            return json.textValue();
        }
        if (json.isObject() && json.size() == 1) {
            return tagged(json);
        }
        throw unreadable(json);
    }

    private static Object tagged(JsonNode json) {
        try {
            if (json.path(BLOB).isTextual()) {
                return HEX.parseHex(json.path(BLOB).textValue());
            }
            if (json.path(TEXT).isTextual()) {
                return new RawText(HEX.parseHex(json.path(TEXT).textValue()));
            }
        } catch (IllegalArgumentException e) {
            throw unreadable(json); // without the cause, which quotes the value
        }
        String real = json.path(REAL).asText();
        return switch (real) {
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw unreadable(json);
        };
    }

    private static DoLakeException unreadable(JsonNode json) {
        return new DoLakeException(
                ErrorCode.PROTOCOL_ERROR,
                "Cannot read a value: " + json.getNodeType() + " is not the JSON form of a SQLite value");
    }
}
