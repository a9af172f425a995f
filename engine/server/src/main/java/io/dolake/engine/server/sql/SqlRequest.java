/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.engine.server.json.JsonValues;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A statement and its parameters, as sent by a user.
 *
 * @param parameters in the order of their numbers, complete
 */
public record SqlRequest(SqlText text, List<Object> parameters) {
    /** The fields of a statement in a request. */
    public static final List<String> FIELDS = List.of("sql", "params");

    /**
     * Reads {@code {"sql": text, "params"?: [value, ...] or {name: value}}}.
     *
     * @throws DoLakeException INVALID_ARGUMENT, or SYNTAX_ERROR if the text is not one statement
     */
    public static SqlRequest read(JsonNode node) {
        return read(node, new LastText());
    }

    /**
     * The text of a statement, read once where the same one comes again and again, as in a batch of inserts or in a
     * session. Not thread-safe.
     */
    public static final class LastText {
        /** Of a text that stays with a session after its request; a longer one is read each time. */
        private static final int MAX_KEPT_LENGTH = 20_000;

        private final int maxLength;
        private String given;
        private SqlText read;

        /** For the requests of a session. */
        public LastText() {
            this(MAX_KEPT_LENGTH);
        }

        private LastText(int maxLength) {
            this.maxLength = maxLength;
        }

        SqlText of(String text) {
            if (text.equals(given)) {
                return read;
            }
            SqlText now = SqlText.of(JsonValues.wellFormed(text));
            if (text.length() <= maxLength) {
                read = now;
                given = text;
            }
            return now;
        }
    }

    /** As {@link #read(JsonNode)}, with the text of the statement before. */
    public static SqlRequest read(JsonNode node, LastText last) {
        JsonNode sql = node.get("sql");
        if (sql == null || !sql.isTextual()) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot read statement: 'sql' is missing or not a string");
        }
        SqlText text = last.of(sql.textValue());
        JsonNode params = node.get("params");
        if (params == null || params.isNull()) {
            return new SqlRequest(text, checked(text, List.of()));
        }
        if (params.isArray()) {
            List<Object> values = new ArrayList<>(params.size());
            params.forEach(value -> values.add(JsonValues.read(value)));
            return new SqlRequest(text, checked(text, values));
        }
        if (params.isObject()) {
            return new SqlRequest(text, named(text, params));
        }
        throw new DoLakeException(
                ErrorCode.INVALID_ARGUMENT, "Cannot read statement: 'params' must be an array or an object");
    }

    /**
     * Reads {@code {"statements": [...]}}, each as {@link #read} does.
     *
     * @throws DoLakeException INVALID_ARGUMENT or SYNTAX_ERROR, with the number of the statement
     */
    public static List<SqlRequest> list(JsonNode node, int max) {
        JsonNode statements = node.get("statements");
        if (statements == null || !statements.isArray()) {
            throw JsonReader.invalid("statements", "it is missing or not an array");
        }
        if (statements.size() > max) {
            throw JsonReader.invalid("statements", statements.size() + " are more than " + max);
        }
        List<SqlRequest> requests = new ArrayList<>(statements.size());
        LastText last = new LastText(Integer.MAX_VALUE);
        for (int i = 0; i < statements.size(); i++) {
            try {
                JsonReader.known(statements.get(i), FIELDS);
                requests.add(read(statements.get(i), last));
            } catch (DoLakeException e) {
                throw e.withDetail("statement", i);
            }
        }
        return requests;
    }

    private static List<Object> checked(SqlText text, List<Object> values) {
        if (values.size() != text.parameterCount()) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot bind parameters: the statement has " + text.parameterCount() + ", and " + values.size()
                            + " were given");
        }
        return values;
    }

    private static List<Object> named(SqlText text, JsonNode params) {
        Object[] values = new Object[text.parameterCount()];
        boolean[] given = new boolean[values.length];
        Iterator<Map.Entry<String, JsonNode>> fields = params.fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            int index = index(text, field.getKey()) - 1;
            values[index] = JsonValues.read(field.getValue());
            given[index] = true;
        }
        for (int i = 0; i < given.length; i++) {
            if (!given[i]) {
                throw new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT, "Cannot bind parameters: number " + (i + 1) + " is missing");
            }
        }
        return java.util.Arrays.asList(values);
    }

    private static int index(SqlText text, String name) {
        for (String prefix : new String[] {"", ":", "@", "$"}) {
            Integer index = text.parameters().get(prefix + name);
            if (index != null) {
                return index;
            }
        }
        throw new DoLakeException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot bind parameters: the statement has no parameter named '" + name + "'");
    }
}
