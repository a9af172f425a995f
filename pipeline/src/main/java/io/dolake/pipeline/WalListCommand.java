/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.server.changelog.ChangeLogFile;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sql.TextTable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** Lists the segments of a change log. */
@Command(
        name = "list",
        header = "Lists the segments of a change log, archived ones included.",
        description = {
            "",
            "With --json a line is an object: id, lsnStart, lsnEnd, part, events, bytes, createdAtMs, ageMs, object (its name in"
                    + " the archive; null for a segment in the log)."
        })
final class WalListCommand extends ChangeLogCommand {

    @Override
    public Integer call() {
        long nowMs = System.currentTimeMillis();
        TextTable table =
                new TextTable(out(), List.of("id", "first LSN", "last LSN", "part", "events", "bytes", "age", "where"));
        long segments = 0;
        long archived = 0;
        try (ChangeLogSource source = open(null)) {
            List<ChangeLogFile.Entry> page = source.segments(0);
            while (!page.isEmpty()) {
                for (ChangeLogFile.Entry entry : page) {
                    segments++;
                    archived += entry.object() == null ? 0 : 1;
                    long ageMs = Math.max(0, nowMs - entry.createdAtMs());
                    if (json) {
                        out().println(JsonRow.of(object(entry, ageMs)));
                    } else {
                        table.add(row(entry, ageMs));
                    }
                }
                page = source.segments(page.get(page.size() - 1).id());
            }
        }
        if (!json) {
            table.end();
            out().println(segments + (segments == 1 ? " segment, " : " segments, ") + archived + " of them archived");
        }
        return 0;
    }

    private static Map<String, Object> object(ChangeLogFile.Entry entry, long ageMs) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", entry.id());
        object.put("lsnStart", entry.start().toString());
        object.put("lsnEnd", entry.end().toString());
        object.put("part", entry.part());
        object.put("events", entry.events());
        object.put("bytes", entry.bytes());
        object.put("createdAtMs", entry.createdAtMs());
        object.put("ageMs", ageMs);
        object.put("object", entry.object());
        return object;
    }

    private static Object[] row(ChangeLogFile.Entry entry, long ageMs) {
        return new Object[] {
            entry.id(),
            entry.start(),
            entry.end(),
            entry.part() == 0 ? "" : entry.part(),
            entry.events(),
            entry.bytes(),
            age(Duration.ofMillis(ageMs)),
            entry.object() == null ? "log" : entry.object()
        };
    }

    private static String age(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + " d " + age.toHoursPart() + " h";
        }
        if (age.toHours() > 0) {
            return age.toHours() + " h " + age.toMinutesPart() + " min";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + " min" : age.toSeconds() + " s";
    }
}
