/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.ConnectCalls;
import io.dolake.pipeline.run.ConnectorFile;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Gives connectors other settings while they run, and those that are shipped again. */
final class Settings {
    /** What faults set; nothing of it is shipped. */
    private static final Set<String> OF_FAULTS = Set.of(
            "column.mask.with.4.chars",
            "table.exclude.list",
            "dolake.dead.letter.table",
            "iceberg.tables.auto-create-props.write.metadata.metrics.column.payload");

    private Settings() {}

    static void change(Site site, String connector, Map<String, String> settings) throws Exception {
        assertThat(OF_FAULTS).containsAll(settings.keySet());
        ConnectCalls worker = site.world().worker();
        ConnectCalls.Answer answer =
                worker.call("PUT", "/connectors/" + connector + "/config", worker.config(connector, settings));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        await(
                site,
                connector,
                task -> settings.entrySet().stream()
                        .allMatch(
                                setting -> task.path(setting.getKey()).asText().equals(setting.getValue())));
    }

    static void restore(Site site, String connector) throws Exception {
        Installation installation = Installation.current();
        Path file = connector.equals(Pipeline.SINK) ? installation.sinkConfig() : installation.sourceConfig();
        site.world().connect().configure(connector, ConnectorFile.read(file).toString());
        await(site, connector, task -> OF_FAULTS.stream().noneMatch(task::has));
    }

    private static void await(Site site, String connector, Predicate<JsonNode> isTask) {
        site.awaitTrue("tasks of " + connector + " have their settings", () -> {
            var tasks = site.world().connect().taskConfigs(connector).values();
            return !tasks.isEmpty() && tasks.stream().allMatch(isTask);
        });
        site.world().awaitConnectors();
    }
}
