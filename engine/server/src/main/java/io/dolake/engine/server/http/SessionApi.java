/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.auth.Right;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.DatabaseStatus;
import io.dolake.engine.server.database.SessionTransaction;
import io.dolake.engine.server.database.SqlSession;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.engine.server.sql.Cursors;
import io.dolake.engine.server.sql.SqlRequest;
import io.dolake.engine.server.sql.StatementResult;
import io.dolake.engine.server.sql.Tables;
import io.dolake.engine.server.support.Memory;
import io.dolake.engine.server.support.Suggestions;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The operations of a session. */
final class SessionApi {
    private static final int DEFAULT_FETCH = 1_000;
    private static final List<String> OPERATIONS = List.of(
            "query", "fetch", "closeCursor", "exec", "batch", "begin", "commit", "rollback", "status", "schema");
    private static final List<String> BARE = List.of("id", "op");
    private static final Map<String, List<String>> FIELDS = Map.of(
            "query", List.of("id", "op", "sql", "params", "fetchSize"),
            "fetch", List.of("id", "op", "cursor", "fetchSize"),
            "closeCursor", List.of("id", "op", "cursor"),
            "exec", List.of("id", "op", "sql", "params"),
            "batch", List.of("id", "op", "statements"),
            "begin", List.of("id", "op", "mode"));

    private final Database database;
    private final SqlSession session;
    private final SqlRequest.LastText lastText = new SqlRequest.LastText();
    private final Access access;

    SessionApi(Database database, SqlSession session, Access access) {
        this.database = database;
        this.session = session;
        this.access = access;
    }

    /** Writes the fields of a result. */
    interface Result {
        void write(JsonGenerator json) throws IOException;
    }

    /** Runs the operation that a request names. */
    Result run(JsonNode request, Memory.Lease lease) {
        access.require(Right.READ);
        String op = JsonReader.requiredText(request, "op");
        if (OPERATIONS.contains(op)) {
            JsonReader.known(request, FIELDS.getOrDefault(op, BARE));
        }
        return switch (op) {
            case "query" -> query(request, lease);
            case "fetch" -> {
                Cursors.Page page = session.fetch(cursor(request), fetchSize(request), lease);
                yield json -> Replies.page(json, page, false);
            }
            case "closeCursor" -> {
                session.closeCursor(cursor(request));
                yield json -> {};
            }
            case "exec" -> {
                Database.Written<StatementResult> written = session.exec(statement(request), lease);
                yield json -> Replies.exec(json, written);
            }
            case "batch" -> batch(request, lease);
            case "begin" -> begin(request);
            case "commit" -> lsn(session.commit());
            case "rollback" -> lsn(session.rollback());
            case "schema" -> {
                List<TableSchema> tables = session.schema(lease);
                yield json -> Tables.write(json, tables);
            }
            case "status" -> {
                DatabaseStatus status = database.status();
                yield json -> Replies.status(json, status);
            }
            default ->
                throw Suggestions.add(
                        new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot run operation: 'op' is unknown"),
                        Suggestions.nearest(op, OPERATIONS));
        };
    }

    private Result query(JsonNode request, Memory.Lease lease) {
        Cursors.Page page = session.query(statement(request), fetchSize(request), lease);
        return json -> Replies.page(json, page, true);
    }

    private SqlRequest statement(JsonNode request) {
        SqlRequest statement = SqlRequest.read(request, lastText);
        StatementRights.require(access, statement.text());
        return statement;
    }

    private Result batch(JsonNode request, Memory.Lease lease) {
        access.require(Right.WRITE);
        List<SqlRequest> statements = SqlRequest.list(request, database.config().intLimit(Limit.MAX_BATCH_STATEMENTS));
        Database.Written<List<StatementResult>> written = session.batch(statements, lease);
        return json -> Replies.batch(json, written);
    }

    private Result begin(JsonNode request) {
        String mode = JsonReader.text(request, "mode");
        SessionTransaction.Mode begun =
                mode == null ? SessionTransaction.Mode.IMMEDIATE : SessionTransaction.Mode.parse(mode);
        StatementRights.require(access, begun);
        Lsn lsn = session.begin(begun);
        return json -> {
            Json.lsn(json, "lsn", lsn);
            json.writeStringField("epoch", database.epoch());
        };
    }

    private static Result lsn(Lsn lsn) {
        return json -> Json.lsn(json, "lsn", lsn);
    }

    private static long cursor(JsonNode request) {
        return JsonReader.requiredNumber(request, "cursor", 0, Long.MAX_VALUE);
    }

    private int fetchSize(JsonNode request) {
        long max = database.config().limit(Limit.MAX_ROWS);
        return (int) JsonReader.number(request, "fetchSize", Math.min(DEFAULT_FETCH, max), 1, max);
    }
}
