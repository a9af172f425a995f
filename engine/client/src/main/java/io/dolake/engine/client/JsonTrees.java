/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.util.List;

/** Converts between JSON text and trees. The size of a document is limited where it is received, not here. */
final class JsonTrees {
    private static final int EXCERPT_CHARS = 200;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build());

    private JsonTrees() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ObjectNode statement(Statement statement) {
        ObjectNode json = object().set("sql", JsonValues.toJson(statement.sql()));
        if (!statement.params().isEmpty()) {
            ArrayNode params = json.putArray("params");
            statement.params().forEach(value -> params.add(JsonValues.toJson(value)));
        }
        return json;
    }

    static ObjectNode statements(List<Statement> statements) {
        ObjectNode json = object();
        ArrayNode list = json.putArray("statements");
        statements.forEach(statement -> list.add(statement(statement)));
        return json;
    }

    static String write(JsonNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot send request: " + e.getOriginalMessage(), e);
        }
    }

    static byte[] writeBytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot send request: " + e.getOriginalMessage(), e);
        }
    }

    static JsonNode read(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (json != null && !json.isMissingNode()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            throw unreadable(text);
        }
        throw unreadable(text);
    }

    static JsonNode read(byte[] utf8) {
        try {
            JsonNode json = MAPPER.readTree(utf8);
            if (json != null && !json.isMissingNode()) {
                return json;
            }
        } catch (IOException e) {
            throw unreadable(new String(utf8, UTF_8));
        }
        throw unreadable(new String(utf8, UTF_8));
    }

    /** Details of an error as plain maps, lists, numbers and texts. */
    static Object plain(JsonNode json) {
        return MAPPER.convertValue(json, Object.class);
    }

    static String excerpt(String text) {
        return text.length() <= EXCERPT_CHARS ? text : text.substring(0, EXCERPT_CHARS) + "...";
    }

    /**
     * The error for an answer that is not JSON. It quotes neither the text nor the parser's error, since the text may
     * hold rows; only HTML pages, which come from proxies, are quoted.
     */
    private static DoLakeException unreadable(String text) {
        boolean isPage = text.stripLeading().startsWith("<");
        return new DoLakeException(
                ErrorCode.PROTOCOL_ERROR,
                "Cannot read answer" + (isPage ? " '" + excerpt(text) + "'" : " of " + text.length() + " characters")
                        + ": it is not JSON");
    }
}
