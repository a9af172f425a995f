/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens WebSockets; a refusal with an error in the server's HTTP answer becomes that error. */
final class WebSocketConnector {
    private final ClientConfig config;
    private final HttpClient http;
    private final HttpTransport transport;

    WebSocketConnector(ClientConfig config, HttpClient http, HttpTransport transport) {
        this.config = config;
        this.http = http;
        this.transport = transport;
    }

    /** Asks once more if the server refuses the token, and there is another. */
    void open(String path, WebSocketConnection link) {
        String token = config.token().header();
        try {
            open(path, token, link);
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.UNAUTHORIZED || !config.token().renew(token)) {
                throw e;
            }
            open(path, config.token().header(), link);
        }
    }

    private void open(String path, String token, WebSocketConnection link) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(config.connectTimeout());
        if (token != null) {
            builder.header("Authorization", token);
        }
        String what = "open WebSocket " + path;
        CompletableFuture<WebSocket> opening = builder.buildAsync(config.webSocket(path), link);
        try {
            opening.get(config.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // A handshake that completes later must not leave an open socket behind.
            var unused = opening.thenAccept(WebSocket::abort);
            throw ClientErrors.timeout(what, config.endpoint(), config.requestTimeout(), false);
        } catch (ExecutionException e) {
            throw refusal(e);
        } catch (InterruptedException e) {
            var unused = opening.thenAccept(WebSocket::abort);
            throw ClientErrors.interrupted(what, config.endpoint());
        }
    }

    private DoLakeException refusal(ExecutionException failure) {
        if (ClientErrors.unwrap(failure) instanceof WebSocketHandshakeException handshake
                && handshake.getResponse() != null) {
            HttpResponse<?> response = handshake.getResponse();
            return transport.error(response.statusCode(), String.valueOf(response.body()), null);
        }
        return ClientErrors.connection(config.endpoint(), failure, false);
    }
}
