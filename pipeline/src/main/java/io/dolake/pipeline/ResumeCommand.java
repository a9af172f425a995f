/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.health.Repair;
import io.dolake.pipeline.run.Ports;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Brings back what has failed or was set aside. */
@Command(
        name = "resume",
        header = "Brings back what has failed or was set aside, when its cause is removed.",
        description = {
            "",
            "A failed connector or task is started again, a paused one goes on; a database or table that was set aside is read anew"
                    + " or goes on from where it stood, so that it ends equal to its source. Without a name: everything that"
                    + " ./dolake status shows as not well."
        })
final class ResumeCommand extends PipelineCommand {
    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description = "A connector, a database, or a table as DATABASE.TABLE.")
    private List<String> names = List.of();

    @Override
    public Integer call() {
        Ports ports = running();
        List<String> done = new Repair(connect(ports), health(ports)).resume(names);
        done.forEach(out()::println);
        if (done.isEmpty()) {
            out().println("nothing to bring back");
        }
        return 0;
    }
}
