/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Converts the replies of the server, {@code schemas/SPEC.md} sections 6 and 7, to objects. */
final class ReplyReader {
    private ReplyReader() {}

    static List<String> databases(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.path("databases").forEach(each -> names.add(text(each, "name")));
        return List.copyOf(names);
    }

    static DatabaseStatus status(JsonNode json) {
        List<DatabaseStatus.Consumer> consumers = new ArrayList<>();
        for (JsonNode each : json.path("consumers")) {
            consumers.add(new DatabaseStatus.Consumer(
                    text(each, "id"),
                    lsn(each, "ackedLsn"),
                    lsn(each, "sentLsn"),
                    each.path("pendingEvents").asLong(),
                    each.path("bufferUtilization").asDouble()));
        }
        return new DatabaseStatus(
                text(json, "name"),
                text(json, "epoch"),
                lsn(json, "lsn"),
                lsn(json, "durableLsn"),
                lsn(json, "oldestLsn"),
                json.path("walBytes").asLong(),
                json.path("segments").asLong(),
                json.path("segmentBytes").asLong(),
                List.copyOf(consumers),
                problem(json),
                json.path("heldBytes").asLong(),
                json.has("archive") ? archive(json.get("archive")) : null,
                lag(json.path("lag")));
    }

    private static DatabaseStatus.Lag lag(JsonNode json) {
        return new DatabaseStatus.Lag(
                json.path("bytes").asLong(),
                json.path("limitBytes").asLong(),
                json.path("writeDelayMs").asLong());
    }

    private static DatabaseStatus.Archive archive(JsonNode json) {
        return new DatabaseStatus.Archive(
                text(json, "location"),
                json.path("segments").asLong(),
                json.path("bytes").asLong(),
                problem(json));
    }

    /** Null if there is none. */
    private static DoLakeException problem(JsonNode json) {
        return json.has("error") ? error(json.get("error"), json.toString()) : null;
    }

    static LogCheck logCheck(JsonNode json) {
        List<LogCheck.Fault> faults = new ArrayList<>();
        for (JsonNode each : json.path("faults")) {
            faults.add(new LogCheck.Fault(
                    each.path("segment").asLong(), each.path("object").asText(null), text(each, "message")));
        }
        return new LogCheck(
                json.path("segments").asLong(),
                json.path("archived").asLong(),
                json.path("events").asLong(),
                json.path("bytes").asLong(),
                List.copyOf(faults),
                json.path("next").asLong());
    }

    static QueryResult query(JsonNode json) {
        return new QueryResult(columns(json), rows(json), json.path("truncated").asBoolean());
    }

    static ExecResult exec(JsonNode json) {
        return exec(json, lsn(json, "lsn"));
    }

    static List<ExecResult> batch(JsonNode json) {
        Lsn lsn = lsn(json, "lsn");
        List<ExecResult> results = new ArrayList<>();
        json.path("results").forEach(each -> results.add(exec(each, lsn)));
        return List.copyOf(results);
    }

    private static ExecResult exec(JsonNode json, Lsn lsn) {
        return new ExecResult(
                json.path("changes").asLong(),
                json.path("lastInsertRowid").asLong(),
                json.hasNonNull("generatedKey") ? json.get("generatedKey").longValue() : null,
                lsn,
                columns(json),
                rows(json),
                json.path("truncated").asBoolean());
    }

    static List<QueryResult.Column> columns(JsonNode json) {
        List<QueryResult.Column> columns = new ArrayList<>();
        for (JsonNode each : json.path("columns")) {
            columns.add(new QueryResult.Column(
                    each.path("name").asText(), each.path("declaredType").asText("")));
        }
        return List.copyOf(columns);
    }

    static List<TableSchema> tables(JsonNode json) {
        List<TableSchema> tables = new ArrayList<>();
        for (JsonNode table : json.path("tables")) {
            List<ColumnSchema> columns = new ArrayList<>();
            table.path("columns").forEach(column -> columns.add(column(column)));
            tables.add(new TableSchema(
                    text(table, "name"),
                    columns,
                    table.path("withoutRowid").asBoolean(),
                    table.path("strict").asBoolean(),
                    table.path("rowidAlias").asInt(-1),
                    constant(TextEncoding.class, text(table, "encoding")),
                    Lsn.ZERO,
                    text(table, "sql")));
        }
        return List.copyOf(tables);
    }

    private static ColumnSchema column(JsonNode json) {
        return new ColumnSchema(
                text(json, "name"),
                text(json, "declaredType"),
                json.path("notNull").asBoolean(),
                json.path("primaryKey").asInt(),
                constant(ColumnSchema.Generated.class, text(json, "generated").toUpperCase(Locale.ROOT)),
                JsonValues.fromJson(json.get("default")));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) {
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new DoLakeException(
                    ErrorCode.PROTOCOL_ERROR,
                    "Cannot read answer: " + name + " is not a valid " + type.getSimpleName(),
                    e);
        }
    }

    private static List<Object[]> rows(JsonNode json) {
        List<Object[]> rows = new ArrayList<>(json.path("rows").size());
        json.path("rows").forEach(each -> rows.add(row(each)));
        return rows;
    }

    static Object[] row(JsonNode json) {
        Object[] row = new Object[json.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = JsonValues.fromJson(json.get(i));
        }
        return row;
    }

    /**
     * The error object of section 5.
     *
     * @param raw the server's answer, for an error that does not have that form
     */
    static DoLakeException error(JsonNode error, String raw) {
        ErrorCode code = code(error.path("code").asText());
        if (code == null) {
            return new DoLakeException(
                    ErrorCode.INTERNAL_ERROR, "Cannot read error of the server: it sent " + JsonTrees.excerpt(raw));
        }
        DoLakeException result = new DoLakeException(code, error.path("message").asText("The server gave no message"));
        if (error.path("hint").isTextual()) {
            result = result.withHint(error.get("hint").textValue());
        }
        if (error.path("retryAfterMs").isNumber()) {
            result = result.withRetryAfter(
                    Duration.ofMillis(error.get("retryAfterMs").longValue()));
        }
        for (Map.Entry<String, JsonNode> detail : error.path("details").properties()) {
            result = result.withDetail(detail.getKey(), JsonTrees.plain(detail.getValue()));
        }
        return result;
    }

    private static ErrorCode code(String name) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return null;
    }

    static Lsn lsn(JsonNode json, String field) {
        return Lsn.parse(text(json, field));
    }

    static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new DoLakeException(ErrorCode.PROTOCOL_ERROR, "Cannot read answer: it has no string '" + field + "'");
        }
        return value.textValue();
    }
}
