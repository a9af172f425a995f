/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Plain HTTP, for requests that the client would not send. */
public final class HttpCalls {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private HttpCalls() {}

    public record Reply(int status, JsonNode body, String retryAfter) {
        public String code() {
            return body.at("/error/code").asText();
        }

        public String message() {
            return body.at("/error/message").asText();
        }

        public String hint() {
            return body.at("/error/hint").asText();
        }

        public JsonNode detail(String name) {
            return body.at("/error/details/" + name);
        }
    }

    public static Reply send(URI server, String method, String path, String body) {
        return send(server, method, path, body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public static Reply send(URI server, String method, String path, byte[] body) {
        String type = path.endsWith("/import") ? "application/vnd.sqlite3" : "application/json";
        return send(server, method, path, body, "Content-Type", type);
    }

    public static Reply send(URI server, String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(server.resolve(path))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        HttpRequest request = (headers.length == 0 ? builder : builder.headers(headers)).build();
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(
                    response.statusCode(),
                    MAPPER.readTree(response.body()),
                    response.headers().firstValue("Retry-After").orElse(null));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
