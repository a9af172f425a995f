/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import java.util.List;

/** A server reached over the network. */
final class ClientEngineConnection implements EngineConnection {
    private final DoSqlClient client;

    ClientEngineConnection(DoSqlConnectorConfig config) {
        this.client = DoSqlClient.builder(config.server())
                .connectTimeout(config.connectTimeout())
                .requestTimeout(config.requestTimeout())
                .token(config.token())
                .build();
    }

    @Override
    public void health() {
        client.health();
    }

    @Override
    public List<String> databases() {
        return client.databases();
    }

    @Override
    public DatabaseStatus status(String database) {
        return client.status(database);
    }

    @Override
    public Session session(String database) {
        return client.session(database);
    }

    @Override
    public CdcStream subscribe(String database, CdcOptions options) {
        return client.subscribe(database, options);
    }

    @Override
    public void close() {
        client.close();
    }
}
