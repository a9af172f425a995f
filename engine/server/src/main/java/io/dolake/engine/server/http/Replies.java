/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.dolake.engine.server.capture.Checkpointer;
import io.dolake.engine.server.cdc.ConsumerStatus;
import io.dolake.engine.server.changelog.ArchiveStatus;
import io.dolake.engine.server.changelog.LogCheckResult;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.DatabaseStatus;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonValues;
import io.dolake.engine.server.sql.Cursors;
import io.dolake.engine.server.sql.Rows;
import io.dolake.engine.server.sql.StatementResult;
import java.io.IOException;
import java.util.List;

/** Replies in JSON, as in sections 5 to 8 of the specification. */
final class Replies {
    private Replies() {}

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

    static void outcome(JsonGenerator json, StatementResult outcome) throws IOException {
        json.writeNumberField("changes", outcome.changes());
        json.writeNumberField("lastInsertRowid", outcome.lastInsertRowid());
        if (outcome.generatedKey() != null) {
            json.writeNumberField("generatedKey", outcome.generatedKey());
        }
        if (outcome.rows() != null) {
            query(json, outcome.rows());
        }
    }

    static void exec(JsonGenerator json, Database.Written<StatementResult> written) throws IOException {
        outcome(json, written.result());
        Json.lsn(json, "lsn", written.lsn());
    }

    static void batch(JsonGenerator json, Database.Written<List<StatementResult>> written) throws IOException {
        json.writeArrayFieldStart("results");
        for (StatementResult outcome : written.result()) {
            json.writeStartObject();
            outcome(json, outcome);
            json.writeEndObject();
        }
        json.writeEndArray();
        Json.lsn(json, "lsn", written.lsn());
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

    static void logCheck(JsonGenerator json, LogCheckResult check) throws IOException {
        json.writeNumberField("segments", check.segments());
        json.writeNumberField("archived", check.archived());
        json.writeNumberField("events", check.events());
        json.writeNumberField("bytes", check.bytes());
        json.writeArrayFieldStart("faults");
        for (LogCheckResult.Fault fault : check.faults()) {
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

    static void status(JsonGenerator json, DatabaseStatus status) throws IOException {
        json.writeStringField("name", status.name());
        json.writeStringField("state", status.state().name());
        if (status.suspension() != null) {
            Json.suspension(json, status.suspension());
        }
        json.writeStringField("epoch", status.epoch());
        json.writeStringField("epochReason", status.epochReason());
        Json.lsn(json, "lsn", status.lsn());
        Json.lsn(json, "durableLsn", status.durableLsn());
        Json.lsn(json, "oldestLsn", status.oldestLsn());
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
            Json.error(json, status.captureError());
        }
        json.writeArrayFieldStart("consumers");
        for (ConsumerStatus consumer : status.consumers()) {
            json.writeStartObject();
            json.writeStringField("id", consumer.id());
            Json.lsn(json, "ackedLsn", consumer.ackedLsn());
            Json.lsn(json, "sentLsn", consumer.sentLsn());
            json.writeNumberField("pendingEvents", consumer.pendingEvents());
            json.writeNumberField("bufferUtilization", consumer.bufferUtilization());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void archive(JsonGenerator json, ArchiveStatus archive) throws IOException {
        json.writeObjectFieldStart("archive");
        json.writeStringField("location", archive.location());
        json.writeNumberField("segments", archive.segments());
        json.writeNumberField("bytes", archive.bytes());
        if (archive.error() != null) {
            Json.error(json, archive.error());
            json.writeStringField("retryAt", archive.retryAt().toString());
        }
        json.writeEndObject();
    }
}
