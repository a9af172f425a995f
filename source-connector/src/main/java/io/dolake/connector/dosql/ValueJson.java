/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.engine.client.JsonValues;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Map;

/** The JSON form of values, as in section 3 of {@code schemas/SPEC.md}. */
final class ValueJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ValueJson() {}

    /** A JSON object: name to value, in the order of the map; a nested map becomes a nested object. */
    static String object(Map<String, Object> values) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        values.forEach((name, value) -> put(object, name, value));
        try {
            return MAPPER.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new DoLakeException(
                    ErrorCode.INTERNAL_ERROR, "Cannot write values as JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void put(ObjectNode object, String name, Object value) {
        if (value instanceof Map<?, ?> nested) {
            ObjectNode inner = object.putObject(name);
            nested.forEach((key, item) -> put(inner, (String) key, item));
        } else if (value instanceof String text) {
            // Any text, also one that a mask has cut within a surrogate pair.
            object.put(name, text);
        } else {
            object.set(name, JsonValues.toJson(value));
        }
    }
}
