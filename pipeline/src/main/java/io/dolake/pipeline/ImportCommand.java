/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.wal.ForeignDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Imports a copy of an SQLite file. */
@Command(
        name = "import",
        header = "Imports a copy of an SQLite file as a database; its rows and all later changes go to the lake.",
        description = {
            "",
            "A file that is not the whole database is refused: one with changes in a -wal or a transaction"
                    + " in a -journal beside it, one that a program is writing to, one with several names (hard"
                    + " links)."
        })
final class ImportCommand extends PipelineCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the new database.")
    private String name;

    @Parameters(index = "1", paramLabel = "FILE", description = "SQLite file; it is only read.")
    private Path file;

    @Override
    public Integer call() throws IOException {
        databaseName(name);
        ForeignDatabase source = ForeignDatabase.at(file, "import");
        try (InputStream content = source.openAlone();
                DoSqlClient engine = engine(running())) {
            DatabaseStatus status = engine.importDatabase(name, content);
            out().println("imported " + file + " as database " + status.name() + " (epoch " + status.epoch() + ")");
        }
        return 0;
    }
}
