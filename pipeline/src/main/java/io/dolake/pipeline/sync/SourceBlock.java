/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The source block of a change event as it stands in Kafka: where the change is in its source. Rows are
 * skipped.
 */
final class SourceBlock {
    private static final JsonFactory JSON = new JsonFactory();

    private SourceBlock() {}

    /** Its plain fields as text; empty if the value is none that JsonConverter wrote, or has no such block. */
    static Optional<Map<String, String>> of(byte[] value) {
        if (value == null) {
            return Optional.empty();
        }
        try (JsonParser parser = JSON.createParser(value)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? find(parser) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty(); // another converter's
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can be read", e);
        }
    }

    /** Looks at an object, and into the payload in it. */
    private static Optional<Map<String, String>> find(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
            if (isObject && name.equals("source")) {
                return Optional.of(fields(parser));
            } else if (isObject && name.equals("payload")) {
                return find(parser);
            }
            parser.skipChildren();
        }
        return Optional.empty();
    }

    private static Map<String, String> fields(JsonParser parser) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken().isScalarValue() && parser.currentToken() != JsonToken.VALUE_NULL) {
                fields.put(name, parser.getText());
            }
            parser.skipChildren();
        }
        return fields;
    }
}
