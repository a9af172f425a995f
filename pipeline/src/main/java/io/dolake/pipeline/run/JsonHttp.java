/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Requests to one server that speaks JSON. */
public final class JsonHttp {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String title;
    private final String base;
    private final Duration timeout;
    private final String token;

    /**
     * @param title {@code the Connect worker}
     * @param base address
     */
    public JsonHttp(String title, String base, Duration timeout) {
        this(title, base, timeout, null);
    }

    /** @param token null for none */
    JsonHttp(String title, String base, Duration timeout, String token) {
        this.title = title;
        this.base = base;
        this.timeout = timeout;
        this.token = token;
    }

    /** @param body null where there is none */
    public record Answer(int status, JsonNode body) {}

    public Answer get(String what, String path) {
        return send(what, "GET", path, null);
    }

    /**
     * The answer, whatever its status.
     *
     * @param what for the message of a failure: {@code list connectors}
     * @param body null for none
     * @throws DoLakeException CONNECTION_ERROR, PROTOCOL_ERROR, TIMEOUT if interrupted
     */
    public Answer send(String what, String method, String path, String body) {
        HttpRequest.Builder call = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            call.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<String> response = http.send(call.build(), HttpResponse.BodyHandlers.ofString());
            String text = response.body();
            return new Answer(response.statusCode(), text.isBlank() ? JSON.nullNode() : JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new DoLakeException(
                    ErrorCode.PROTOCOL_ERROR,
                    "Cannot " + what + ": the answer of " + title + " at " + base + " is not JSON",
                    e);
        } catch (IOException e) {
            throw new DoLakeException(
                    ErrorCode.CONNECTION_ERROR,
                    "Cannot " + what + ": " + title + " at " + base + " does not answer",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot " + what + ": interrupted", e);
        }
    }
}
