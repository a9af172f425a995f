/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.lake.SinkTools;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.sql.JsonRow;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes sure that nothing is lost when tables of the Apache Iceberg sink are taken over. */
@Command(
        name = "takeover",
        header = "Finds, and commits, what a stopped Apache Iceberg sink has written but not committed.",
        description = {
            "",
            "That sink records that it has read its topics before its files are in the tables. A sink that"
                    + " continues from there would lose these files. Run it after the connector was stopped, and"
                    + " before DoLake's sink takes its name. The exit status is 1 while something waits. Needs no"
                    + " running pipeline."
        })
final class TakeoverCommand extends PipelineCommand {
    private static final String REPORT = "io.dolake.sink.takeover.TakeoverReport";

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The configuration of the Apache sink (JSON), as it was given to its worker.")
    private Path config;

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            description = "The brokers. Default: iceberg.kafka.bootstrap.servers of the configuration.")
    private String bootstrapServer;

    @Option(names = "--commit", description = "Commits what waits. Without it nothing is changed.")
    private boolean commit;

    @Option(names = "--json", description = "Prints one JSON object for each table for which something waits.")
    private boolean json;

    @Override
    @SuppressWarnings("unchecked") // the other side of the call is the sink's, and documented
    public Integer call() {
        SinkTools tools = SinkTools.ofConnector(Installation.current(), config);
        Map<String, String> settings = new LinkedHashMap<>(tools.settings());
        if (bootstrapServer != null) {
            settings.put("iceberg.kafka.bootstrap.servers", bootstrapServer);
        }
        List<Map<String, Object>> tables = (List<Map<String, Object>>) tools.call(
                "take over what " + config + " describes",
                REPORT,
                new Class<?>[] {Map.class, boolean.class},
                settings,
                commit);
        tables.forEach(SinkTools::check);
        tables.forEach(this::print);
        if (tables.isEmpty() && !json) {
            out().println("nothing waits for its commit: DoLake's sink may continue under this name");
        }
        return tables.stream().allMatch(table -> (Boolean) table.get("committed")) ? 0 : 1;
    }

    private void print(Map<String, Object> table) {
        if (json) {
            out().println(JsonRow.of(table));
            return;
        }
        String what = table.get("table") + ": " + table.get("files") + " files, " + table.get("rows") + " rows";
        if (table.get("skipped") != null) {
            out().println(table.get("table") + ": LEFT ALONE, " + table.get("skipped"));
        } else if ((Boolean) table.get("committed")) {
            out().println(what + " committed");
        } else {
            out().println(what + " WAIT for their commit; --commit does it");
        }
    }
}
