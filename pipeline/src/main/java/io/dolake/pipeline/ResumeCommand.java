/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.health.Repair;
import io.dolake.pipeline.run.EngineRest;
import io.dolake.pipeline.run.Ports;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings back what has failed or was set aside. */
@Command(
        name = "resume",
        header = "Brings back what has failed or was set aside, when its cause is removed.",
        description = {
            "",
            "A failed connector or task is started again, a paused one goes on; a database or table that was set aside is read anew"
                    + " or goes on from where it stood, so that it ends equal to its source. Without a name: everything that"
                    + " ./dolake status shows as not well. Nothing else stops meanwhile."
        })
final class ResumeCommand extends PipelineCommand {
    @Option(
            names = "--from",
            paramLabel = "WHERE",
            defaultValue = "",
            description =
                    "Of lake tables. held: with what the table lacks since it was set aside; start: with the first record that"
                            + " the topic still has. Has to be said of a table that was dropped and a topic that was made"
                            + " anew.")
    private String from;

    @Option(names = "--lake", description = "Only what the sink has set aside.")
    private boolean isOfLake;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description = "A connector, a database, a table as DATABASE.TABLE, or a topic partition as TOPIC-NUMBER.")
    private List<String> names = List.of();

    @Override
    public Integer call() {
        Ports ports = running();
        EngineRest engine = new EngineRest(ports.engineUrl());
        List<String> done = new Repair(connect(ports), engine, health(ports), from).resume(names, isOfLake);
        done.forEach(out()::println);
        if (done.isEmpty()) {
            out().println("nothing to bring back");
        }
        return 0;
    }
}
