/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.server.config.ArchiveLocation;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands on change logs have in common: which log, and how it is told. */
abstract class ChangeLogCommand extends PipelineCommand {
    @Parameters(
            paramLabel = "NAME|FILE",
            description =
                    "A database of the running pipeline; or a change log file, NAME.log.db, that no engine has open.")
    private String log;

    @Option(names = "--json", description = "One JSON object per line.")
    boolean json;

    /** A file shows by a dot or a slash, which no name of a database has. */
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
