/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.support.Suggestions;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/** Reads the fields of JSON requests with their types; a wrong field is INVALID_ARGUMENT with its name. */
public final class JsonReader {
    private static final int MAX_SHOWN = 100;

    private JsonReader() {}

    public static JsonNode object(byte[] bytes) {
        try {
            return checked(Json.MAPPER.readTree(bytes));
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    public static JsonNode object(String text) {
        try {
            return checked(Json.MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw malformed(e);
        }
    }

    private static JsonNode checked(JsonNode node) {
        if (node == null || !node.isObject()) {
            throw new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot read request: it is not a JSON object");
        }
        return node;
    }

    private static DoLakeException malformed(IOException e) {
        if (e instanceof StreamConstraintsException) {
            return new DoLakeException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "Cannot read request: " + ((JsonProcessingException) e).getOriginalMessage(),
                    e);
        }
        String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot read request: it is not JSON: " + reason, e);
    }

    /**
     * Refuses unknown fields, which may be misspelt known ones.
     *
     * @param fields the known fields
     */
    public static void known(JsonNode node, List<String> fields) {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!fields.contains(name)) {
                String shown = name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "..." : name;
                throw Suggestions.add(
                        invalid(shown, "the request has no such field"), Suggestions.nearest(name, fields));
            }
        }
    }

    /** A text field; null if absent. */
    public static String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw invalid(field, "it is not a string");
        }
        return value.textValue();
    }

    public static String requiredText(JsonNode node, String field) {
        String text = text(node, field);
        if (text == null) {
            throw invalid(field, "it is missing");
        }
        return text;
    }

    /** A whole number within limits, or the default if absent. */
    public static long number(JsonNode node, String field, long initial, long min, long max) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return initial;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw invalid(field, "it is not a whole number");
        }
        if (value.longValue() < min || value.longValue() > max) {
            throw invalid(field, value.longValue() + " is not within " + min + " to " + max);
        }
        return value.longValue();
    }

    public static long requiredNumber(JsonNode node, String field, long min, long max) {
        if (!node.hasNonNull(field)) {
            throw invalid(field, "it is missing");
        }
        return number(node, field, min, min, max);
    }

    public static DoLakeException invalid(String field, String reason) {
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot read '" + field + "': " + reason);
    }
}
