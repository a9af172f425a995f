/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.CheckpointPragma;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.Engine;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.engine.server.sql.Rows;
import io.dolake.engine.server.sql.SqlGuard;
import io.dolake.engine.server.sql.SqlRequest;
import io.dolake.engine.server.sql.StatementBatch;
import io.dolake.engine.server.sql.StatementResult;
import io.dolake.engine.server.sql.Tables;
import io.dolake.engine.server.sql.UserConnection;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.engine.server.sqltext.SqlText.Kind;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import java.util.List;

/** The HTTP operations that run statements or describe tables; each returns the body of its reply. */
final class StatementApi {
    private final Engine engine;
    private final ServerConfig config;

    StatementApi(Engine engine) {
        this.engine = engine;
        this.config = engine.config();
    }

    /** The tables, with the same descriptions as in the change log. */
    byte[] schema(String name, Memory.Lease memory) {
        UserConnection.Page page = page(Integer.MAX_VALUE, memory);
        List<TableSchema> tables = engine.database(name).read(connection -> Tables.read(connection, page));
        return Json.object(json -> Tables.write(json, tables));
    }

    byte[] query(String name, JsonNode body, Access access, Memory.Lease memory) {
        Database database = engine.database(name);
        JsonReader.known(body, List.of("sql", "params", "maxRows"));
        SqlRequest request = SqlRequest.read(body);
        int maxRows = (int)
                JsonReader.number(body, "maxRows", config.limit(Limit.DEFAULT_ROWS), 0, config.limit(Limit.MAX_ROWS));
        SqlGuard.check(request.text(), false);
        StatementRights.require(access, request.text());
        Rows rows = rows(database, request, page(maxRows, memory));
        return Json.object(json -> Replies.query(json, rows));
    }

    private UserConnection.Page page(int maxRows, Memory.Lease memory) {
        return new UserConnection.Page(maxRows, config.limit(Limit.MAX_RESPONSE_BYTES), memory);
    }

    private static Rows rows(Database database, SqlRequest request, UserConnection.Page page) {
        StatementResult outcome = SqlGuard.isRead(request.text())
                ? database.read(connection -> run(connection, request, page))
                : execute(database, request, page).result();
        return outcome.rowsOrNone();
    }

    private static StatementResult run(UserConnection connection, SqlRequest request, UserConnection.Page page) {
        long maxBytes = page.bytes();
        StatementResult outcome = connection.run(request, page);
        if (outcome.rows() != null
                && outcome.rows().more()
                && outcome.rows().rows().size() < page.rows()) {
            throw new DoLakeException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "Cannot return rows: they are larger than " + maxBytes + " bytes")
                    .withHint("Read them with a cursor in a session, or set maxRows.")
                    .withDetail("limit", maxBytes);
        }
        return outcome;
    }

    byte[] exec(String name, JsonNode body, Access access, Memory.Lease memory) {
        Database database = engine.database(name);
        JsonReader.known(body, SqlRequest.FIELDS);
        SqlRequest request = SqlRequest.read(body);
        SqlGuard.check(request.text(), false);
        StatementRights.require(access, request.text());
        UserConnection.Page page = page(config.intLimit(Limit.DEFAULT_ROWS), memory);
        Database.Written<StatementResult> written = SqlGuard.isRead(request.text())
                ? new Database.Written<>(database.read(c -> run(c, request, page)), database.lsn())
                : execute(database, request, page);
        return Json.object(json -> Replies.exec(json, written));
    }

    private static Database.Written<StatementResult> execute(
            Database database, SqlRequest request, UserConnection.Page page) {
        SqlText text = request.text();
        if (text.kind() == Kind.WRITE) {
            return database.write(connection -> text.returns()
                    ? StatementBatch.oneInTransaction(connection, request, page)
                    : connection.run(request, page));
        }
        if (text.kind() != Kind.PRAGMA) {
            throw new DoLakeException(
                            ErrorCode.TRANSACTION_STATE,
                            "Cannot run " + text.kind() + " over HTTP: requests do not share a transaction")
                    .withHint("Send the statements as one batch, or open a session.");
        }
        return switch (SqlGuard.pragma(text)) {
            case CHECKPOINT -> new Database.Written<>(CheckpointPragma.run(database, text), database.lsn());
            case SESSION ->
                throw SqlGuard.refused(
                        "this PRAGMA over HTTP", "It changes a connection, and requests share one: open a session.");
            default -> database.write(connection -> connection.run(request, page));
        };
    }

    byte[] batch(String name, JsonNode body, Memory.Lease memory) {
        Database database = engine.database(name);
        JsonReader.known(body, List.of("statements"));
        List<SqlRequest> requests = SqlRequest.list(body, config.intLimit(Limit.MAX_BATCH_STATEMENTS));
        UserConnection.Page page = page(config.intLimit(Limit.DEFAULT_ROWS), memory);
        Database.Written<List<StatementResult>> written =
                database.write(connection -> StatementBatch.transaction(connection, requests, page));
        return Json.object(json -> Replies.batch(json, written));
    }
}
