/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.lake.SinkTools;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.sql.JsonRow;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Maintains a table of the lake. */
@Command(
        name = "maintain",
        header = "Makes a lake table fast to read again: small files, deleted rows, old snapshots.",
        description = {
            "",
            "Rewrites small files and files with many deleted rows, expires old snapshots, and removes"
                    + " unreferenced files. Readers and writers, the sink included, continue meanwhile. Needs no"
                    + " running pipeline."
        })
final class MaintainCommand extends PipelineCommand {
    private static final String REPORT = "io.dolake.sink.maintenance.MaintenanceReport";
    private static final long MS_PER_HOUR = 3_600_000;

    @Parameters(paramLabel = "NAMESPACE.TABLE", description = "The table.")
    private String table;

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            description = "A connector configuration (JSON) whose iceberg.catalog.* settings say where the table is.")
    private Path catalog;

    @Option(
            names = "--min-input-files",
            paramLabel = "N",
            description = "Small files of a partition are rewritten once there are this many. Default 8.")
    private Integer minInputFiles;

    @Option(
            names = "--expire-hours",
            paramLabel = "H",
            description = "Expires snapshots older than this, except the newest ten; 0: none. Default 120.")
    private Long expireHours;

    @Option(
            names = "--orphan-hours",
            paramLabel = "H",
            description = "Removes files older than this that nothing refers to; 0: none. Default 72.")
    private Long orphanHours;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    @SuppressWarnings("unchecked") // the other side of the call is the sink's, and documented
    public Integer call() {
        Installation installation = Installation.current();
        SinkTools tools = catalog == null ? SinkTools.of(installation, home()) : SinkTools.of(installation, catalog);
        Map<String, String> settings = new LinkedHashMap<>(tools.settings());
        put(settings, "min.input.files", minInputFiles);
        put(settings, "snapshot.age.ms", expireHours == null ? null : expireHours * MS_PER_HOUR);
        put(settings, "orphan.age.ms", orphanHours == null ? null : orphanHours * MS_PER_HOUR);
        Map<String, Object> answer = (Map<String, Object>)
                tools.call("maintain " + table, REPORT, new Class<?>[] {Map.class, String.class}, settings, table);
        SinkTools.check(answer);
        print(answer);
        return 0;
    }

    private static void put(Map<String, String> settings, String name, Object value) {
        if (value != null) {
            settings.put("dolake.maintenance." + name, value.toString());
        }
    }

    private void print(Map<String, Object> answer) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("table", table);
            object.putAll(answer);
            out().println(JsonRow.of(object));
            return;
        }
        out().println(table + ": " + answer.get("rewrittenFiles") + " files rewritten to " + answer.get("addedFiles")
                + " (" + answer.get("rows") + " rows), " + answer.get("removedDeletes") + " deletes applied, "
                + answer.get("expiredSnapshots") + " snapshots expired, " + answer.get("removedOrphans")
                + " unreferenced files removed");
        if (((Number) answer.get("abandonedGroups")).intValue() > 0) {
            out().println("given up, because other commits to the table never paused: " + answer.get("abandonedGroups")
                    + " groups of files; run it again");
        }
    }
}
