/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/**
 * A server that answers as a test says: HTTP by "METHOD path", WebSockets by what they send. Public because Jetty wants
 * it.
 */
public final class ScriptedServer implements AutoCloseable {

    /** An HTTP answer. */
    record Answer(int status, String body, Map<String, String> headers) {
        static Answer ok(String body) {
            return new Answer(200, body, Map.of());
        }
    }

    private final Server jetty = new Server();
    private final ServerConnector connector = new ServerConnector(jetty, 1, 1);
    private final Map<String, Function<String, Answer>> routes = new ConcurrentHashMap<>();
    private final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    volatile BiConsumer<Peer, String> onText = (peer, text) -> {};
    volatile Answer upgradeRefusal;

    ScriptedServer() throws Exception {
        this(0);
    }

    ScriptedServer(int port) throws Exception {
        connector.setPort(port);
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        WebSocketUpgradeHandler upgrade = WebSocketUpgradeHandler.from(jetty, container -> {
            container.setIdleTimeout(Duration.ofMinutes(1));
            container.setMaxTextMessageSize(64 << 20);
            container.addMapping("/v1/*", (request, response, callback) -> {
                if (upgradeRefusal == null) {
                    return new Peer();
                }
                write(upgradeRefusal, response, callback);
                return null;
            });
        });
        upgrade.setHandler(new Http());
        jetty.setHandler(upgrade);
        jetty.start();
    }

    ScriptedServer route(String methodAndPath, Function<String, Answer> answer) {
        routes.put(methodAndPath, answer);
        return this;
    }

    int port() {
        return connector.getLocalPort();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** The next WebSocket that a client opened. */
    Peer nextPeer() throws InterruptedException {
        Peer peer = peers.poll(10, TimeUnit.SECONDS);
        if (peer == null) {
            throw new AssertionError("no WebSocket was opened");
        }
        return peer;
    }

    @Override
    public void close() throws Exception {
        jetty.stop();
    }

    private static void write(Answer answer, Response response, org.eclipse.jetty.util.Callback callback) {
        response.setStatus(answer.status());
        answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        response.write(true, ByteBuffer.wrap(answer.body().getBytes(UTF_8)), callback);
    }

    private final class Http extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, org.eclipse.jetty.util.Callback callback)
                throws Exception {
            String line = request.getMethod() + " " + request.getHttpURI().getPath();
            String body = Content.Source.asString(request, UTF_8);
            requests.add(line);
            Function<String, Answer> route =
                    routes.getOrDefault(line, ignored -> new Answer(404, "no route", Map.of()));
            write(route.apply(body), response, callback);
            return true;
        }
    }

    /** The server's end of a WebSocket. */
    public final class Peer extends Session.Listener.AbstractAutoDemanding {
        final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        volatile boolean closed;

        @Override
        public void onWebSocketOpen(Session session) {
            super.onWebSocketOpen(session);
            peers.add(this);
        }

        @Override
        public void onWebSocketText(String message) {
            received.add(message);
            onText.accept(this, message);
        }

        @Override
        public void onWebSocketClose(int status, String reason, Callback callback) {
            closed = true;
            callback.succeed();
        }

        void text(String message) {
            getSession().sendText(message, Callback.NOOP);
        }

        void textInParts(List<String> parts) {
            for (int i = 0; i < parts.size(); i++) {
                Callback.Completable done = new Callback.Completable();
                getSession().sendPartialText(parts.get(i), i == parts.size() - 1, done);
                done.join();
            }
        }

        void binary(byte[] message) {
            getSession().sendBinary(ByteBuffer.wrap(message), Callback.NOOP);
        }

        void close(int status, String reason) {
            getSession().close(status, reason, Callback.NOOP);
        }

        void cut() {
            getSession().disconnect();
        }
    }
}
