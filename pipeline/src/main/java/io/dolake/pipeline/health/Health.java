/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.ConnectorFile;
import io.dolake.pipeline.run.ConnectorState;
import io.dolake.pipeline.run.EngineRest;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.TraceCause;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RunState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What does not work in a running pipeline. Every call asks each part again, nothing is remembered. A part that does
 * not answer is itself an ailment.
 */
public final class Health {
    /** The largest number of databases and tables that are reported of each part. */
    static final int MAX_TOLD = 100;

    /** Setting that the source adds to the configuration of each of its tasks. */
    private static final String TASK_DATABASES = "internal.task.databases";

    private final EngineRest engine;
    private final ConnectRest connect;
    private final Installation installation;

    public Health(EngineRest engine, ConnectRest connect, Installation installation) {
        this.engine = engine;
        this.connect = connect;
        this.installation = installation;
    }

    /** All ailments, from the largest part to the smallest. */
    public List<Ailment> ailments() {
        List<Ailment> found = new ArrayList<>();
        ask(found, "engine", () -> databases(found));
        ask(found, "Connect worker", () -> connectors(found));
        ask(found, "Connect worker", () -> new SuspensionReport(connect).add(found));
        found.sort(Comparator.comparing(Ailment::kind).thenComparing(Ailment::name));
        return found;
    }

    /**
     * The ailments that keep a database, or some of its tables, from reaching the lake. A task of the source counts
     * only if it reads this database; the sink's tasks share all topics, and the others take over those of one that
     * fails.
     */
    public List<Ailment> concerning(String database) {
        Set<String> foreign = tasksWithout(database);
        return ailments().stream()
                .filter(ailment -> ailment.database().map(database::equals).orElse(!foreign.contains(ailment.name())))
                .toList();
    }

    /** Tasks of the source that have other databases. */
    private Set<String> tasksWithout(String database) {
        Set<String> foreign = new HashSet<>();
        try {
            connect.taskConfigs(Pipeline.SOURCE).forEach((task, config) -> {
                List<String> own = List.of(config.path(TASK_DATABASES).asText().split(","));
                if (!own.contains(database)) {
                    foreign.add(Pipeline.SOURCE + "/" + task);
                }
            });
        } catch (DoLakeException e) {
            return Set.of(); // unknown for the moment: no task is left out
        }
        return foreign;
    }

    private static void ask(List<Ailment> found, String part, Runnable question) {
        try {
            question.run();
        } catch (DoLakeException e) {
            found.add(Ailment.of(Ailment.Kind.PART, part, part, RunState.FAILED, e));
        }
    }

    private void databases(List<Ailment> found) {
        for (JsonNode database : engine.unwell(MAX_TOLD)) {
            String name = database.path("name").asText();
            if (database.has("suspension")) {
                found.add(Ailment.of(
                        Ailment.Kind.DATABASE, name, "engine", RunState.SUSPENDED, database.path("suspension")));
            } else if (database.has("error")) {
                RunState state = database.has("lsn") ? RunState.FAILED : RunState.SUSPENDED;
                found.add(Ailment.of(Ailment.Kind.DATABASE, name, "engine", state, database.path("error")));
            } else if (database.path("archive").has("error")) {
                found.add(Ailment.of(
                        Ailment.Kind.DATABASE,
                        name,
                        "archive",
                        RunState.STREAMING,
                        database.path("archive").path("error")));
            }
        }
    }

    private void connectors(List<Ailment> found) {
        Map<String, ConnectRest.Described> all = new HashMap<>();
        connect.describe().forEach(each -> all.put(each.state().name(), each));
        all.values().forEach(each -> connector(found, each.state()));
        configuration(found, Pipeline.SOURCE, all.get(Pipeline.SOURCE), installation.sourceConfig());
        configuration(found, Pipeline.SINK, all.get(Pipeline.SINK), installation.sinkConfig());
    }

    private static void connector(List<Ailment> found, ConnectorState state) {
        String name = state.name();
        String restart = "Remove the cause, then ./dolake resume " + name + ". Nothing is lost meanwhile.";
        if (state.connector().equals("FAILED")) {
            found.add(failed(Ailment.Kind.CONNECTOR, name, name, TraceCause.of(state.trace()), restart));
        } else if (state.isHeldByUser()) {
            RunState held = RunState.valueOf(state.connector());
            found.add(new Ailment(
                    Ailment.Kind.CONNECTOR,
                    name,
                    name,
                    held,
                    ErrorCode.CONNECTION_ERROR,
                    "A user has set it to " + held,
                    "",
                    "",
                    "./dolake resume " + name,
                    Set.of()));
        } else if (state.tasks().isEmpty()) {
            found.add(new Ailment(
                    Ailment.Kind.CONNECTOR,
                    name,
                    name,
                    RunState.STARTING,
                    ErrorCode.CONNECTION_ERROR,
                    "It has no task: the worker has not given it any, or cannot",
                    "",
                    "",
                    "If this does not change, logs/pipeline.log says why.",
                    Set.of()));
        }
        state.tasks().stream()
                .filter(ConnectorState.Task::isFailed)
                .forEach(task -> found.add(
                        failed(Ailment.Kind.TASK, name + "/" + task.id(), name, TraceCause.of(task.trace()), restart)));
    }

    private static Ailment failed(Ailment.Kind kind, String name, String where, TraceCause cause, String remedy) {
        return new Ailment(kind, name, where, RunState.FAILED, cause.code(), cause.reason(), "", "", remedy, Set.of());
    }

    /**
     * A file whose configuration the worker refuses: {@code up} has left the connector as it was, or there is none.
     * Checked only if it differs from the configuration that the connector has.
     */
    private void configuration(List<Ailment> found, String connector, ConnectRest.Described described, Path file) {
        try {
            ObjectNode wanted = ConnectorFile.read(file).put("name", connector);
            if (described != null && wanted.equals(described.config())) {
                return;
            }
            List<String> faults = connect.faults(wanted);
            if (!faults.isEmpty() || described == null) {
                String reason = faults.isEmpty() ? "the worker does not have it" : String.join("; ", faults);
                throw new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION, "Cannot use the configuration in " + file + ": " + reason);
            }
        } catch (DoLakeException e) {
            String effect =
                    described == null ? "there is no such connector" : "it runs with its previous configuration";
            found.add(new Ailment(
                    Ailment.Kind.CONNECTOR,
                    connector,
                    connector,
                    described == null ? RunState.STOPPED : RunState.STREAMING,
                    e.code(),
                    e.getMessage() + "; " + effect,
                    "",
                    "",
                    "Correct " + file + ", then ./dolake down and ./dolake up.",
                    Set.of()));
        }
    }
}
