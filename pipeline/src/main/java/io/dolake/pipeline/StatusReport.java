/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.pipeline.health.Ailment;
import io.dolake.pipeline.health.Health;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.ConnectorState;
import io.dolake.pipeline.run.EngineRest;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.SourcePosition;
import io.dolake.pipeline.sync.SourcePositions;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects the status of all parts of a pipeline. Every request is bounded in time and in the size of its answer. */
final class StatusReport {
    static final int MAX_LIMIT = 1_000;

    /** An answer that takes longer is reported as a problem. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Home home;
    private final Installation installation;
    private final String database;
    private final String after;
    private final int limit;
    private final String token;

    /**
     * @param database the only one to show, null for all
     * @param after null from the first
     * @param token for the engine; null for none
     */
    StatusReport(Home home, Installation installation, String database, String after, int limit, String token) {
        this.home = home;
        this.installation = installation;
        this.database = database;
        this.after = after;
        this.limit = limit;
        this.token = token;
    }

    /** A part that does not answer is shown with its error instead of its state. */
    void running(Ports ports, Map<String, Object> status) {
        ConnectRest connect = new ConnectRest(ports.connectUrl(), PATIENCE);
        EngineRest engine = new EngineRest(ports.engineUrl(), token);
        List<Object> problems = new ArrayList<>();
        List<Ailment> ailments = new Health(engine, connect, installation).ailments();
        status.put(
                "notWell",
                ailments.stream()
                        .filter(ailment -> database == null
                                || ailment.database().map(database::equals).orElse(true))
                        .map(Ailment::toMap)
                        .toList());
        attempt(problems, () -> status.put("connectors", connectors(connect)));
        attempt(problems, () -> databases(engine, connect, status));
        attempt(problems, () -> {
            try (SinkProgress sink = new SinkProgress(ports.bootstrapServers())) {
                SinkProgress.Lag lag = sink.lag(Optional.ofNullable(database), limit);
                status.put("sinkLagRecords", lag.records());
                lag.others()
                        .forEach(topic -> problems.add(ErrorCode.TOPIC_REPLACED + ": " + topic
                                + " was recreated or has lost its data: it lacks what the sink has committed"));
            }
        });
        attempt(problems, () -> status.put("sinkTasks", connect.sinkTasks()));
        status.put("problems", problems);
    }

    private static void attempt(List<Object> problems, Runnable part) {
        try {
            part.run();
        } catch (DoLakeException e) {
            problems.add(e.code() + ": " + e.getMessage());
        }
    }

    private static List<Object> connectors(ConnectRest connect) {
        List<Object> connectors = new ArrayList<>();
        for (ConnectRest.Described described : connect.describe()) {
            ConnectorState state = described.state();
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("name", state.name());
            object.put("state", state.connector());
            List<Object> tasks = new ArrayList<>();
            for (ConnectorState.Task task : state.tasks()) {
                tasks.add(new LinkedHashMap<>(Map.of("id", task.id(), "state", task.state())));
            }
            object.put("tasks", tasks);
            state.failure().ifPresent(cause -> object.put("failure", cause.code() + ": " + cause.reason()));
            connectors.add(object);
        }
        return connectors;
    }

    private void databases(EngineRest engine, ConnectRest connect, Map<String, Object> status) {
        JsonNode page = database != null ? engine.only(database) : engine.page(after == null ? "" : after, limit);
        List<Object> databases = new ArrayList<>();
        status.put("databases", databases);
        if (page.hasNonNull("next")) {
            status.put("nextDatabases", "--after " + page.path("next").asText());
        }
        SourcePositions sent = SourcePositions.read(connect);
        page.path("databases")
                .forEach(each ->
                        databases.add(database(each, sent.of(each.path("name").asText()))));
    }

    /** The databases of the engine, each with the position of the source connector. */
    private static Map<String, Object> database(JsonNode told, Optional<SourcePosition> sent) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", told.path("name").asText());
        object.put("open", told.path("open").asBoolean(true));
        for (String field : List.of("state", "epoch", "lsn", "durableLsn", "oldestLsn")) {
            if (told.hasNonNull(field)) {
                object.put(field, told.path(field).asText());
            }
        }
        object.put("sentLsn", sent.map(position -> position.lsn().toString()).orElse(null));
        object.put("sentEpoch", sent.map(SourcePosition::epoch).orElse(null));
        object.put("snapshotting", sent.map(SourcePosition::snapshotting).orElse(null));
        object.put("lagBytes", told.path("lag").path("bytes").asLong());
        object.put("writeDelayMs", told.path("lag").path("writeDelayMs").asLong());
        for (String field : List.of("walBytes", "segments", "segmentBytes", "heldBytes")) {
            object.put(field, told.path(field).asLong());
        }
        if (told.has("error")) {
            object.put("error", error(told.path("error")));
        }
        if (told.has("archive")) {
            Map<String, Object> archive = JSON.convertValue(told.path("archive"), new TypeReference<>() {});
            archive.computeIfPresent(
                    "error", (name, error) -> error(told.path("archive").path("error")));
            object.put("archive", archive);
        }
        List<Map<String, Object>> consumers = new ArrayList<>();
        told.path("consumers")
                .forEach(consumer -> consumers.add(JSON.convertValue(consumer, new TypeReference<>() {})));
        object.put("consumers", consumers);
        return object;
    }

    private static String error(JsonNode error) {
        return error.path("code").asText() + ": " + error.path("message").asText();
    }

    /** The number of tables in the lake, and the names of the first ones. */
    void lake(Map<String, Object> status) {
        List<String> tables = List.of();
        if (Files.exists(home.catalog())) {
            try (Lake lake = Lake.open(home)) {
                tables = database == null
                        ? lake.tables()
                        : lake.tables(database).stream()
                                .map(table -> database + "." + table)
                                .toList();
            }
        }
        status.put("lakeTableCount", tables.size());
        status.put("lakeTables", tables.stream().limit(limit).toList());
    }
}
