/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.sql.TextTable;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The status for people. */
final class StatusText {
    private final PrintStream out;

    StatusText(PrintStream out) {
        this.out = out;
    }

    void print(Map<String, Object> status) {
        out.println("pipeline    " + status.get("state") + " in " + status.get("dir")
                + (status.containsKey("pid") ? ", process " + status.get("pid") : ""));
        for (String part : List.of("engine", "kafka", "connect")) {
            if (status.containsKey(part)) {
                out.printf("%-11s %s%n", part, status.get(part));
            }
        }
        notWell(objects(status, "notWell"));
        connectors(objects(status, "connectors"));
        databases(objects(status, "databases"));
        if (status.containsKey("nextDatabases")) {
            out.println("  more with " + status.get("nextDatabases"));
        }
        if (status.get("sinkLagRecords") instanceof Map<?, ?> lag) {
            out.println();
            out.println(
                    lag.isEmpty() ? "sink: nothing waits to be committed" : "sink: records not committed yet, at most");
            lag.forEach((topic, records) -> out.println("  " + topic + "  " + records));
        }
        sinkTasks(objects(status, "sinkTasks"));
        for (Object problem : (List<?>) status.getOrDefault("problems", List.of())) {
            out.println("PROBLEM     " + problem);
        }
        List<?> tables = (List<?>) status.get("lakeTables");
        int count = (Integer) status.get("lakeTableCount");
        out.println();
        out.println("lake: " + (count == 0 ? "no table yet" : count + (count == 1 ? " table" : " tables")));
        tables.forEach(table -> out.println("  " + table));
        if (count > tables.size()) {
            out.println("  and " + (count - tables.size()) + " more");
        }
    }

    /** What does not work comes first. */
    private void notWell(List<Map<String, Object>> ailments) {
        for (Map<String, Object> ailment : ailments) {
            out.println("NOT WELL    " + ailment.get("kind") + " " + ailment.get("name") + " " + ailment.get("state")
                    + ": " + ailment.get("code") + ": " + ailment.get("reason"));
            String since = text(ailment, "since", "since ") + text(ailment, "position", " at ");
            if (!since.isBlank()) {
                out.println("            " + since.strip());
            }
            if (!text(ailment, "remedy", "").isEmpty()) {
                out.println("            " + ailment.get("remedy"));
            }
        }
    }

    private static String text(Map<String, Object> object, String name, String prefix) {
        Object value = object.get(name);
        return value == null || value.toString().isEmpty() ? "" : prefix + value;
    }

    private void connectors(List<Map<String, Object>> connectors) {
        for (Map<String, Object> connector : connectors) {
            StringBuilder tasks = new StringBuilder();
            for (Map<String, Object> task : objects(connector, "tasks")) {
                tasks.append(tasks.length() == 0 ? "" : ", ")
                        .append(task.get("id"))
                        .append(' ')
                        .append(task.get("state"));
            }
            out.println("connector   " + connector.get("name") + " " + connector.get("state") + "  (tasks: "
                    + (tasks.length() == 0 ? "none" : tasks) + ")");
            if (connector.containsKey("failure")) {
                out.println("            " + connector.get("failure"));
            }
        }
    }

    private void databases(List<Map<String, Object>> databases) {
        if (databases.isEmpty()) {
            return;
        }
        out.println();
        TextTable table = new TextTable(
                out,
                List.of(
                        "database",
                        "LSN",
                        "in change log",
                        "sent to Kafka",
                        "WAL bytes",
                        "segments",
                        "pending",
                        "buffer"));
        for (Map<String, Object> database : databases) {
            long pending = 0;
            double buffer = 0;
            for (Map<String, Object> consumer : objects(database, "consumers")) {
                pending += ((Number) consumer.get("pendingEvents")).longValue();
                buffer = Math.max(buffer, ((Number) consumer.get("bufferUtilization")).doubleValue());
            }
            table.add(new Object[] {
                database.get("name"),
                Boolean.TRUE.equals(database.get("open")) ? database.get("lsn") : "not open",
                database.get("durableLsn"),
                Boolean.TRUE.equals(database.get("snapshotting")) ? "snapshot" : database.get("sentLsn"),
                database.get("walBytes"),
                database.get("segments"),
                pending,
                Math.round(buffer * 100) + " %"
            });
        }
        table.end();
        for (Map<String, Object> database : databases) {
            capture(database);
            if (database.get("archive") instanceof Map<?, ?> archive) {
                out.println("  archive of " + database.get("name") + ": " + archive.get("segments") + " segments, "
                        + archive.get("bytes") + " bytes in " + archive.get("location"));
                if (archive.containsKey("error")) {
                    out.println("    " + archive.get("error"));
                }
            }
        }
    }

    private void capture(Map<String, Object> database) {
        long delayMs = ((Number) database.get("writeDelayMs")).longValue();
        if (delayMs > 0 || database.containsKey("error")) {
            out.println("  change log of " + database.get("name") + ": " + database.get("lagBytes")
                    + " bytes behind; each write waits " + delayMs + " ms");
        }
        if (database.containsKey("error")) {
            out.println("    " + database.get("error"));
        }
    }

    private void sinkTasks(List<Map<String, Object>> tasks) {
        for (Map<String, Object> task : tasks) {
            Map<?, ?> buffer = (Map<?, ?>) task.get("buffer");
            double utilization = ((Number) buffer.get("utilization")).doubleValue();
            out.println("  task " + task.get("task") + ": " + buffer.get("eventCount") + " changes, "
                    + buffer.get("sizeBytes") + " bytes buffered, " + Math.round(utilization * 100)
                    + " % of the worker's limit"
                    + (Boolean.TRUE.equals(buffer.get("full")) ? ", buffer_full" : ""));
            if (task.get("lastError") != null) {
                out.println("    " + task.get("lastError"));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> objects(Map<String, Object> object, String name) {
        return (List<Map<String, Object>>) object.getOrDefault(name, List.of());
    }
}
