/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.QueryResult;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.Lsn;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A server on a free port, with a client. */
public final class RunningEngine implements AutoCloseable {
    private ServerConfig config;
    private DoSqlServer server;
    private DoSqlClient client;

    public RunningEngine(Path directory) {
        this(ServerConfig.of(directory).withPort(0));
    }

    public RunningEngine(ServerConfig config) {
        this.config = config;
        start();
    }

    private void start() {
        server = DoSqlServer.start(config);
        client = DoSqlClient.builder(uri())
                .requestTimeout(Duration.ofSeconds(60))
                .build();
    }

    public void restart() {
        close();
        start();
    }

    public void restart(ServerConfig newConfig) {
        close();
        config = newConfig;
        start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    public int port() {
        return server.port();
    }

    public DoSqlClient client() {
        return client;
    }

    public Lsn exec(String database, String sql, Object... params) {
        return client.exec(database, Statement.of(sql, params)).lsn();
    }

    public List<Object[]> rows(String database, String sql, Object... params) {
        return client.query(database, Statement.of(sql, params)).rows();
    }

    public Object value(String database, String sql, Object... params) {
        return rows(database, sql, params).get(0)[0];
    }

    public QueryResult query(String database, String sql) {
        return client.query(database, Statement.of(sql));
    }

    /** Waits until the change log holds every commit, and returns the newest. */
    public Lsn awaitCaptured(String database) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> client.status(database)
                        .durableLsn()
                        .equals(client.status(database).lsn()));
        return client.status(database).durableLsn();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
