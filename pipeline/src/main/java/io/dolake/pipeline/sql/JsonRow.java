/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.dolake.schemas.RawText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON on one line. Values of SQLite (Long, Double, String, RawText, byte[], null) take the form of {@code schemas/SPEC.md},
 * section 3; besides those: Boolean, other numbers, Map, Collection; anything else by its text.
 */
public final class JsonRow {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonRow() {}

    public static String of(Map<String, ?> object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            write(json, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** A row as an object; a name that comes again gets a number, so that no value is hidden. */
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

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Collection<?> collection) {
            json.writeStartArray();
            for (Object element : collection) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof byte[] bytes) {
            write(json, Map.of("blob", HexFormat.of().formatHex(bytes)));
        } else if (value instanceof RawText raw) {
            write(json, Map.of("text", raw.hex()));
        } else if (value instanceof Double real) {
            real(json, real);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Number number) {
            json.writeNumber(number.toString());
        } else {
            json.writeString(value.toString());
        }
    }

    private static void real(JsonGenerator json, double real) throws IOException {
        if (Double.isFinite(real)) {
            json.writeNumber(Double.toString(real));
        } else {
            write(json, Map.of("real", Double.toString(real)));
        }
    }
}
