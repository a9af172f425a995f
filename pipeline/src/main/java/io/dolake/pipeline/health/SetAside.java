/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.RunState;
import java.util.ArrayList;
import java.util.List;

/** The databases and tables that the connectors have set aside, or of which they have left changes out. */
final class SetAside {
    private final ConnectRest connect;

    SetAside(ConnectRest connect) {
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

    private static void sink(List<Ailment> found, String connector, JsonNode table) {
        String name = table.path("table").asText();
        boolean isTold = found.stream()
                .anyMatch(ailment ->
                        ailment.name().equals(name) && ailment.where().equals(connector)); // by another of its tasks
        if (isSick(table) && !isTold) {
            found.add(Ailment.of(Ailment.Kind.TABLE, name, connector, state(table), table));
        }
    }

    /** What is well has no code beside its state. */
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
