/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.engine.server.auth.Authentication;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.Engine;
import io.dolake.engine.server.database.EngineResources;
import io.dolake.engine.server.http.HttpApi;
import io.dolake.engine.server.http.WebSockets;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.BindException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running DoSQL engine with its HTTP and WebSocket server. */
public final class DoSqlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DoSqlServer.class);

    /** Threads for HTTP requests; sessions and change streams have threads of their own. */
    private static final int REQUEST_THREADS = 200;

    private static final int MIN_THREADS = 8;
    private static final int IDLE_THREAD_MS = 60_000;

    private final Engine engine;
    private final Server server;
    private final ServerConnector connector;

    private DoSqlServer(Engine engine, Server server, ServerConnector connector) {
        this.engine = engine;
        this.server = server;
        this.connector = connector;
    }

    /**
     * Opens the data directory and starts listening.
     *
     * @throws DoLakeException ADDRESS_IN_USE, INVALID_CONFIGURATION, STORAGE_FULL, IO_ERROR
     */
    public static DoSqlServer start(ServerConfig config) {
        Authentication authentication = new Authentication(config);
        Engine engine = Engine.open(config);
        engine.tellNamesIf(() -> !authentication.isOn());
        QueuedThreadPool threads = new QueuedThreadPool(
                REQUEST_THREADS, MIN_THREADS, IDLE_THREAD_MS, -1, null, null, EngineResources.threads("dosql-http"));
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setIdleTimeout(config.limit(Limit.CONNECTION_IDLE_TIMEOUT_MS));
        server.addConnector(connector);
        server.setErrorHandler(HttpApi::refuse);
        server.setStopTimeout(0);
        ServerWebSocketContainer container = ServerWebSocketContainer.ensure(server);
        server.setHandler(new HttpApi(engine, new WebSockets(engine, container), authentication));
        try {
            server.start();
        } catch (Exception e) {
            QuietClose.close(server::stop, engine);
            throw notStarted(config, e);
        }
        LOG.info(
                "DoSQL listens on {}:{}, {}, databases in {}",
                config.host(),
                connector.getLocalPort(),
                authentication.isOn() ? "for callers with a token" : "for anyone",
                config.directory().toAbsolutePath());
        return new DoSqlServer(engine, server, connector);
    }

    private static DoLakeException notStarted(ServerConfig config, Exception e) {
        String address = config.host() + ":" + config.port();
        if (e instanceof BindException || e instanceof IOException && e.getCause() instanceof BindException) {
            return new DoLakeException(
                            ErrorCode.ADDRESS_IN_USE, "Cannot listen on " + address + ": the port is in use", e)
                    .withHint("Stop the program that has port " + config.port() + ", or set DOSQL_PORT to another one.")
                    .withDetail("port", config.port());
        }
        return new DoLakeException(ErrorCode.IO_ERROR, "Cannot listen on " + address + ": " + e.getMessage(), e);
    }

    /** The port that the server listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Stops listening, captures the committed transactions and closes the databases. */
    @Override
    public void close() {
        QuietClose.close(connector::stop, engine, server::stop);
    }
}
