/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.server.config.ArchiveLocation;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Common to the commands on change logs: which log to read, and the form of the output. */
abstract class ChangeLogCommand extends PipelineCommand {
    @Parameters(
            paramLabel = "NAME|FILE",
            description =
                    "A database of the running pipeline; or a change log file, NAME.log.db, that no engine has open.")
    private String log;

    @Option(names = "--json", description = "One JSON object per line.")
    boolean json;

    /** A name with a dot or a slash is a file: no name of a database has these. */
    final ChangeLogSource open(ArchiveLocation archive) {
        if (log.contains("/") || log.contains(".")) {
            return ChangeLogSource.InFile.open(Path.of(log), archive);
        }
        return new ChangeLogSource.Served(engine(running()), databaseName(log));
    }

    final String log() {
        return log;
    }
}
