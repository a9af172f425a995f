/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Suspension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Replies in JSON, as in sections 5 to 8 of the specification. */
final class JsonWriter {
    /** Requests are no deeper than this. */
    private static final int MAX_DEPTH = 100;
    /** Each token of a request becomes an object on the heap, also one of two bytes. */
    private static final long MAX_TOKENS = 1_000_000;

    static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxTokenCount(MAX_TOKENS)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build());

    private static final JsonFactory FACTORY = MAPPER.getFactory();

    private JsonWriter() {}

    /** Writes part of a reply. */
    interface Part {
        void write(JsonGenerator json) throws IOException;
    }

    /** An object with what the part writes into it. */
    static byte[] object(Part part) {
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

    static void error(JsonGenerator json, DoLakeException error) throws IOException {
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

    static void lsn(JsonGenerator json, String name, Lsn lsn) throws IOException {
        json.writeStringField(name, lsn.toString());
    }

    static void columns(JsonGenerator json, Rows rows) throws IOException {
        json.writeArrayFieldStart("columns");
        for (Rows.Column column : rows.columns()) {
            json.writeStartObject();
            json.writeStringField("name", column.name());
            json.writeStringField("declaredType", column.declaredType());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void rows(JsonGenerator json, Rows rows) throws IOException {
        json.writeArrayFieldStart("rows");
        for (Object[] row : rows.rows()) {
            json.writeStartArray();
            for (Object value : row) {
                JsonValues.write(json, value);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    static void query(JsonGenerator json, Rows rows) throws IOException {
        columns(json, rows);
        rows(json, rows);
        json.writeBooleanField("truncated", rows.more());
    }

    static void outcome(JsonGenerator json, Outcome outcome) throws IOException {
        json.writeNumberField("changes", outcome.changes());
        json.writeNumberField("lastInsertRowid", outcome.lastInsertRowid());
        if (outcome.generatedKey() != null) {
            json.writeNumberField("generatedKey", outcome.generatedKey());
        }
        if (outcome.rows() != null) {
            query(json, outcome.rows());
        }
    }

    static void exec(JsonGenerator json, Database.Written<Outcome> written) throws IOException {
        outcome(json, written.result());
        lsn(json, "lsn", written.lsn());
    }

    static void batch(JsonGenerator json, Database.Written<List<Outcome>> written) throws IOException {
        json.writeArrayFieldStart("results");
        for (Outcome outcome : written.result()) {
            json.writeStartObject();
            outcome(json, outcome);
            json.writeEndObject();
        }
        json.writeEndArray();
        lsn(json, "lsn", written.lsn());
    }

    static void page(JsonGenerator json, Cursors.Page page, boolean withColumns) throws IOException {
        if (withColumns) {
            columns(json, page.rows());
        }
        rows(json, page.rows());
        if (page.cursor() != 0) {
            json.writeNumberField("cursor", page.cursor());
        }
    }

    static void checkpoint(JsonGenerator json, Checkpointer.Result result) throws IOException {
        json.writeNumberField("busy", result.busy());
        json.writeNumberField("log", result.log());
        json.writeNumberField("checkpointed", result.checkpointed());
    }

    static void logCheck(JsonGenerator json, LogCheck check) throws IOException {
        json.writeNumberField("segments", check.segments());
        json.writeNumberField("archived", check.archived());
        json.writeNumberField("events", check.events());
        json.writeNumberField("bytes", check.bytes());
        json.writeArrayFieldStart("faults");
        for (LogCheck.Fault fault : check.faults()) {
            json.writeStartObject();
            json.writeNumberField("segment", fault.segment());
            if (fault.object() != null) {
                json.writeStringField("object", fault.object());
            }
            json.writeStringField("message", fault.message());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (check.next() != 0) {
            json.writeNumberField("next", check.next());
        }
    }

    static void suspension(JsonGenerator json, Suspension suspension) throws IOException {
        json.writeObjectFieldStart("suspension");
        for (Map.Entry<String, Object> field : suspension.toMap().entrySet()) {
            json.writeStringField(field.getKey(), String.valueOf(field.getValue()));
        }
        json.writeEndObject();
    }

    static void status(JsonGenerator json, DatabaseStatus status) throws IOException {
        json.writeStringField("name", status.name());
        json.writeStringField("state", status.state().name());
        if (status.suspension() != null) {
            suspension(json, status.suspension());
        }
        json.writeStringField("epoch", status.epoch());
        json.writeStringField("epochReason", status.epochReason());
        lsn(json, "lsn", status.lsn());
        lsn(json, "durableLsn", status.durableLsn());
        lsn(json, "oldestLsn", status.oldestLsn());
        json.writeNumberField("walBytes", status.walBytes());
        json.writeObjectFieldStart("lag");
        json.writeNumberField("bytes", status.lag().bytes());
        json.writeNumberField("limitBytes", status.lag().limitBytes());
        json.writeNumberField("writeDelayMs", status.lag().writeDelayMs());
        json.writeEndObject();
        json.writeNumberField("segments", status.segments());
        json.writeNumberField("segmentBytes", status.segmentBytes());
        json.writeNumberField("heldBytes", status.heldBytes());
        if (status.archive() != null) {
            archive(json, status.archive());
        }
        if (status.captureError() != null) {
            error(json, status.captureError());
        }
        json.writeArrayFieldStart("consumers");
        for (DatabaseStatus.Consumer consumer : status.consumers()) {
            json.writeStartObject();
            json.writeStringField("id", consumer.id());
            lsn(json, "ackedLsn", consumer.ackedLsn());
            lsn(json, "sentLsn", consumer.sentLsn());
            json.writeNumberField("pendingEvents", consumer.pendingEvents());
            json.writeNumberField("bufferUtilization", consumer.bufferUtilization());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void archive(JsonGenerator json, DatabaseStatus.Archive archive) throws IOException {
        json.writeObjectFieldStart("archive");
        json.writeStringField("location", archive.location());
        json.writeNumberField("segments", archive.segments());
        json.writeNumberField("bytes", archive.bytes());
        if (archive.error() != null) {
            error(json, archive.error());
            json.writeStringField("retryAt", archive.retryAt().toString());
        }
        json.writeEndObject();
    }
}
