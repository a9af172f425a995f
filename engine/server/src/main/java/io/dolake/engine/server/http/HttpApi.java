/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.auth.Authentication;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.Version;
import io.dolake.engine.server.database.Engine;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonCost;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.engine.server.support.Failures;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine over HTTP: finds the operation, reads the body, writes the reply or the error. */
public final class HttpApi extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

    private static final int MAX_STRANGERS_BYTES = 1 << 20;
    private static final int DISCARD_BUFFER_BYTES = 64 << 10;
    private static final int BODY_BUFFER_BYTES = 16 << 10;
    private static final Set<String> JSON_TYPE = Set.of("application/json");
    private static final Set<String> FILE_TYPES =
            new LinkedHashSet<>(List.of("application/vnd.sqlite3", "application/octet-stream"));

    private final Engine engine;
    private final WebSockets sockets;
    private final DatabaseApi databases;
    private final StatementApi statements;
    private final Origins origins;
    private final Gate gate;
    private final Instant startedAt = Instant.now();

    public HttpApi(Engine engine, WebSockets sockets, Authentication authentication) {
        this.engine = engine;
        this.sockets = sockets;
        this.databases = new DatabaseApi(engine);
        this.statements = new StatementApi(engine);
        this.origins = new Origins(engine.config());
        this.gate = new Gate(authentication);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Memory.Lease memory = engine.resources().memory().lease();
        boolean isAdmitted = false;
        try {
            origins.check(request);
            origins.allow(request, response);
            String path = Request.getPathInContext(request);
            Route.Match match = Route.of(request.getMethod(), path);
            Access access = gate.admit(match, request);
            isAdmitted = true;
            if (match == null) {
                throw unknown(request.getMethod(), path);
            }
            if (match.route().isSocket()) {
                sockets.upgrade(match, access, request, response, callback);
                return true;
            }
            byte[] body = serve(match, access, request, memory);
            reply(response, 200, body, Callback.from(callback, taken(request, memory)));
            return true;
        } catch (DoLakeException e) {
            memory.close();
            discardBody(request, !isAdmitted);
            error(response, e, callback);
        } catch (RuntimeException | IOException | Error e) {
            memory.close();
            String what =
                    "serve " + request.getMethod() + " " + request.getHttpURI().getPath();
            error(response, hasEnded(e) ? ended(what) : Failures.of(what, e), callback);
        }
        return true;
    }

    /**
     * What to do once the client has read the reply. A client that does not read it is disconnected after a time,
     * because its reply holds memory that others need.
     */
    private Runnable taken(Request request, Memory.Lease memory) {
        if (!memory.isCounted()) {
            return memory::close;
        }
        Future<?> end = engine.resources()
                .timer()
                .schedule(
                        () -> request.getConnectionMetaData()
                                .getConnection()
                                .getEndPoint()
                                .close(),
                        engine.config().limit(Limit.REPLY_TIMEOUT_MS),
                        TimeUnit.MILLISECONDS);
        return () -> {
            end.cancel(false);
            memory.close();
        };
    }

    /** Answers the malformed requests that Jetty refuses before they reach this handler. */
    public static boolean refuse(Request request, Response response, Callback callback) {
        Object status = request.getAttribute(ErrorHandler.ERROR_STATUS);
        Object reason = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
        boolean ours = status instanceof Integer number && number >= 500;
        DoLakeException error = hasEnded(request.getAttribute(ErrorHandler.ERROR_EXCEPTION))
                ? ended("serve request")
                : new DoLakeException(
                        ours ? ErrorCode.INTERNAL_ERROR : ErrorCode.INVALID_ARGUMENT,
                        "Cannot serve request: " + reason);
        error(response, error, callback);
        return true;
    }

    /** Whether the connection was closed before the request was complete, by the client or because the engine stops. */
    private static boolean hasEnded(Object failure) {
        for (Object at = failure; at instanceof Throwable thrown; at = thrown.getCause()) {
            if (thrown instanceof EofException || thrown instanceof ClosedChannelException) {
                return true;
            }
        }
        return false;
    }

    /** Not a fault of the engine: a client that is still connected may retry. */
    private static DoLakeException ended(String action) {
        return new DoLakeException(
                        ErrorCode.CONNECTION_ERROR,
                        "Cannot " + action + ": the connection was closed before the request was complete")
                .withRetryAfter(Duration.ofSeconds(1));
    }

    private byte[] serve(Route.Match match, Access access, Request request, Memory.Lease memory) throws IOException {
        String name = match.database();
        return switch (match.route()) {
            case PREFLIGHT -> new byte[0];
            case HEALTH -> health(access);
            case STATUS -> status(DatabasePage.of(request, engine.config()), access);
            case DATABASES -> {
                DatabasePage listed = DatabasePage.of(request, engine.config());
                yield Json.object(json -> listed.writeNames(json, engine, access));
            }
            case DATABASE_STATUS -> databases.status(name);
            case CREATE -> databases.create(name);
            case DROP -> databases.drop(name);
            case SCHEMA -> statements.schema(name, memory);
            case IMPORT -> {
                requireType(request, FILE_TYPES);
                yield databases.importFile(name, Content.Source.asInputStream(request));
            }
            case QUERY -> statements.query(name, body(request, memory), access, memory);
            case EXEC -> statements.exec(name, body(request, memory), access, memory);
            case BATCH -> statements.batch(name, body(request, memory), memory);
            case VERIFY_LOG -> databases.verifyLog(name, body(request, memory));
            case RESUME -> databases.resume(name);
            case CHECKPOINT -> databases.checkpoint(name, body(request, memory));
            case SESSION, CDC -> throw new IllegalStateException("a WebSocket was served already");
        };
    }

    /** @param access null for a caller without a token, where one is needed for the rest */
    private byte[] health(Access access) {
        return Json.object(json -> {
            json.writeStringField("status", "ok");
            if (access != null) {
                json.writeStringField("version", Version.TEXT);
                json.writeNumberField(
                        "databases",
                        engine.names().stream().filter(access::sees).count());
            }
        });
    }

    private byte[] status(DatabasePage page, Access access) {
        return Json.object(json -> {
            json.writeStringField("version", Version.TEXT);
            json.writeStringField("startedAt", startedAt.toString());
            page.writeStatus(json, engine, access);
        });
    }

    private static DoLakeException unknown(String method, String path) {
        return new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT, "Cannot serve " + method + " " + path + ": no such operation")
                .withHint("schemas/SPEC.md, section 6, lists the operations.");
    }

    private JsonNode body(Request request, Memory.Lease memory) throws IOException {
        requireType(request, JSON_TYPE);
        int max = engine.config().intLimit(Limit.MAX_REQUEST_BYTES);
        if (request.getLength() > max) {
            throw tooLarge(max);
        }
        // Not closed here: that would fail the request, and with it the reply that says why it was refused.
        InputStream body = Content.Source.asInputStream(request);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[BODY_BUFFER_BYTES];
        JsonCost cost = new JsonCost();
        for (int count = body.read(part); count >= 0; count = body.read(part)) {
            memory.take(count + cost.take(part, count));
            bytes.write(part, 0, count);
            if (bytes.size() > max) {
                throw tooLarge(max);
            }
        }
        return JsonReader.object(bytes.toByteArray());
    }

    /**
     * Refuses the content types of forms and plain text: a browser lets any page send those to any site without asking
     * first.
     */
    private static void requireType(Request request, Set<String> types) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        String bare = type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        if (!types.contains(bare)) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot read request: its Content-Type is " + (type == null ? "missing" : "'" + bare + "'"))
                    .withHint("Send it with the header Content-Type: "
                            + types.iterator().next() + ".");
        }
    }

    /**
     * Reads the rest of the body of a refused request. If the server closed the connection while the client still
     * writes, the connection would be reset and the reply lost.
     *
     * @param isStranger whether the caller was not let in: what has come is read then, and nothing is waited for
     */
    private void discardBody(Request request, boolean isStranger) {
        if (isStranger) {
            Content.Chunk chunk = request.read();
            for (long left = MAX_STRANGERS_BYTES;
                    chunk != null && !chunk.isLast() && left > 0;
                    chunk = request.read()) {
                left -= chunk.remaining();
                chunk.release();
            }
            if (chunk != null) {
                chunk.release();
            }
            return;
        }
        InputStream body = Content.Source.asInputStream(request);
        byte[] buffer = new byte[DISCARD_BUFFER_BYTES];
        long left = engine.config().limit(Limit.MAX_DISCARD_BYTES);
        try {
            for (int count = 0; count >= 0 && left > 0; left -= count) {
                count = body.read(buffer);
            }
        } catch (IOException e) {
            LOG.debug("The body of a refused request ended early", e);
        }
    }

    private static DoLakeException tooLarge(int max) {
        return new DoLakeException(
                        ErrorCode.PAYLOAD_TOO_LARGE, "Cannot read request: it has more than " + max + " bytes")
                .withHint("Send less at a time, or raise DOSQL_MAX_REQUEST_BYTES.")
                .withDetail("limit", max);
    }

    /** Logs errors of the engine itself; {@link Failures} has already logged the unforeseen ones. */
    static boolean isToBeLogged(DoLakeException error) {
        return error.code().blame() == ErrorCode.Blame.INTERNAL && error.code() != ErrorCode.INTERNAL_ERROR;
    }

    private static void error(Response response, DoLakeException error, Callback callback) {
        if (isToBeLogged(error)) {
            LOG.error("Request failed", error);
        }
        int status = error.code().httpStatus();
        if (status == 401) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"dosql\"");
        }
        if (status == 429 || status == 503) {
            long seconds =
                    error.retryAfter().map(d -> (d.toMillis() + 999) / 1_000).orElse(1L);
            response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds);
        }
        reply(response, status, Json.object(json -> Json.error(json, error)), callback);
    }

    private static void reply(Response response, int status, byte[] body, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
