/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The REST interface of a Connect worker, as far as it is needed here. */
public final class ConnectRest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMED_OUT = 504;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String worker;

    /** @param worker base address */
    public ConnectRest(String worker) {
        this.worker = worker;
    }

    /** Its base address. */
    public String worker() {
        return worker;
    }

    /** State of a connector and its tasks: RUNNING, PAUSED, FAILED..., with the trace of what failed. */
    public record State(String name, String connector, List<Task> tasks, String trace) {

        /** @param trace empty unless failed */
        public record Task(int id, String state, String trace) {}

        boolean isRunning() {
            return connector.equals("RUNNING")
                    && !tasks.isEmpty()
                    && tasks.stream().allMatch(task -> task.state().equals("RUNNING"));
        }

        /** Why the connector does not work, or null. */
        public String failure() {
            if (connector.equals("FAILED")) {
                return cause(trace);
            }
            return tasks.stream()
                    .filter(task -> task.state().equals("FAILED"))
                    .map(task -> "task " + task.id() + ": " + cause(task.trace()))
                    .findFirst()
                    .orElse(null);
        }

        /** The innermost cause of a trace: that is where the reason stands. */
        private static String cause(String trace) {
            String cause = trace.lines().findFirst().orElse("no reason given");
            for (String line : trace.lines().toList()) {
                if (line.startsWith("Caused by: ")) {
                    cause = line.substring("Caused by: ".length());
                }
            }
            int message = cause.indexOf(": ");
            boolean ours = cause.startsWith("io.dolake.schemas.DoLakeException");
            return ours && message > 0 ? cause.substring(message + 2) : cause;
        }
    }

    /** Creates the connector or gives it a new configuration. */
    public void configure(String connector, String config) {
        send("configure connector " + connector, "PUT", "/connectors/" + connector + "/config", config);
    }

    public List<String> connectors() {
        List<String> names = new ArrayList<>();
        send("list connectors", "GET", "/connectors", null).forEach(name -> names.add(name.asText()));
        return names;
    }

    public State state(String connector) {
        JsonNode status =
                send("read the state of connector " + connector, "GET", "/connectors/" + connector + "/status", null);
        List<State.Task> tasks = new ArrayList<>();
        for (JsonNode task : status.path("tasks")) {
            tasks.add(new State.Task(
                    task.path("id").asInt(),
                    task.path("state").asText(),
                    task.path("trace").asText()));
        }
        JsonNode own = status.path("connector");
        return new State(
                connector, own.path("state").asText(), tasks, own.path("trace").asText());
    }

    /** Committed offsets: an array of {@code {"partition": {...}, "offset": {...}}}. */
    public JsonNode offsets(String connector) {
        return send("read the offsets of connector " + connector, "GET", "/connectors/" + connector + "/offsets", null)
                .path("offsets");
    }

    /** Restarts connector and tasks. */
    public void restart(String connector) {
        send("restart connector " + connector, "POST", "/connectors/" + connector + "/restart?includeTasks=true", "");
    }

    /** Restarts one task. */
    public void restartTask(String connector, int task) {
        send(
                "restart task " + task + " of " + connector,
                "POST",
                "/connectors/" + connector + "/tasks/" + task + "/restart",
                "");
    }

    /** What the tasks of all sinks hold, on whichever worker, as the REST extension tells. */
    public List<Object> sinkTasks() {
        return list(send("read the buffers of the sink", "GET", "/dolake/status", null), "tasks");
    }

    /** The tables that a sink's tasks have met, and partitions that are set aside: {@code table, state, ...} each. */
    public List<Object> sinkTables(String connector) {
        String path = "/dolake/connectors/" + connector + "/tables";
        return list(send("read the tables of connector " + connector, "GET", path, null), "tables");
    }

    /** An error if not all workers have answered: what is known is not the whole. */
    private List<Object> list(JsonNode answer, String name) {
        if (answer.path("unreachable").size() > 0) {
            JsonNode first = answer.path("unreachable").path(0);
            throw new DoLakeException(
                    ErrorCode.CONNECTION_ERROR,
                    "Cannot read all " + name + " of the sink: worker "
                            + first.path("worker").asText() + ": "
                            + first.path("error").asText());
        }
        return JSON.convertValue(answer.path(name), new TypeReference<List<Object>>() {});
    }

    /**
     * Has a suspended table of a sink go on.
     *
     * @param from {@code held}, {@code start}, or empty
     */
    public void resumeTable(String connector, String table, String from) {
        String path = "/dolake/connectors/" + connector + "/tables/" + encoded(table) + "/resume?from=" + encoded(from);
        try {
            send("resume " + table, "POST", path, "");
        } catch (DoLakeException e) {
            throw e.details().get("message") instanceof String said ? ofTask(said, e) : e;
        }
    }

    /** What a task said, as {@code CODE: message (hint)}. */
    private static DoLakeException ofTask(String said, DoLakeException e) {
        int colon = said.indexOf(": ");
        try {
            return new DoLakeException(
                    ErrorCode.valueOf(said.substring(0, Math.max(0, colon))), said.substring(colon + 2));
        } catch (IllegalArgumentException unknown) {
            return e;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Has a sink's tasks, on whichever worker, commit all that they hold.
     *
     * @return whether they did in time; if not, they go on
     */
    public boolean flush(String connector, Duration timeout) {
        String path = "/dolake/connectors/" + connector + "/flush?timeoutMs=" + timeout.toMillis();
        try {
            return send("flush connector " + connector, "POST", path, "")
                    .path("flushed")
                    .asBoolean();
        } catch (DoLakeException e) {
            if (Objects.equals(e.details().get("status"), TIMED_OUT)) {
                return false;
            }
            throw e;
        }
    }

    private JsonNode send(String what, String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(worker + path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new DoLakeException(
                    ErrorCode.CONNECTION_ERROR,
                    "Cannot " + what + ": the Connect worker at " + worker + " does not answer",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot " + what + ": interrupted", e);
        }
        try {
            JsonNode answer = response.body().isBlank() ? JSON.nullNode() : JSON.readTree(response.body());
            if (response.statusCode() >= 400) {
                throw refused(what, response.statusCode(), answer);
            }
            return answer;
        } catch (JsonProcessingException e) {
            throw new DoLakeException(ErrorCode.PROTOCOL_ERROR, "Cannot " + what + ": the answer is not JSON", e);
        }
    }

    private static DoLakeException refused(String what, int status, JsonNode answer) {
        // 404 before a connector is known and 409 during a rebalance pass with time.
        ErrorCode code = switch (status) {
            case 404, 409, 500, 503 -> ErrorCode.CONNECTION_ERROR;
            default -> ErrorCode.INVALID_CONFIGURATION;
        };
        return new DoLakeException(
                        code,
                        "Cannot " + what + ": " + answer.path("message").asText("the worker answers with " + status))
                .withDetail("status", status)
                .withDetail("message", answer.path("message").asText());
    }
}
