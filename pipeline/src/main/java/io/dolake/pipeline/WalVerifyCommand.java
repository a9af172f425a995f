/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.server.changelog.LogCheckResult;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.pipeline.run.Environment;
import io.dolake.pipeline.sql.JsonRow;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Verifies a change log. */
@Command(
        name = "verify",
        header = "Verifies every segment of a change log, archived ones included. Exit status 1 if one is at fault.",
        description = {
            "",
            "Checks checksums, that segments decode, that positions ascend, that transactions are whole,"
                    + " and that no segment or object is missing. With --json a line is an object: faults have segment"
                    + " (0: the log as a whole), object and message; the last line has log, segments, archived,"
                    + " events, bytes, faults.",
            "",
            "The archive of a file is found by the engine's settings in the environment (DOSQL_ARCHIVE and those beside it)."
        })
final class WalVerifyCommand extends ChangeLogCommand {
    @Option(
            names = "--archive",
            paramLabel = "URI",
            description = "Archive of a file: file:///DIRECTORY or s3://BUCKET/PREFIX. Default: DOSQL_ARCHIVE.")
    private String archive;

    @Override
    public Integer call() {
        long segments = 0;
        long archived = 0;
        long events = 0;
        long bytes = 0;
        long faults = 0;
        try (ChangeLogSource source = open(archive())) {
            long next = 0;
            do {
                LogCheckResult check = source.verify(next);
                check.faults().forEach(this::print);
                segments += check.segments();
                archived += check.archived();
                events += check.events();
                bytes += check.bytes();
                faults += check.faults().size();
                next = check.next();
            } while (next != 0);
        }
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("log", log());
            object.put("segments", segments);
            object.put("archived", archived);
            object.put("events", events);
            object.put("bytes", bytes);
            object.put("faults", faults);
            out().println(JsonRow.of(object));
        } else {
            out().println(log() + ": " + segments + (segments == 1 ? " segment (" : " segments (") + archived
                    + " archived), " + events + " events, " + bytes + " bytes: "
                    + (faults == 0 ? "no fault" : faults + (faults == 1 ? " fault" : " faults")));
        }
        return faults == 0 ? 0 : Main.FAILURE;
    }

    private ArchiveLocation archive() {
        Map<String, String> environment = new HashMap<>(Environment.forEngine(System.getenv()));
        if (archive != null) {
            environment.put("DOSQL_ARCHIVE", archive);
        }
        return ServerConfig.fromEnvironment(environment).archive();
    }

    private void print(LogCheckResult.Fault fault) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("segment", fault.segment());
            object.put("object", fault.object());
            object.put("message", fault.message());
            out().println(JsonRow.of(object));
        } else {
            out().println((fault.segment() == 0 ? "log: " : "segment " + fault.segment() + ": ") + fault.message());
        }
    }
}
