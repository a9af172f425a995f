/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Pipeline;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings lake tables back that were set aside. */
@Command(
        name = "resume",
        header = "Has lake tables go on that were set aside, when the cause is removed.",
        description = {
            "",
            "The sink reads again what the table lacks; all other tables leave out what they have. Names are those that"
                    + " ./dolake status shows as SUSPENDED: tables as NAMESPACE.TABLE, topic partitions as TOPIC-NUMBER."
        })
final class ResumeCommand extends PipelineCommand {
    @Option(names = "--lake", required = true, description = "The names are those of lake tables.")
    private boolean isOfLake;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            defaultValue = "",
            description =
                    "held: with what the table lacks since it was set aside; start: with the first record that the topic"
                            + " still has. Has to be said of a table that was dropped and a topic that was made anew.")
    private String from;

    @Option(
            names = "--connector",
            paramLabel = "NAME",
            defaultValue = Pipeline.SINK,
            description = "The sink connector. Default ${DEFAULT-VALUE}.")
    private String connector;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "None: all that are set aside.")
    private List<String> names = List.of();

    @Override
    public Integer call() {
        ConnectRest connect = connect(running());
        List<String> wanted =
                names.isEmpty() ? new ArrayList<>(SinkTables.suspended(connect.sinkTables(connector))) : names;
        for (String name : wanted) {
            connect.resumeTable(connector, name, from);
            out().println(name + " goes on");
        }
        if (wanted.isEmpty()) {
            out().println("nothing is set aside");
        }
        return 0;
    }
}
