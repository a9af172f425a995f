/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.health.Repair;
import io.dolake.pipeline.run.EngineRest;
import io.dolake.pipeline.run.Ports;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Resumes what has failed or is suspended. */
@Command(
        name = "resume",
        header = "Resumes what has failed or is suspended, once its cause is removed.",
        description = {
            "",
            "A failed connector or task is restarted, a paused one continues. A suspended database or table"
                    + " continues from its position, or is read again, so that in the end it equals its source."
                    + " Without a name: everything that ./dolake status shows as not well. Nothing else stops"
                    + " meanwhile."
        })
final class ResumeCommand extends PipelineCommand {
    @Option(
            names = "--from",
            paramLabel = "WHERE",
            defaultValue = "",
            description = "For lake tables. held: resumes with the changes since it was suspended; start: with"
                    + " the first record that the topic still has. Required for a table that was dropped and"
                    + " for a topic that was recreated.")
    private String from;

    @Option(names = "--lake", description = "Only what the sink has suspended.")
    private boolean isOfLake;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description = "A connector, a database, a table as DATABASE.TABLE, or a topic partition as TOPIC-NUMBER.")
    private List<String> names = List.of();

    @Override
    public Integer call() {
        Ports ports = running();
        EngineRest engine = engineRest(ports);
        List<String> done = new Repair(connect(ports), engine, health(ports), from).resume(names, isOfLake);
        done.forEach(out()::println);
        if (done.isEmpty()) {
            out().println("nothing to resume");
        }
        return 0;
    }
}
