/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Suspension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;

/** Parts that all JSON messages share, such as objects, errors and positions, and the limits for reading JSON. */
public final class Json {
    /** The largest nesting depth of a request. */
    private static final int MAX_DEPTH = 100;
    /** The largest number of tokens in a request: each becomes an object on the heap, even one of two bytes. */
    private static final long MAX_TOKENS = 1_000_000;

    public static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxTokenCount(MAX_TOKENS)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build());

    private static final JsonFactory FACTORY = MAPPER.getFactory();

    private Json() {}

    /** Writes part of a reply. */
    public interface Part {
        void write(JsonGenerator json) throws IOException;
    }

    /** A JSON object with the fields that the part writes. */
    public static byte[] object(Part part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            part.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    public static void error(JsonGenerator json, DoLakeException error) throws IOException {
        json.writeObjectFieldStart("error");
        json.writeStringField("code", error.code().name());
        json.writeStringField("message", error.getMessage());
        if (error.hint().isPresent()) {
            json.writeStringField("hint", error.hint().get());
        }
        if (error.retryAfter().isPresent()) {
            json.writeNumberField("retryAfterMs", error.retryAfter().get().toMillis());
        }
        if (!error.details().isEmpty()) {
            json.writeObjectFieldStart("details");
            for (var detail : error.details().entrySet()) {
                json.writeFieldName(detail.getKey());
                MAPPER.writeValue(json, detail.getValue());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    public static void lsn(JsonGenerator json, String name, Lsn lsn) throws IOException {
        json.writeStringField(name, lsn.toString());
    }

    public static void suspension(JsonGenerator json, Suspension suspension) throws IOException {
        json.writeObjectFieldStart("suspension");
        for (Map.Entry<String, Object> field : suspension.toMap().entrySet()) {
            json.writeStringField(field.getKey(), String.valueOf(field.getValue()));
        }
        json.writeEndObject();
    }
}
