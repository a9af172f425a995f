/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.iceberg.data.Record;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * The values of {@code values/boundaries.tsv}: of each type of Connect and Debezium those at its ends and a little past
 * them, as messages, with the lake's type and value, or {@code refused}. The module {@code spark} reads the same file.
 */
public record BoundaryValues(SchemaAndValue value, String type, String expected, String line) {
    static final String REFUSED = "refused";

    public static List<BoundaryValues> all() {
        List<BoundaryValues> all = new ArrayList<>();
        try (JsonConverter json = new JsonConverter();
                InputStream in = BoundaryValues.class.getResourceAsStream("/values/boundaries.tsv")) {
            json.configure(Map.of("schemas.enable", true), false);
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] parts = line.split("\t", -1);
                SchemaAndValue value = json.toConnectData("any", parts[0].getBytes(StandardCharsets.UTF_8));
                all.add(new BoundaryValues(value, parts[1], parts[2].translateEscapes(), line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    public boolean isRefused() {
        return type.equals(REFUSED);
    }

    /** A value of the lake as the file has it. */
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
        if (value instanceof Record record) {
            List<Object> fields = new ArrayList<>();
            for (int i = 0; i < record.size(); i++) {
                fields.add(record.get(i));
            }
            return fields.stream().map(BoundaryValues::text).collect(Collectors.joining(", ", "(", ")"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(BoundaryValues::text).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> text(entry.getKey()) + "=" + text(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return String.valueOf(value);
    }
}
