/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Struct;

/** Values as texts that are equal only for equal values, whichever reader they come from. */
public final class Shown {
    /** Not to be taken for a text. */
    public static final String NULL = "(null)";

    private Shown() {}

    /** A reader's own structs have to be {@link Answer.Fields}. */
    public static String text(Object value) {
        if (value instanceof OffsetDateTime time) {
            return time.toInstant().toString();
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Answer.Fields struct) {
            return struct.values().stream().map(Shown::text).collect(Collectors.joining(", ", "(", ")"));
        }
        if (value instanceof Struct struct) {
            return struct.schema().fields().stream()
                    .map(field -> text(struct.getWithoutDefault(field.name())))
                    .collect(Collectors.joining(", ", "(", ")"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Shown::text).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> text(entry.getKey()) + "=" + text(entry.getValue()))
                    .sorted()
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return value == null ? NULL : value.toString();
    }
}
