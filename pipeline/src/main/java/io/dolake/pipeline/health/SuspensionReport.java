/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The databases and tables that the connectors have suspended, or of which they have left changes out. */
final class SuspensionReport {
    /** Prefix of a partition's name in the sink's state of a table. */
    private static final String HELD = "held.";

    private final ConnectRest connect;

    SuspensionReport(ConnectRest connect) {
        this.connect = connect;
    }

    void add(List<Ailment> found) {
        for (JsonNode database : connect.sourceDatabases()) {
            source(found, database);
        }
        for (String connector : connect.connectors()) {
            connect.sinkTables(connector).forEach(table -> sink(found, connector, table));
        }
    }

    private static void source(List<Ailment> found, JsonNode database) {
        String name = database.path("name").asText();
        if (isSick(database)) {
            found.add(Ailment.of(Ailment.Kind.DATABASE, name, Pipeline.SOURCE, state(database), database));
        }
        for (JsonNode table : database.path("tables")) {
            if (isSick(table)) {
                String full = name + "." + table.path("name").asText();
                found.add(Ailment.of(Ailment.Kind.TABLE, full, Pipeline.SOURCE, state(table), table));
            }
        }
    }

    /** A table that several tasks have suspended is reported once, with the partitions that each of them holds. */
    private static void sink(List<Ailment> found, String connector, JsonNode table) {
        if (!isSick(table)) {
            return;
        }
        String name = table.path("table").asText();
        for (int i = 0; i < found.size(); i++) {
            Ailment told = found.get(i);
            if (told.name().equals(name) && told.where().equals(connector)) {
                found.set(i, told.holding(held(table)));
                return;
            }
        }
        found.add(Ailment.of(Ailment.Kind.TABLE, name, connector, state(table), table)
                .holding(held(table)));
    }

    /** Topics are not named as their tables are, and a table may have many: the sink says which partitions it holds. */
    private static Set<String> held(JsonNode table) {
        Set<String> held = new TreeSet<>();
        // The position at which it was suspended: all that is known of a partition that has no table.
        held.add(table.path("position").asText("").replaceFirst("@\\d+$", ""));
        table.fieldNames().forEachRemaining(name -> {
            if (name.startsWith(HELD)) {
                held.add(name.substring(HELD.length()));
            }
        });
        return held;
    }

    /** A database or table that works has no code beside its state. */
    private static boolean isSick(JsonNode node) {
        return node.hasNonNull("code");
    }

    private static RunState state(JsonNode node) {
        List<String> known = new ArrayList<>();
        for (RunState state : RunState.values()) {
            known.add(state.name());
        }
        String name = node.path("state").asText();
        return known.contains(name) ? RunState.valueOf(name) : RunState.SUSPENDED;
    }
}
