/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Requests and replies of {@code schemas/SPEC.md}, section 7. An error of the server leaves the session usable; a
 * request without an answer in time ends it, since its state is then unknown.
 */
final class WebSocketSession implements Session, WebSocketConnection.Handler {
    private final ClientConfig config;
    private final WebSocketConnection link;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();

    private WebSocketSession(String database, ClientConfig config) {
        this.config = config;
        this.link = new WebSocketConnection("session with database '" + database + "'", config, this);
    }

    static WebSocketSession open(
            String database, ClientConfig config, WebSocketConnector connector, ConnectionMonitor links) {
        WebSocketSession session = new WebSocketSession(database, config);
        connector.open(ClientConfig.path(database, "session"), session.link);
        links.watch(session.link, () -> !session.pending.isEmpty());
        return session;
    }

    @Override
    public Begin begin(Mode mode) {
        String name = switch (mode) {
            case DEFERRED -> "deferred";
            case IMMEDIATE -> "immediate";
            case READ_ONLY -> "readOnly";
        };
        JsonNode result = call(request("begin").put("mode", name));
        return new Begin(ReplyReader.text(result, "epoch"), ReplyReader.lsn(result, "lsn"));
    }

    @Override
    public Lsn commit() {
        return ReplyReader.lsn(call(request("commit")), "lsn");
    }

    @Override
    public Lsn rollback() {
        return ReplyReader.lsn(call(request("rollback")), "lsn");
    }

    @Override
    public ExecResult exec(Statement statement) {
        return ReplyReader.exec(call(request("exec").setAll(JsonTrees.statement(statement))));
    }

    @Override
    public List<ExecResult> batch(List<Statement> statements) {
        return ReplyReader.batch(call(request("batch").setAll(JsonTrees.statements(statements))));
    }

    @Override
    public Cursor query(Statement statement, int fetchSize) {
        if (fetchSize < 1) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot query with fetch size " + fetchSize + ": it must be positive");
        }
        ObjectNode request = request("query").put("fetchSize", fetchSize);
        request.setAll(JsonTrees.statement(statement));
        return new SessionCursor(this, call(request), fetchSize);
    }

    @Override
    public List<TableSchema> schema() {
        return ReplyReader.tables(call(request("schema")));
    }

    @Override
    public DatabaseStatus status() {
        return ReplyReader.status(call(request("status")));
    }

    @Override
    public boolean isOpen() {
        return !link.isDead();
    }

    @Override
    public void close() {
        link.close();
    }

    static ObjectNode request(String operation) {
        return JsonTrees.object().put("op", operation);
    }

    JsonNode call(JsonNode request) {
        return await(send(request));
    }

    /** Sends without waiting. Replies come in the order of the requests. */
    CompletableFuture<JsonNode> send(JsonNode request) {
        long id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        // The id comes first, so that the server finds it even in a request that is too large.
        String text = JsonTrees.write(JsonTrees.object().put("id", id).setAll((ObjectNode) request));
        pending.put(id, reply);
        try {
            link.send(text);
        } catch (DoLakeException e) {
            pending.remove(id);
            throw e;
        }
        if (link.isDead()) {
            // The link failed after the check in send: failed() may have run before this reply was registered.
            pending.remove(id);
            link.throwIfFailed();
        }
        return reply;
    }

    /** The result in the reply, or its error as an exception. */
    JsonNode await(CompletableFuture<JsonNode> reply) {
        String what = "finish a request of a session";
        JsonNode json;
        try {
            json = reply.get(config.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            DoLakeException timeout = ClientErrors.timeout(what, config.endpoint(), config.requestTimeout(), true);
            link.end(link.lost(
                    "a request had no answer within " + config.requestTimeout().toMillis() + " ms", e));
            throw timeout;
        } catch (InterruptedException e) {
            link.end(link.lost("a request was interrupted", e));
            throw ClientErrors.interrupted(what, config.endpoint());
        } catch (ExecutionException e) {
            throw ClientErrors.connection(config.endpoint(), e, true);
        }
        if (json.has("error")) {
            throw ReplyReader.error(json.get("error"), json.toString());
        }
        return json.path("result");
    }

    @Override
    public boolean text(String message) {
        JsonNode json = JsonTrees.read(message);
        if (!json.path("id").isIntegralNumber()) {
            throw json.has("error")
                    ? ReplyReader.error(json.get("error"), message)
                    : new DoLakeException(ErrorCode.PROTOCOL_ERROR, "Cannot read reply: it has no id");
        }
        CompletableFuture<JsonNode> reply = pending.remove(json.get("id").longValue());
        if (reply != null) {
            reply.complete(json);
        }
        return true;
    }

    @Override
    public boolean binary(byte[] message) {
        throw new DoLakeException(
                ErrorCode.PROTOCOL_ERROR, "Cannot read reply of " + message.length + " bytes: it is binary");
    }

    @Override
    public void failed(DoLakeException failure) {
        pending.forEach((id, reply) -> reply.completeExceptionally(failure));
        pending.clear();
    }
}
