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

    /** Brings back a table that a sink has set aside. */
    public void resumeTable(String connector, String table) {
        send(
                "resume table " + table,
                "POST",
                "/dolake/connectors/" + connector + "/tables/" + URLEncoder.encode(table, StandardCharsets.UTF_8)
                        + "/resume",
                "");
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

    /** What the sink's tasks of the worker hold, as its REST extension tells. */
    public List<Object> sinkTasks() {
        JsonNode tasks = send("read the buffers of the sink", "GET", "/dolake/status", null)
                .path("tasks");
        return JSON.convertValue(tasks, new TypeReference<List<Object>>() {});
    }

    /** Tables of a sink by name, each an object with its state; empty where the worker does not tell any. */
    public Map<String, JsonNode> sinkTables(String connector) {
        JsonHttp.Answer answer =
                http.get("read the tables of connector " + connector, "/dolake/connectors/" + connector + "/tables");
        Map<String, JsonNode> tables = new TreeMap<>();
        if (answer.status() < 400) {
            JsonNode found = answer.body().path("tables");
            found.properties().forEach(table -> tables.put(table.getKey(), table.getValue()));
            for (JsonNode table : found.isArray() ? found : JSON.createArrayNode()) {
                tables.put(table.path("table").asText(), table);
            }
        }
        return tables;
    }

    /** Databases of the source, each an object with its state and its tables; empty where the worker does not tell any. */
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
        return send(
                        "resume " + collection,
                        "POST",
                        "/pipeline/resume?collection=" + URLEncoder.encode(collection, StandardCharsets.UTF_8),
                        "")
                .path("resumed")
                .asBoolean();
    }

    /**
     * Has the sink's tasks of the worker commit all that they hold.
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
