/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

/** Collects the settings of a client, which are checked when it is built. */
final class ClientBuilder implements DoSqlClient.Builder {
    private final URI server;
    private Duration connectTimeout = ClientConfig.DEFAULT_CONNECT_TIMEOUT;
    private Duration requestTimeout = ClientConfig.DEFAULT_REQUEST_TIMEOUT;
    private Duration uploadTimeout = ClientConfig.DEFAULT_UPLOAD_TIMEOUT;
    private Duration heartbeatTimeout = ClientConfig.DEFAULT_HEARTBEAT_TIMEOUT;
    private int readAttempts = ClientConfig.DEFAULT_READ_ATTEMPTS;
    private int maxMessageBytes = ClientConfig.DEFAULT_MAX_MESSAGE_BYTES;
    private TokenSource token = TokenSource.NONE;

    ClientBuilder(URI server) {
        this.server = server;
    }

    @Override
    public DoSqlClient.Builder connectTimeout(Duration timeout) {
        connectTimeout = timeout;
        return this;
    }

    @Override
    public DoSqlClient.Builder requestTimeout(Duration timeout) {
        requestTimeout = timeout;
        return this;
    }

    @Override
    public DoSqlClient.Builder uploadTimeout(Duration timeout) {
        uploadTimeout = timeout;
        return this;
    }

    @Override
    public DoSqlClient.Builder heartbeatTimeout(Duration timeout) {
        heartbeatTimeout = timeout;
        return this;
    }

    @Override
    public DoSqlClient.Builder readAttempts(int attempts) {
        readAttempts = attempts;
        return this;
    }

    @Override
    public DoSqlClient.Builder maxMessageBytes(int bytes) {
        maxMessageBytes = bytes;
        return this;
    }

    @Override
    public DoSqlClient.Builder token(String newToken) {
        return token(() -> newToken);
    }

    @Override
    public DoSqlClient.Builder token(Supplier<String> supplier) {
        token = new TokenSource(supplier);
        return this;
    }

    @Override
    public DoSqlClient build() {
        return new DoSqlClient(new ClientConfig(
                server,
                connectTimeout,
                requestTimeout,
                uploadTimeout,
                heartbeatTimeout,
                readAttempts,
                maxMessageBytes,
                token));
    }
}
