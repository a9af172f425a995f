/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.Affinity;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Says which value the lake has to hold for a value of the engine. Written from the description of the mapping, not with
 * the connector's code, so that an error there cannot hide itself here.
 *
 * <p>Both sides are brought to one text form, equal exactly where the values are. A value that does not fit the type of
 * its column stands in {@code _rescued_data}, in the JSON form of values.
 */
final class Cell {
    static final String RESCUED = "_rescued_data";
    static final String ROWID = "_rowid_";
    static final String NULL = "-";

    private static final String RESCUED_MARK = " rescued ";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long EXACT_IN_DOUBLE = 1L << 53;

    private Cell() {}

    /** What a column of the lake can hold. */
    enum Kind {
        BOOLEAN("boolean"),
        INTEGER("long"),
        REAL("double"),
        /** Text only. */
        TEXT("string"),
        /** No type, or ANY: text, and numbers by their text. A text that reads like a number is rescued as well. */
        ANY("string"),
        /** Text, and numbers by their text: DATE and the like. */
        TEXT_OR_NUMBER("string"),
        BYTES("binary");

        private final String icebergType;

        Kind(String icebergType) {
            this.icebergType = icebergType;
        }

        String icebergType() {
            return icebergType;
        }

        static Kind of(String declaredType, boolean strict) {
            String type = declaredType.toUpperCase(Locale.ROOT);
            if (strict) {
                return switch (type) {
                    case "INT", "INTEGER" -> INTEGER;
                    case "REAL" -> REAL;
                    case "BLOB" -> BYTES;
                    case "ANY" -> ANY;
                    default -> TEXT;
                };
            }
            if (type.contains("BOOL")) {
                return BOOLEAN;
            }
            return switch (Affinity.of(type)) {
                case INTEGER -> INTEGER;
                case REAL -> REAL;
                case TEXT -> TEXT;
                case BLOB -> type.isBlank() ? ANY : BYTES;
                case NUMERIC -> type.contains("DECIMAL") || type.contains("NUMERIC") ? REAL : TEXT_OR_NUMBER;
            };
        }
    }

    /** Of a value of the engine: Long, Double, String, byte[] or null. */
    static String ofEngine(Kind kind, Object value) {
        if (value == null) {
            return NULL;
        }
        String fitting = switch (kind) {
            case BOOLEAN -> value.equals(0L) ? "b:false" : value.equals(1L) ? "b:true" : null;
            case INTEGER -> value instanceof Long ? "i:" + value : null;
            case REAL -> real(value);
            case TEXT -> value instanceof String ? "t:" + value : null;
            case ANY -> any(value);
            case TEXT_OR_NUMBER -> textOrNumber(value);
            case BYTES -> value instanceof byte[] bytes ? "x:" + hex(bytes) : null;
        };
        return fitting == null ? RESCUED_MARK + plain(value) : fitting;
    }

    private static String textOrNumber(Object value) {
        return value instanceof byte[] || value instanceof Double real && Double.isInfinite(real) ? null : "t:" + value;
    }

    private static String any(Object value) {
        String shown = textOrNumber(value);
        return value instanceof String text && isCanonical(text) ? shown + RESCUED_MARK + plain(text) : shown;
    }

    /** Whether the text is how a number would be written. */
    private static boolean isCanonical(String text) {
        try {
            return text.equals(String.valueOf(Double.parseDouble(text)))
                    || text.equals(String.valueOf(Long.parseLong(text)));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String real(Object value) {
        if (value instanceof Double real) {
            return Double.isInfinite(real) ? null : "r:" + real;
        }
        if (value instanceof Long number) {
            boolean exact =
                    Math.abs(number) <= EXACT_IN_DOUBLE || number != Long.MAX_VALUE && (long) (double) number == number;
            return exact ? "r:" + (double) number : null;
        }
        return null;
    }

    /** Of a value of the lake, or of what was rescued for its column. */
    static String ofLake(Object value, JsonNode rescued) {
        String more = rescued == null || rescued.isMissingNode() ? "" : RESCUED_MARK + plain(value(rescued));
        if (value != null) {
            return stored(value) + more;
        }
        return more.isEmpty() ? NULL : more;
    }

    private static String stored(Object value) {
        if (value instanceof Boolean) {
            return "b:" + value;
        }
        return value instanceof byte[] || value instanceof Long || value instanceof Double
                ? plain(value)
                : "t:" + value;
    }

    private static String plain(Object value) {
        if (value instanceof byte[] bytes) {
            return "x:" + hex(bytes);
        }
        if (value instanceof Long) {
            return "i:" + value;
        }
        return (value instanceof Double ? "r:" : "t:") + value;
    }

    /** A value out of its JSON form. */
    private static Object value(JsonNode node) {
        if (node.isObject() && node.has("blob")) {
            return HexFormat.of().parseHex(node.path("blob").asText());
        }
        if (node.isObject() && node.has("real")) {
            return Double.valueOf(node.path("real").asText());
        }
        if (node.isIntegralNumber()) {
            return node.asLong();
        }
        if (node.isNumber()) {
            return node.asDouble();
        }
        return node.asText();
    }

    /** The object in {@code _rescued_data}; a missing node if there is none or it cannot be read. */
    static JsonNode rescued(Object text) {
        if (text == null) {
            return JSON.missingNode();
        }
        try {
            return JSON.readTree(text.toString());
        } catch (JsonProcessingException e) {
            return JSON.missingNode(); // then the values are missing, and are reported as such
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
