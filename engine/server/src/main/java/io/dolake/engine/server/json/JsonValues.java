/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RawText;
import java.io.IOException;
import java.util.HexFormat;

/** Converts values of SQLite to and from JSON, as in section 3 of the specification. */
public final class JsonValues {
    private static final HexFormat HEX = HexFormat.of();

    private JsonValues() {}

    /** @param value Long, Integer, Double, String, RawText, byte[] or null */
    public static void write(JsonGenerator json, Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof byte[] bytes) {
            json.writeStartObject();
            json.writeStringField("blob", HEX.formatHex(bytes));
            json.writeEndObject();
        } else if (value instanceof RawText text) {
            json.writeStartObject();
            json.writeStringField("text", text.hex());
            json.writeEndObject();
        } else if (value instanceof Double number) {
            writeReal(json, number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            throw new IllegalArgumentException("Cannot write a value of " + value.getClass());
        }
    }

    private static void writeReal(JsonGenerator json, double number) throws IOException {
        if (Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeStartObject();
            json.writeStringField("real", Double.toString(number));
            json.writeEndObject();
        }
    }

    /**
     * Reads a parameter: Long, Double, String, RawText, byte[] or null.
     *
     * @throws DoLakeException INVALID_ARGUMENT for anything else
     */
    public static Object read(JsonNode node) {
        switch (node.getNodeType()) {
            case NULL:
                return null;
            case BOOLEAN:
                return node.booleanValue() ? 1L : 0L;
            case STRING:
                return wellFormed(node.textValue());
            case NUMBER:
                return readNumber(node);
            case OBJECT:
                return readObject(node);
            default:
                throw invalid("a value is a number, a text, a boolean, null, {\"blob\": hex}, {\"text\": hex} or"
                        + " {\"real\": text}");
        }
    }

    /** Refuses an unpaired surrogate: it has no UTF-8 form, so SQLite would get another character in its place. */
    public static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    throw new DoLakeException(
                                    ErrorCode.INVALID_ARGUMENT,
                                    "Cannot read text: its character " + i + " is half of a surrogate pair")
                            .withHint("Send bytes that are not text as {\"text\": hex} or {\"blob\": hex}.");
                }
                i++;
            }
        }
        return text;
    }

    private static Object readNumber(JsonNode node) {
        if (!node.isIntegralNumber()) {
            return node.doubleValue();
        }
        if (!node.canConvertToLong()) {
            throw invalid("an integer has at most 64 bits; send it as text or with a fraction");
        }
        return node.longValue();
    }

    private static Object readObject(JsonNode node) {
        try {
            if (node.size() == 1 && node.path("blob").isTextual()) {
                return HEX.parseHex(node.get("blob").textValue());
            }
            if (node.size() == 1 && node.path("text").isTextual()) {
                return new RawText(HEX.parseHex(node.get("text").textValue()));
            }
        } catch (IllegalArgumentException e) {
            throw invalid("it is not hexadecimal");
        }
        String real =
                node.size() == 1 && node.hasNonNull("real") ? node.get("real").asText() : "";
        return switch (real) {
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default ->
                throw invalid("an object is {\"blob\": hex}, {\"text\": hex} or"
                        + " {\"real\": \"Infinity\" or \"-Infinity\"}");
        };
    }

    /** The error leaves the value out, because it may be confidential. */
    private static DoLakeException invalid(String reason) {
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot read a parameter: " + reason);
    }
}
