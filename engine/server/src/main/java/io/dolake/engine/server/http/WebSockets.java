/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.Engine;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

/** Upgrades requests for sessions and change streams to WebSocket, up to the limits of open connections. */
public final class WebSockets {
    private static final long HEAP_BYTES_OF_CONSUMER = 4L << 20;

    /** How much of a message is read at a time; a buffer is held only while there is something to read. */
    private static final int READ_BYTES = 16 << 10;

    private final Engine engine;
    private final ServerWebSocketContainer container;
    private final OpenSockets openSockets;
    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicInteger consumers = new AtomicInteger();

    public WebSockets(Engine engine, ServerWebSocketContainer container) {
        this.engine = engine;
        this.container = container;
        this.openSockets =
                new OpenSockets(engine.resources().timer(), engine.resources().sessions());
        ServerConfig config = engine.config();
        container.setInputBufferSize(READ_BYTES);
        container.setIdleTimeout(Duration.ofMillis(config.limit(Limit.CONNECTION_IDLE_TIMEOUT_MS)));
    }

    /**
     * Upgrades the request to a WebSocket.
     *
     * @throws DoLakeException DATABASE_NOT_FOUND, RATE_LIMITED, INVALID_ARGUMENT
     */
    void upgrade(Route.Match match, Access access, Request request, Response response, Callback callback) {
        Database database = engine.database(match.database());
        boolean session = match.route() == Route.SESSION;
        AtomicInteger open = session ? sessions : consumers;
        Limit limit = session ? Limit.MAX_SESSIONS : Limit.MAX_CONSUMERS;
        take(open, limit, session ? engine.config().limit(limit) : mostConsumers());
        Runnable release = once(open::decrementAndGet);
        boolean upgraded = false;
        try {
            upgraded = container.upgrade(
                    (upgradeRequest, upgradeResponse, upgradeCallback) -> session
                            ? new SessionSocket(database, engine.resources(), access, openSockets, release)
                            : new CdcSocket(database, engine.resources(), access, openSockets, release),
                    request,
                    response,
                    callback);
        } finally {
            if (!upgraded) {
                release.run();
            }
        }
        if (!upgraded) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot serve " + match.route().path(match.database()) + ": it needs a WebSocket upgrade");
        }
    }

    /**
     * Change streams are limited by the heap: each reads whole pieces of the change log into it, however few events it
     * asks for.
     */
    private long mostConsumers() {
        long ofHeap = Runtime.getRuntime().maxMemory() / HEAP_BYTES_OF_CONSUMER;
        return Math.max(1, Math.min(engine.config().limit(Limit.MAX_CONSUMERS), ofHeap));
    }

    private static void take(AtomicInteger open, Limit limit, long most) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            throw new DoLakeException(ErrorCode.RATE_LIMITED, "Cannot open connection: " + most + " are open")
                    .withHint("DOSQL_" + limit + " sets the limit"
                            + (limit == Limit.MAX_CONSUMERS
                                    ? ", one for every 4 MiB of the heap (-Xmx) at most."
                                    : "."))
                    .withRetryAfter(Duration.ofSeconds(1))
                    .withDetail("limit", most);
        }
    }

    private static Runnable once(Runnable action) {
        AtomicInteger runs = new AtomicInteger();
        return () -> {
            if (runs.getAndIncrement() == 0) {
                action.run();
            }
        };
    }
}
