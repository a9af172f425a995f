/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.Affinity;
import io.dolake.schemas.RawText;
import io.dolake.schemas.SqliteNames;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says which value the lake has to hold for a value of the engine. Written from the description of the mapping, not
 * with the connector's code, so that an error there cannot hide itself here.
 *
 * <p>Both sides are brought to one text form, equal exactly where the values are. A value that does not fit the type of
 * its column stands in {@code _rescued_data}, in the JSON form of values.
 */
final class ComparedValue {
    static final String NULL = "-";

    /** In front of cells of which a part was rescued; others begin with a small letter. */
    private static final char RESCUED = 'R';

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long EXACT_IN_DOUBLE = 1L << 53;

    private ComparedValue() {}

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
            // Letters of ASCII only, as SQLite folds them.
            String type = SqliteNames.fold(declaredType);
            if (strict) {
                return switch (type) {
                    case "int", "integer" -> INTEGER;
                    case "real" -> REAL;
                    case "blob" -> BYTES;
                    case "any" -> ANY;
                    default -> TEXT;
                };
            }
            if (type.contains("bool")) {
                return BOOLEAN;
            }
            return switch (Affinity.of(type)) {
                case INTEGER -> INTEGER;
                case REAL -> REAL;
                case TEXT -> TEXT;
                case BLOB -> type.isBlank() ? ANY : BYTES;
                case NUMERIC -> type.contains("decimal") || type.contains("numeric") ? REAL : TEXT_OR_NUMBER;
            };
        }
    }

    /** Of a value of the engine: Long, Double, String, RawText, byte[] or null. */
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
        return fitting == null ? rescued(plain(value), "") : fitting;
    }

    private static String textOrNumber(Object value) {
        return value instanceof byte[]
                        || value instanceof RawText
                        || value instanceof Double real && Double.isInfinite(real)
                ? null
                : "t:" + value;
    }

    private static String any(Object value) {
        String shown = textOrNumber(value);
        return value instanceof String text && isCanonical(text) ? rescued(plain(text), shown) : shown;
    }

    /** With its length in front, so that no text can look like it. */
    private static String rescued(String value, String stored) {
        return RESCUED + (value.length() + ":" + value + stored);
    }

    /** The part of a cell that was rescued; null if nothing was. */
    private static String misfit(String cell) {
        if (cell.charAt(0) != RESCUED) {
            return null;
        }
        int colon = cell.indexOf(':');
        return cell.substring(colon + 1, colon + 1 + Integer.parseInt(cell.substring(1, colon)));
    }

    /** A cell for people. */
    static String readable(String cell) {
        String misfit = misfit(cell);
        return cell.equals(NULL) ? "NULL" : misfit != null ? misfit.substring(2) + " (rescued)" : cell.substring(2);
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
        String stored = value == null ? "" : stored(value);
        if (rescued != null && !rescued.isMissingNode()) {
            return rescued(plain(value(rescued)), stored);
        }
        return stored.isEmpty() ? NULL : stored;
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
        if (value instanceof RawText text) {
            return "u:" + text.hex();
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
        if (node.isObject() && node.has("text")) {
            return new RawText(HexFormat.of().parseHex(node.path("text").asText()));
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

    /**
     * What identifies a row of the engine beside its key columns.
     *
     * @param names of its key columns in the lake
     * @param cells their cells, in the same order
     * @param rowid of the row if a key column is NULL
     */
    static String identity(List<String> names, List<String> cells, Object rowid) {
        return cells.contains(NULL) ? "rowid " + rowid : misfits(names, cells);
    }

    /** The same where a NULL in a key column is one. */
    static String misfits(List<String> names, List<String> cells) {
        Map<String, String> misfits = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            String misfit = misfit(cells.get(i));
            if (misfit != null) {
                misfits.put(names.get(i), misfit);
            }
        }
        return misfits.isEmpty() ? NULL : "key " + misfits;
    }

    /** The same as the lake has it in {@code _rescued_key}. */
    static String identity(Object text) {
        if (text == null) {
            return NULL;
        }
        JsonNode identity = rescued(text);
        if (identity.size() == 1 && identity.path("rowid").isIntegralNumber()) {
            return "rowid " + identity.get("rowid").asText();
        }
        Map<String, String> misfits = new TreeMap<>();
        identity.path("key")
                .fields()
                .forEachRemaining(field -> misfits.put(field.getKey(), plain(value(field.getValue()))));
        return identity.size() == 1 && !misfits.isEmpty() ? "key " + misfits : "no identity: " + text;
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
