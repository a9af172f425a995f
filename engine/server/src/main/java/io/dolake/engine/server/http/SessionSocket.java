/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.EngineResources;
import io.dolake.engine.server.database.SqlSession;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonCost;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.engine.server.support.Failures;
import io.dolake.engine.server.support.Ids;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session over WebSocket: one reply per request, in order. Requests run on a separate thread, so that pings are
 * answered meanwhile. A few requests may wait; beyond that the socket is not read. Public because Jetty looks up its
 * methods.
 */
public final class SessionSocket implements Session.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSocket.class);

    private final Database database;
    private final ExecutorService threads;
    private final Memory memory;
    private final Access access;
    private final OpenSockets openSockets;
    private final Runnable release;
    private final Inbox inbox;
    private final long replyTimeoutMs;
    private boolean running;
    private boolean paused;
    private Session socket;
    private SqlSession session;
    private SessionApi api;

    SessionSocket(
            Database database, EngineResources resources, Access access, OpenSockets openSockets, Runnable release) {
        this.database = database;
        this.threads = resources.sessions();
        this.memory = resources.memory();
        this.inbox = new Inbox(resources.config(), memory);
        this.replyTimeoutMs = resources.config().limit(Limit.REPLY_TIMEOUT_MS);
        this.access = access;
        this.openSockets = openSockets;
        this.release = release;
    }

    @Override
    public void onWebSocketOpen(Session newSocket) {
        socket = newSocket;
        session = database.openSession(Ids.random().substring(0, 8));
        api = new SessionApi(database, session, access);
        openSockets.add(socket, access, this::end);
        socket.demand();
    }

    /** Receives messages in pieces, so that each piece is counted before the next one is read. */
    @Override
    public void onWebSocketPartialText(String piece, boolean last) {
        synchronized (inbox) {
            inbox.take(piece, last);
            if (last && !running) {
                threads.execute(this::serveWaiting);
                running = true;
            }
            paused = last && inbox.isFull();
            if (paused) {
                return;
            }
        }
        socket.demand();
    }

    private void serveWaiting() {
        while (true) {
            Inbox.Message message;
            boolean resume;
            synchronized (inbox) {
                message = inbox.next();
                running = message != null;
                resume = running && paused;
                paused = paused && !resume;
            }
            if (message == null) {
                return;
            }
            serve(message);
            synchronized (inbox) {
                inbox.answered(message);
            }
            if (resume) {
                socket.demand();
            }
        }
    }

    private void serve(Inbox.Message message) {
        try (Memory.Lease lease = memory.lease()) {
            byte[] reply = message.refusal() == null ? reply(message.text(), lease) : refused(message);
            Callback.Completable sent = new Callback.Completable();
            socket.sendText(new String(reply, StandardCharsets.UTF_8), sent);
            Sent.await(sent, replyTimeoutMs);
            if (message.refusal() != null && Inbox.id(message.text()) == null) {
                socket.disconnect();
            }
        } catch (IOException e) {
            LOG.info("A session with '{}' has ended: {}", database.name(), e.toString());
            socket.disconnect();
        } catch (RuntimeException | Error e) {
            // The client waits for this reply and would take every later reply for it.
            LOG.warn("Cannot send a reply; closing a session with '{}': {}", database.name(), e.toString());
            socket.disconnect();
        }
    }

    /** Without an id the client cannot match the reply to its request, so the session ends. */
    private static byte[] refused(Inbox.Message message) {
        Long id = Inbox.id(message.text());
        return id != null ? failure(id, message.refusal()) : Json.object(json -> Json.error(json, message.refusal()));
    }

    private byte[] reply(String message, Memory.Lease lease) {
        long id = 0;
        try {
            lease.take(JsonCost.of(message));
            JsonNode request = JsonReader.object(message);
            id = JsonReader.requiredNumber(request, "id", Long.MIN_VALUE, Long.MAX_VALUE);
            return result(id, api.run(request, lease));
        } catch (DoLakeException e) {
            return failure(id, e);
        } catch (RuntimeException | Error e) {
            return failure(id, Failures.of("serve a request of a session with '" + database.name() + "'", e));
        }
    }

    private static byte[] result(long id, SessionApi.Result result) {
        return Json.object(json -> {
            json.writeNumberField("id", id);
            json.writeObjectFieldStart("result");
            result.write(json);
            json.writeEndObject();
        });
    }

    private static byte[] failure(long id, DoLakeException error) {
        if (HttpApi.isToBeLogged(error) && error.code() != ErrorCode.PROTOCOL_ERROR) {
            LOG.error("Request of a session failed", error);
        }
        return Json.object(json -> {
            json.writeNumberField("id", id);
            Json.error(json, error);
        });
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("A session with '{}' failed: {}", database.name(), cause.toString());
        end();
    }

    @Override
    public void onWebSocketClose(int status, String reason) {
        end();
    }

    private void end() {
        openSockets.remove(socket);
        try {
            if (session != null) {
                session.close();
            }
        } finally {
            synchronized (inbox) {
                inbox.close();
            }
            release.run();
        }
    }
}
