/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.run.RunningProcess;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the state of all parts. */
@Command(
        name = "status",
        header = "Shows what does not work and why, then what runs, positions, lag and buffers.",
        description = {
            "",
            "What does not work comes first, for all databases: state, code, reason, since when, and what"
                    + " to do. Of the databases themselves one page is shown, in the order of their names."
        })
final class StatusCommand extends PipelineCommand {
    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Option(names = "--database", paramLabel = "NAME", description = "Shows this database only.")
    private String database;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Databases, topics and lake tables shown at most, 1 to 1000. Default 50.")
    private int limit;

    @Option(names = "--after", paramLabel = "NAME", description = "Begins with the databases behind this name.")
    private String after;

    @Override
    public Integer call() {
        check();
        Map<String, Object> status = collect(home());
        if (json) {
            out().println(JsonRow.of(status));
        } else {
            new StatusText(out()).print(status);
        }
        return 0;
    }

    private void check() {
        if (limit < 1 || limit > StatusReport.MAX_LIMIT) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot use --limit " + limit + ": it is 1 to " + StatusReport.MAX_LIMIT);
        }
        if (database != null && after != null) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot use --after with --database: it continues a list of several databases");
        }
        if (database != null) {
            databaseName(database);
        }
        if (after != null) {
            databaseName(after);
        }
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
        StatusReport report = new StatusReport(home, Installation.current(), database, after, limit, token());
        if (process.isPresent() && process.get().ready()) {
            report.running(Ports.last(home), status);
        }
        report.lake(status);
        return status;
    }
}
