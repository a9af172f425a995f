/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.UnavailableConfig;
import io.dolake.sink.types.ConnectTypes;
import io.dolake.sink.types.DebeziumTypes;
import io.dolake.sink.types.JsonVariant;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Values that a source did not send because they did not change: its log does not repeat large ones. Debezium sends a
 * placeholder instead, in a form that fits the column's type: a text, bytes, a list of one item or of the bytes as
 * numbers, a map of one entry, a geometry. Records are checked for it on arrival, before a column's type limits the
 * values. In a table with a key such values keep the content of the previous row.
 */
public final class UnavailableValues {

    /** Postgres' placeholders for geometries, in PostGIS' formats, and for its points. */
    private static final Set<ByteBuffer> GEOMETRIES = Set.of(
            hex("0101000020E6100000000000FC83D797C1000000FC83D797C1"),
            hex("0101000020E61000000C21E7FDFF7F66401842CEFBFF7F5640"),
            hex("0101000000000000FC83D797C1000000FC83D797C1"));

    private final String text;
    private final byte[] bytes;
    /** As text, and the forms that it takes where connectors send byte strings and maps as text. */
    private final String[] forms;

    private final int shortest;
    private final int longest;
    private final String uuid;

    public UnavailableValues(SinkConfig config) {
        this(config.unavailableValuePlaceholder());
    }

    /** @param setting as in the source: text, or {@code hex:} and bytes; empty: no placeholder is looked for */
    public UnavailableValues(String setting) {
        bytes = setting.startsWith(UnavailableConfig.HEX)
                ? HexFormat.of().parseHex(setting.substring(UnavailableConfig.HEX.length()))
                : setting.getBytes(StandardCharsets.UTF_8);
        text = new String(bytes, StandardCharsets.UTF_8);
        uuid = UUID.nameUUIDFromBytes(bytes).toString();
        Set<String> texts = new HashSet<>();
        if (!text.isEmpty()) {
            String quoted = '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            texts.addAll(List.of(
                    text,
                    '{' + quoted + ':' + quoted + '}',
                    HexFormat.of().formatHex(bytes),
                    Base64.getEncoder().encodeToString(bytes),
                    Base64.getUrlEncoder().encodeToString(bytes),
                    Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
        }
        forms = texts.toArray(String[]::new);
        shortest = texts.stream().mapToInt(String::length).min().orElse(Integer.MAX_VALUE);
        longest = texts.stream().mapToInt(String::length).max().orElse(-1);
    }

    private static ByteBuffer hex(String digits) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(digits.toLowerCase(Locale.ROOT)));
    }

    /** The columns of rows, one after the other, whose values are unavailable. */
    public final class Gaps {
        private final boolean isKept;
        private BitSet columns;

        private Gaps(boolean isKept) {
            this.isKept = isKept;
        }

        /** Whether a value needs {@link #value}: an unchanged value needs it only where it has to become JSON. */
        public boolean isPlaceholder(Type type, Object value) {
            return (!isKept || type.typeId() == Type.TypeID.VARIANT) && UnavailableValues.this.isPlaceholder(value);
        }

        /** The value of a row in place of a placeholder. */
        Object value(int column, Type type, Object placeholder, ConnectTypes.Mapped mapped) {
            if (!isKept) {
                columns = columns == null ? new BitSet() : columns;
                columns.set(column);
                return null;
            }
            // Not JSON.
            return type.typeId() == Type.TypeID.VARIANT
                    ? JsonVariant.text((String) placeholder)
                    : mapped.convert(placeholder);
        }

        /** The unavailable columns of the last row; null if there are none. */
        public BitSet take() {
            BitSet taken = columns;
            columns = null;
            return taken;
        }
    }

    /** Registers columns whose values a table may have. */
    public Gaps gaps() {
        return new Gaps(false);
    }

    /** Keeps placeholders unchanged: the table's rows are not later states of earlier rows. */
    public Gaps none() {
        return new Gaps(true);
    }

    /** Whether values of a schema may be placeholders: sources leave out only large ones. */
    static boolean mayLack(Schema schema) {
        return switch (schema.type()) {
            case STRING, BYTES, ARRAY, MAP, STRUCT -> true;
            default -> false;
        };
    }

    public boolean isPlaceholder(Object value) {
        if (value instanceof String string) {
            return isText(string);
        }
        return value != null && !text.isEmpty() && isOther(value);
    }

    /**
     * Lengths are compared first: nearly all texts are of other lengths, and hashing each of them would be expensive.
     */
    private boolean isText(String string) {
        int length = string.length();
        if (length >= shortest && length <= longest) {
            for (String form : forms) {
                if (form.length() == length && form.equals(string)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isOther(Object value) {
        if (value instanceof byte[] array) {
            return Arrays.equals(array, bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            return buffer.remaining() == bytes.length && buffer.equals(ByteBuffer.wrap(bytes));
        }
        if (value instanceof List<?> list) {
            return isList(list);
        }
        return value instanceof Struct struct ? isGeometry(struct) : value instanceof Map<?, ?> map && isMap(map);
    }

    /** The text, its bytes or a UUID made of them as the only item; or its bytes as numbers. */
    private boolean isList(List<?> list) {
        if (list.isEmpty() || list.get(0) instanceof List) {
            return false;
        }
        if (list.get(0) instanceof Number) {
            for (int i = 0; list.size() == bytes.length && i < bytes.length; i++) {
                if (!(list.get(i) instanceof Number number) || number.doubleValue() != bytes[i]) {
                    return false;
                }
            }
            return list.size() == bytes.length;
        }
        return list.size() == 1 && (uuid.equals(list.get(0)) || isPlaceholder(list.get(0)));
    }

    private boolean isMap(Map<?, ?> map) {
        return map.size() == 1 && text.equals(map.keySet().iterator().next());
    }

    private static boolean isGeometry(Struct struct) {
        String name = struct.schema().name();
        if (name == null
                || !name.startsWith("io.debezium.data.geometry.")
                || struct.schema().field("wkb") == null) {
            return false;
        }
        Object wkb = struct.getWithoutDefault("wkb");
        return wkb != null && GEOMETRIES.contains(DebeziumTypes.buffer(wkb));
    }

    /** The columns of a row whose values are available nowhere. */
    public static DoLakeException missing(Object table, RowShape shape, BitSet columns) {
        List<String> names =
                columns.stream().mapToObj(i -> shape.columns().get(i).name()).toList();
        return new DoLakeException(
                        ErrorCode.CONSTRAINT_VIOLATION,
                        "Cannot write a row of table " + table + ": the source did not send column(s) " + names
                                + ", and the table has no earlier row of its key")
                .withHint("Have the source send whole rows (Postgres: REPLICA IDENTITY FULL), or set "
                        + UnavailableConfig.POLICY + "=null");
    }
}
