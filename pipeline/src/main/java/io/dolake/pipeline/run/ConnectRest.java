/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The REST interface of a Connect worker, as far as it is needed here. */
public final class ConnectRest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMED_OUT = 504;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final JsonHttp http;
    private final String worker;

    /** @param worker base address */
    public ConnectRest(String worker) {
        this(worker, TIMEOUT);
    }

    /** @param timeout of each request */
    public ConnectRest(String worker, Duration timeout) {
        this.worker = worker;
        this.http = new JsonHttp("the Connect worker", worker, timeout);
    }

    /** Its base address. */
    public String worker() {
        return worker;
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

    public ConnectorState state(String connector) {
        return ConnectorState.of(
                connector,
                send("read the state of connector " + connector, "GET", "/connectors/" + connector + "/status", null));
    }

    /** All connectors with their configuration, at once. */
    public List<Described> describe() {
        List<Described> all = new ArrayList<>();
        send("list connectors", "GET", "/connectors?expand=status&expand=info", null)
                .properties()
                .forEach(entry -> all.add(new Described(
                        ConnectorState.of(entry.getKey(), entry.getValue().path("status")),
                        entry.getValue().path("info").path("config"))));
        return all;
    }

    /** @param config an object of texts, with {@code name} added by the worker */
    public record Described(ConnectorState state, JsonNode config) {}

    /**
     * What the worker finds wrong with a configuration, each as {@code setting: fault}; empty if it would take it.
     *
     * @param config with {@code name} and {@code connector.class}
     */
    public List<String> faults(JsonNode config) {
        String plugin = config.path("connector.class").asText();
        String path = "/connector-plugins/" + plugin.substring(plugin.lastIndexOf('.') + 1) + "/config/validate";
        List<String> faults = new ArrayList<>();
        for (JsonNode setting :
                send("check the configuration", "PUT", path, config.toString()).path("configs")) {
            JsonNode value = setting.path("value");
            value.path("errors").forEach(error -> faults.add(value.path("name").asText() + ": " + error.asText()));
        }
        return faults;
    }

    /** Committed offsets: an array of {@code {"partition": {...}, "offset": {...}}}. */
    public JsonNode offsets(String connector) {
        return send("read the offsets of connector " + connector, "GET", "/connectors/" + connector + "/offsets", null)
                .path("offsets");
    }

    /** Configurations of the tasks of a connector, by the number of the task. */
    public Map<Integer, JsonNode> taskConfigs(String connector) {
        Map<Integer, JsonNode> configs = new TreeMap<>();
        send("read the tasks of connector " + connector, "GET", "/connectors/" + connector + "/tasks", null)
                .forEach(task -> configs.put(task.path("id").path("task").asInt(), task.path("config")));
        return configs;
    }

    /** Has a connector wait, until somebody resumes it. */
    public void pause(String connector) {
        send("pause connector " + connector, "PUT", "/connectors/" + connector + "/pause", "");
    }

    /** Goes on with a connector that a user has paused or stopped. */
    public void resume(String connector) {
        send("resume connector " + connector, "PUT", "/connectors/" + connector + "/resume", "");
    }

    /** Restarts the connector if it has failed, and those of its tasks that have. */
    public void restartFailed(String connector) {
        send(
                "restart connector " + connector,
                "POST",
                "/connectors/" + connector + "/restart?includeTasks=true&onlyFailed=true",
                "");
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

    /**
     * The tables that a sink's tasks have met, and partitions that are set aside: {@code table, state, ...} each, once
     * for each task. None of a connector that is no sink, or of which no task runs.
     */
    public List<JsonNode> sinkTables(String connector) {
        String path = "/dolake/connectors/" + encoded(connector) + "/tables";
        JsonHttp.Answer answer = http.get("read the tables of connector " + connector, path);
        List<JsonNode> tables = new ArrayList<>();
        if (answer.status() < 400) {
            answer.body().path("tables").forEach(tables::add);
        } else if (answer.status() != 404) {
            throw refused("read the tables of connector " + connector, answer.status(), answer.body());
        }
        return tables;
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
     * Databases of the source, each an object with its state and its tables; empty where the worker does not tell any.
     */
    public List<JsonNode> sourceDatabases() {
        JsonHttp.Answer answer = http.get("read the databases of the source", "/pipeline/databases");
        List<JsonNode> databases = new ArrayList<>();
        if (answer.status() < 400) {
            answer.body().forEach(task -> task.forEach(databases::add));
        }
        return databases;
    }

    /**
     * Brings back a database or a table that the source has set aside.
     *
     * @return whether a task of the source has it
     */
    public boolean resumeSource(String collection) {
        return send("resume " + collection, "POST", "/pipeline/resume?collection=" + encoded(collection), "")
                .path("resumed")
                .asBoolean();
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
        JsonHttp.Answer answer = http.send(what, method, path, body);
        if (answer.status() >= 400) {
            throw refused(what, answer.status(), answer.body());
        }
        return answer.body();
    }

    private static DoLakeException refused(String what, int status, JsonNode answer) {
        String reason = answer.path("message").asText("the worker answers with " + status);
        return new DoLakeException(code(status, reason), "Cannot " + what + ": " + reason).withDetail("status", status);
    }

    private static ErrorCode code(int status, String reason) {
        return switch (status) {
            // 404 before a connector is known, 409 during a rebalance, 503 and 504 pass with time.
            case 404, 409, 503, 504 -> ErrorCode.CONNECTION_ERROR;
            case 500 -> {
                String said = reason.toLowerCase(Locale.ROOT);
                boolean passes = said.contains("timed out") || said.contains("rebalance") || said.contains("leader");
                boolean isPlugin = said.contains("failed to find any class");
                yield passes
                        ? ErrorCode.CONNECTION_ERROR
                        : isPlugin ? ErrorCode.INVALID_CONFIGURATION : ErrorCode.INTERNAL_ERROR;
            }
            default -> ErrorCode.INVALID_CONFIGURATION;
        };
    }
}
