/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;

/**
 * Values that a source did not send, since they did not change and its log does not repeat large ones: Debezium puts a
 * placeholder in their place, in texts, byte strings, and as the only item of lists of texts. In a table with a key they are
 * those of the row as it was.
 */
final class Unavailable {
    static final String PLACEHOLDER = "dolake.unavailable.value.placeholder";
    static final String POLICY = "dolake.unavailable.value.policy";

    /** What to do where there is no earlier row. */
    enum Policy {
        FAIL,
        NULL
    }

    private final String text;
    private final ByteBuffer bytes;

    Unavailable(SinkConfig config) {
        text = config.getString(PLACEHOLDER);
        bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static void define(ConfigDef def) {
        String group = "Unavailable values";
        def.define(
                PLACEHOLDER,
                STRING,
                "__debezium_unavailable_value",
                MEDIUM,
                "What the source puts in the place of values that it does not have, as its setting"
                        + " unavailable.value.placeholder says. In a table with a key such a value stays as it was. Empty:"
                        + " nothing is looked for.",
                group,
                1,
                Width.MEDIUM,
                "Placeholder");
        def.define(
                POLICY,
                STRING,
                "fail",
                ValidString.in("fail", "null"),
                LOW,
                "What to do with such a value if the table has no earlier row: fail, or null.",
                group,
                2,
                Width.SHORT,
                "Policy");
    }

    static Policy policy(SinkConfig config) {
        return Policy.valueOf(config.getString(POLICY).toUpperCase(Locale.ROOT));
    }

    /** The columns whose values are placeholders; these become null. Null if there are none. */
    BitSet take(Object[] values) {
        if (text.isEmpty()) {
            return null;
        }
        BitSet columns = null;
        for (int i = 0; i < values.length; i++) {
            if (isPlaceholder(values[i])) {
                columns = columns == null ? new BitSet(values.length) : columns;
                columns.set(i);
                values[i] = null;
            }
        }
        return columns;
    }

    private boolean isPlaceholder(Object value) {
        if (value instanceof String string) {
            return string.equals(text);
        }
        if (value instanceof ByteBuffer buffer) {
            return buffer.equals(bytes);
        }
        return value instanceof List<?> list && list.size() == 1 && text.equals(list.get(0));
    }

    /** The columns of a row that cannot be had. */
    static DoLakeException missing(Object table, RowShape shape, BitSet columns) {
        List<String> names =
                columns.stream().mapToObj(i -> shape.columns().get(i).name()).toList();
        return new DoLakeException(
                        ErrorCode.CONSTRAINT_VIOLATION,
                        "Cannot write a row of table " + table + ": the source did not send column(s) " + names
                                + ", and the table has no earlier row of its key")
                .withHint("Have the source send whole rows (Postgres: REPLICA IDENTITY FULL), or set " + POLICY
                        + "=null");
    }
}
