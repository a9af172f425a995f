/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket that sends a text and takes the next one as the reply. */
final class TextSocket implements AutoCloseable {
    private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();
    private WebSocket socket;

    static TextSocket open(int port, String path, String token) throws Exception {
        TextSocket opened = new TextSocket();
        opened.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://127.0.0.1:" + port + path), opened.listener())
                .get(10, TimeUnit.SECONDS);
        return opened;
    }

    private WebSocket.Listener listener() {
        return new WebSocket.Listener() {
            private final StringBuilder whole = new StringBuilder();

            @Override
            public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                whole.append(data);
                if (last) {
                    replies.add(whole.toString());
                    whole.setLength(0);
                }
                webSocket.request(1);
                return null;
            }
        };
    }

    boolean isClosed() {
        return socket.isInputClosed();
    }

    String ask(String request) throws InterruptedException {
        socket.sendText(request, true).join();
        return replies.poll(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
