/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.engine.client.JsonValues;
import io.dolake.schemas.RawText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON on one line. Values of SQLite (Long, Double, String, RawText, byte[], null) take the form of {@code
 * schemas/SPEC.md}, section 3; besides those: Boolean, other numbers, Map, Collection; anything else by its text.
 */
public final class JsonRow {
    private static final JsonNodeFactory JSON = JsonNodeFactory.withExactBigDecimals(true);

    private JsonRow() {}

    public static String of(Map<String, ?> object) {
        return node(object).toString();
    }

    /** A row as an object; a repeated column name gets a number, so that no value is hidden. */
    public static Map<String, Object> object(List<String> names, Object[] values) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            String name = names.get(i);
            for (int n = 2; object.containsKey(name); n++) {
                name = names.get(i) + "_" + n;
            }
            object.put(name, values[i]);
        }
        return object;
    }

    private static JsonNode node(Object value) {
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = JSON.objectNode();
            map.forEach((name, member) -> object.set(String.valueOf(name), node(member)));
            return object;
        }
        if (value instanceof Collection<?> collection) {
            ArrayNode array = JSON.arrayNode();
            collection.forEach(element -> array.add(node(element)));
            return array;
        }
        if (value instanceof Number number && Double.isNaN(number.doubleValue())) {
            return JSON.objectNode().put("real", number.toString());
        }
        if (value instanceof Float number && Float.isFinite(number)
                || value instanceof BigDecimal
                || value instanceof BigInteger) {
            return JSON.numberNode(new BigDecimal(value.toString()));
        }
        boolean isOfSqlite = value == null
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof byte[]
                || value instanceof RawText;
        return isOfSqlite ? JsonValues.toJson(value) : JSON.textNode(value.toString());
    }
}
