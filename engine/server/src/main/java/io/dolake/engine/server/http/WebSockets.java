/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.Engine;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

/** Upgrades requests for sessions and change streams to WebSocket, up to the limits of open connections. */
public final class WebSockets {
    private static final Pattern PATH = Pattern.compile("/v1/databases/([^/]+)/(session|cdc)");

    private static final long HEAP_BYTES_OF_CONSUMER = 4L << 20;

    /** How much of a message is read at a time; a buffer is held only while there is something to read. */
    private static final int READ_BYTES = 16 << 10;

    private final Engine engine;
    private final ServerWebSocketContainer container;
    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicInteger consumers = new AtomicInteger();

    public WebSockets(Engine engine, ServerWebSocketContainer container) {
        this.engine = engine;
        this.container = container;
        ServerConfig config = engine.config();
        container.setInputBufferSize(READ_BYTES);
        container.setIdleTimeout(Duration.ofMillis(config.limit(Limit.CONNECTION_IDLE_TIMEOUT_MS)));
    }

    /**
     * Upgrades the request if its path belongs to a WebSocket; false if not.
     *
     * @throws DoLakeException DATABASE_NOT_FOUND, RATE_LIMITED, INVALID_ARGUMENT
     */
    boolean upgrade(String path, Request request, Response response, Callback callback) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return false;
        }
        Database database = engine.database(matcher.group(1));
        boolean session = matcher.group(2).equals("session");
        AtomicInteger open = session ? sessions : consumers;
        Limit limit = session ? Limit.MAX_SESSIONS : Limit.MAX_CONSUMERS;
        take(open, limit, session ? engine.config().limit(limit) : mostConsumers());
        Runnable release = once(open::decrementAndGet);
        boolean upgraded = false;
        try {
            upgraded = container.upgrade(
                    (upgradeRequest, upgradeResponse, upgradeCallback) -> session
                            ? new SessionSocket(database, engine.resources(), release)
                            : new CdcSocket(database, engine.resources(), release),
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
                    ErrorCode.INVALID_ARGUMENT, "Cannot serve " + path + ": it needs a WebSocket upgrade");
        }
        return true;
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
