/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** Calls of a Connect worker's REST interface, refused ones too. */
public final class ConnectCalls {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String worker;

    public ConnectCalls(String worker) {
        this.worker = worker;
    }

    public record Answer(int status, String text) {
        public JsonNode json() throws Exception {
            return JSON.readTree(text);
        }
    }

    public Answer get(String path) throws Exception {
        return call("GET", path, null);
    }

    public Answer call(String method, String path, Object body) throws Exception {
        HttpRequest.BodyPublisher content = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(worker + path))
                        .timeout(Duration.ofSeconds(60))
                        .header("Content-Type", "application/json")
                        .method(method, content)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    /** The configuration of a connector with some settings put over it. */
    public ObjectNode config(String connector, Map<String, String> over) throws Exception {
        ObjectNode config =
                (ObjectNode) get("/connectors/" + connector + "/config").json();
        over.forEach(config::put);
        return config;
    }
}
