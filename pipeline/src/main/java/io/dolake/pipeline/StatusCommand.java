/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.run.RunningProcess;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.SourcePosition;
import io.dolake.pipeline.sync.SourcePositions;
import io.dolake.schemas.DoLakeException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows where everything stands. */
@Command(name = "status", header = "Shows what runs, positions, lag, buffers and connector states.")
final class StatusCommand extends PipelineCommand {
    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Map<String, Object> status = collect(home());
        if (json) {
            out().println(JsonRow.of(status));
        } else {
            new StatusText(out()).print(status);
        }
        return 0;
    }

    private Map<String, Object> collect(Home home) {
        Optional<RunningProcess> process = RunningProcess.of(home);
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("dir", home.dir().toString());
        status.put(
                "state",
                process.map(running -> running.ready() ? "RUNNING" : "STARTING").orElse("STOPPED"));
        process.ifPresent(running -> {
            status.put("pid", running.pid());
            Ports ports = Ports.last(home);
            status.put("engine", ports.engineUrl());
            status.put("kafka", ports.bootstrapServers());
            status.put("connect", ports.connectUrl());
        });
        if (process.isPresent() && process.get().ready()) {
            running(Ports.last(home), status);
        }
        status.put("lakeTables", lakeTables(home));
        return status;
    }

    /** A part that does not answer has its error in the place of its state: that is what status is for. */
    private static void running(Ports ports, Map<String, Object> status) {
        ConnectRest connect = connect(ports);
        List<Object> problems = new ArrayList<>();
        attempt(problems, () -> status.put("connectors", connectors(connect)));
        attempt(problems, () -> status.put("databases", databases(ports, connect)));
        attempt(problems, () -> {
            try (SinkProgress sink = new SinkProgress(ports.bootstrapServers())) {
                status.put("sinkLagRecords", sink.lagByTopic());
            }
        });
        attempt(problems, () -> status.put("sinkTasks", connect.sinkTasks()));
        attempt(problems, () -> status.put("sinkTables", connect.sinkTables(Pipeline.SINK)));
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
        for (String name : connect.connectors()) {
            ConnectRest.State state = connect.state(name);
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("name", name);
            object.put("state", state.connector());
            List<Object> tasks = new ArrayList<>();
            for (ConnectRest.State.Task task : state.tasks()) {
                tasks.add(new LinkedHashMap<>(Map.of("id", task.id(), "state", task.state())));
            }
            object.put("tasks", tasks);
            if (state.failure() != null) {
                object.put("failure", state.failure());
            }
            connectors.add(object);
        }
        return connectors;
    }

    private static List<Object> databases(Ports ports, ConnectRest connect) {
        List<Object> databases = new ArrayList<>();
        try (DoSqlClient engine = engine(ports)) {
            SourcePositions sent = SourcePositions.read(connect);
            for (String name : engine.databases()) {
                databases.add(database(engine.status(name), sent.of(name)));
            }
        }
        return databases;
    }

    private static Map<String, Object> database(DatabaseStatus status, Optional<SourcePosition> sent) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", status.name());
        object.put("epoch", status.epoch());
        object.put("lsn", status.lsn().toString());
        object.put("durableLsn", status.durableLsn().toString());
        object.put("oldestLsn", status.oldestLsn().toString());
        object.put("sentLsn", sent.map(position -> position.lsn().toString()).orElse(null));
        object.put("snapshotting", sent.map(SourcePosition::snapshotting).orElse(null));
        object.put("walBytes", status.walBytes());
        object.put("lagBytes", status.lag().bytes());
        object.put("writeDelayMs", status.lag().writeDelayMs());
        object.put("segments", status.segments());
        object.put("segmentBytes", status.segmentBytes());
        object.put("heldBytes", status.heldBytes());
        if (status.captureError() != null) {
            object.put(
                    "error",
                    status.captureError().code() + ": " + status.captureError().getMessage());
        }
        if (status.archive() != null) {
            object.put("archive", archive(status.archive()));
        }
        List<Object> consumers = new ArrayList<>();
        for (DatabaseStatus.Consumer consumer : status.consumers()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("id", consumer.id());
            entry.put("ackedLsn", consumer.ackedLsn().toString());
            entry.put("sentLsn", consumer.sentLsn().toString());
            entry.put("pendingEvents", consumer.pendingEvents());
            entry.put("bufferUtilization", consumer.bufferUtilization());
            consumers.add(entry);
        }
        object.put("consumers", consumers);
        return object;
    }

    private static Map<String, Object> archive(DatabaseStatus.Archive archive) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("location", archive.location());
        object.put("segments", archive.segments());
        object.put("bytes", archive.bytes());
        if (archive.error() != null) {
            object.put("error", archive.error().code() + ": " + archive.error().getMessage());
        }
        return object;
    }

    private static List<String> lakeTables(Home home) {
        if (!Files.exists(home.catalog())) {
            return List.of();
        }
        try (Lake lake = Lake.open(home)) {
            return lake.tables();
        }
    }
}
