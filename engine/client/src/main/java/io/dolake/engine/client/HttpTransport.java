/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes HTTP calls with JSON bodies, within a time limit; errors of the server become exceptions. */
final class HttpTransport {
    private static final String JSON_TYPE = "application/json";
    private static final String SQLITE_TYPE = "application/vnd.sqlite3";

    private final ClientConfig config;
    private final HttpClient http;
    private final ConnectionRetry retry;

    HttpTransport(ClientConfig config, HttpClient http) {
        this.config = config;
        this.http = http;
        this.retry = new ConnectionRetry(config.readAttempts());
    }

    /** A call without effects: retried if no connection can be made. */
    JsonNode read(String method, String path, JsonNode body) {
        return retry.call(() -> call(method, path, body, false));
    }

    /** A call that is sent once, even if it fails. */
    JsonNode readOnce(String path) {
        return call("GET", path, null, false);
    }

    /** A call with effects: sent once, whatever happens. */
    JsonNode write(String method, String path, JsonNode body) {
        return call(method, path, body, true);
    }

    JsonNode upload(String path, Path file) {
        BodyPublisher body;
        try {
            body = BodyPublishers.ofFile(file);
        } catch (FileNotFoundException e) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot import file " + file + ": it cannot be read", e);
        }
        return upload(path, body, true);
    }

    JsonNode upload(String path, InputStream content) {
        UploadStream stream = new UploadStream(content);
        try {
            return upload(path, BodyPublishers.ofInputStream(() -> stream), false);
        } catch (DoLakeException e) {
            stream.throwFailure(e);
            throw e;
        }
    }

    private JsonNode upload(String path, BodyPublisher body, boolean isRepeatable) {
        HttpRequest.Builder request = HttpRequest.newBuilder(config.http(path))
                .header("Content-Type", SQLITE_TYPE)
                .POST(body);
        return isRepeatable
                ? send(request, config.uploadTimeout(), true)
                : sendOnce(request, config.token().header(), config.uploadTimeout(), true);
    }

    private JsonNode call(String method, String path, JsonNode body, boolean write) {
        HttpRequest.Builder request = HttpRequest.newBuilder(config.http(path)).header("Accept", JSON_TYPE);
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", JSON_TYPE);
            request.method(method, BodyPublishers.ofByteArray(JsonTrees.writeBytes(body)));
        }
        return send(request, config.requestTimeout(), write);
    }

    /** Sends a refused call once more if there is another token: the server has done nothing for the first one. */
    private JsonNode send(HttpRequest.Builder call, Duration timeout, boolean write) {
        String token = config.token().header();
        try {
            return sendOnce(call, token, timeout, write);
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.UNAUTHORIZED || !config.token().renew(token)) {
                throw e;
            }
            return sendOnce(call, config.token().header(), timeout, write);
        }
    }

    private JsonNode sendOnce(HttpRequest.Builder call, String token, Duration timeout, boolean write) {
        if (token != null) {
            call.setHeader("Authorization", token);
        }
        HttpRequest request = call.build();
        String what = "finish " + request.method() + " " + request.uri().getPath();
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, info -> new LimitedBody(config.maxMessageBytes()));
        try {
            return read(answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw ClientErrors.timeout(what, config.endpoint(), timeout, write);
        } catch (ExecutionException e) {
            throw ClientErrors.connection(config.endpoint(), e, write);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw ClientErrors.interrupted(what, config.endpoint());
        }
    }

    private JsonNode read(HttpResponse<byte[]> response) {
        if (response.statusCode() / 100 == 2) {
            return JsonTrees.read(response.body());
        }
        throw error(response.statusCode(), new String(response.body(), UTF_8), retryAfter(response));
    }

    /** The error in the body of an answer; for a body of another form, its text under INTERNAL_ERROR. */
    DoLakeException error(int status, String body, Duration retryAfter) {
        String raw = "HTTP " + status + " at " + config.endpoint() + ": " + body;
        JsonNode error;
        try {
            error = JsonTrees.read(body).path("error");
        } catch (DoLakeException e) {
            return ReplyReader.error(JsonTrees.object(), raw);
        }
        DoLakeException result = ReplyReader.error(error, raw);
        return retryAfter == null || result.retryAfter().isPresent() ? result : result.withRetryAfter(retryAfter);
    }

    /** Null if the header is missing or is a date. */
    private static Duration retryAfter(HttpResponse<?> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
    }
}
