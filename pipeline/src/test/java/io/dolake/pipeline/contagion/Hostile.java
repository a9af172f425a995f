/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Requests to the engine that none of our clients would make, about the database of a site. */
final class Hostile {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Hostile() {}

    private static String address(Site site, String path) {
        return site.world().ports().engineUrl() + "/v1/databases/" + site.database() + "/" + path;
    }

    private static HttpRequest request(Site site, String path, String body, String type, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address(site, path)))
                .timeout(TIMEOUT)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    /** The body of the reply. */
    static String post(Site site, String path, String body, String type, String... headers) throws Exception {
        return HTTP.send(request(site, path, body, type, headers), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    static CompletableFuture<HttpResponse<String>> postLater(Site site, String path, String body) {
        return HTTP.sendAsync(request(site, path, body, "application/json"), HttpResponse.BodyHandlers.ofString());
    }

    /** Opens a session, of which nobody reads the replies. */
    static WebSocket session(Site site, String... header)
            throws ExecutionException, InterruptedException, TimeoutException {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        if (header.length > 0) {
            builder.header(header[0], header[1]);
        }
        return builder.buildAsync(
                        URI.create(address(site, "session").replaceFirst("http", "ws")), new WebSocket.Listener() {})
                .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    /** The connection stays open. */
    static Socket bytes(Site site, String text) throws Exception {
        int port = URI.create(site.world().ports().engineUrl()).getPort();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }
}
