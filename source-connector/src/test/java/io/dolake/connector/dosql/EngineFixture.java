/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** An engine and a client of it. */
final class EngineFixture implements AutoCloseable {
    private final Path directory;
    private final int port;
    private DoSqlServer server;
    private final DoSqlClient client;

    EngineFixture(Path directory) {
        this.directory = directory;
        this.server = DoSqlServer.start(ServerConfig.of(directory).withPort(0));
        this.port = server.port();
        this.client =
                DoSqlClient.builder(URI.create("http://127.0.0.1:" + port)).build();
    }

    int port() {
        return port;
    }

    DoSqlClient client() {
        return client;
    }

    /** Runs a statement; the LSN after it. */
    long exec(String database, String sql, Object... params) {
        return client.exec(database, Statement.of(sql, params)).lsn().value();
    }

    /** Creates a database by its statements; the LSN after them. */
    long create(String database, String... statements) {
        client.create(database);
        long lsn = 0;
        for (String sql : statements) {
            lsn = exec(database, sql);
        }
        return lsn;
    }

    long lsn(String database) {
        return client.status(database).lsn().value();
    }

    void restart() {
        restart(config -> config);
    }

    /** With other limits. */
    void restart(UnaryOperator<ServerConfig> config) {
        server.close();
        server = DoSqlServer.start(config.apply(ServerConfig.of(directory).withPort(port)));
    }

    void stopServer() {
        server.close();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
