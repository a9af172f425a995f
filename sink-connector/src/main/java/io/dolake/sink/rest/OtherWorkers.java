/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.health.ConnectClusterState;
import org.apache.kafka.connect.health.ConnectorHealth;
import org.apache.kafka.connect.health.ConnectorType;
import org.apache.kafka.connect.health.TaskState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other workers of the cluster that run sink tasks, according to the cluster's own status. They are queried with
 * {@code local=true} and answer for themselves only, so requests are never forwarded twice. The caller's credentials
 * are passed on; requests use the scheme that the caller used.
 */
final class OtherWorkers {
    static final String LOCAL = "local";

    private static final Logger LOG = LoggerFactory.getLogger(OtherWorkers.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Added to the time that the request itself may take. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The answer of a worker.
     *
     * @param status HTTP status; 0 if it did not answer
     * @param body an object; {@code message} has the reason if it did not answer
     */
    record Answer(String worker, int status, Map<String, Object> body) {
        boolean isSound() {
            return status >= 200 && status < 300;
        }

        String message() {
            return String.valueOf(body.getOrDefault("message", "it answers with " + status));
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> objects(String name) {
            return body.get(name) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
        }
    }

    /** A query: the path below {@code /dolake}, its parameters and the workers. */
    record Question(String method, String path, Map<String, String> parameters, Duration takes) {}

    private final ConnectClusterState cluster;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    OtherWorkers(ConnectClusterState cluster) {
        this.cluster = cluster;
    }

    /** Whether the cluster has a sink connector of this name. */
    boolean knows(String connector) {
        return cluster.connectors().contains(connector)
                && cluster.connectorHealth(connector).type() == ConnectorType.SINK;
    }

    /**
     * Workers that run tasks of a connector (null: of all sinks) that this worker does not run.
     *
     * @param here {@code connector/task} of this worker's tasks
     */
    Set<String> of(String connector, Set<String> here) {
        Collection<String> names = connector == null ? cluster.connectors() : List.of(connector);
        Set<String> workers = new TreeSet<>();
        for (String name : names) {
            ConnectorHealth health;
            try {
                health = cluster.connectorHealth(name);
            } catch (ConnectException e) {
                // Deleted since the names were listed.
                LOG.debug("Connector {} is left out", name, e);
                continue;
            }
            if (health.type() == ConnectorType.SINK) {
                for (TaskState task : health.tasksState().values()) {
                    if (!here.contains(name + "/" + task.taskId())) {
                        workers.add(task.workerId());
                    }
                }
            }
        }
        return workers;
    }

    /** Sends the query to all of them at once. */
    List<CompletableFuture<Answer>> ask(Set<String> workers, Question question, UriInfo asked, HttpHeaders headers) {
        return workers.stream()
                .map(worker -> ask(worker, question, asked, headers))
                .toList();
    }

    private CompletableFuture<Answer> ask(String worker, Question question, UriInfo asked, HttpHeaders headers) {
        Map<String, String> parameters = new TreeMap<>(question.parameters());
        parameters.put(LOCAL, "true");
        StringBuilder query = new StringBuilder();
        parameters.forEach((name, value) -> query.append(query.isEmpty() ? "?" : "&")
                .append(name)
                .append("=")
                .append(value));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        asked.getBaseUri().getScheme() + "://" + worker + "/dolake" + question.path() + query))
                .timeout(question.takes().plus(ANSWER_TIMEOUT))
                .header("Content-Type", "application/json")
                .method(question.method(), HttpRequest.BodyPublishers.noBody());
        String credentials = headers.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (credentials != null) {
            request.header(HttpHeaders.AUTHORIZATION, credentials);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new Answer(worker, response.statusCode(), object(response.body())))
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    return new Answer(worker, 0, Map.of("message", "it does not answer: " + cause));
                });
    }

    private static Map<String, Object> object(String body) {
        try {
            return JSON.readValue(body, new TypeReference<Map<String, Object>>() {});
        } catch (JsonProcessingException e) {
            throw new CompletionException(e);
        }
    }
}
