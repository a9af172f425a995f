/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.wal.JdbcSchemaSource;
import io.dolake.engine.wal.SchemaSource;
import io.dolake.engine.wal.WalFile;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints decoded row changes. */
@Command(
        name = "dump",
        header = "Prints the row changes in a database file's -wal, in order, one per line.",
        description = {
            "",
            "The file may come from any program and is only read. LSNs count the frames of this log. With --json a line is an"
                    + " object: lsn, event, op (c, u, d, ddl), table, before, after; ddl lines have sql instead of images, rows"
                    + " of tables without a primary key have their rowid."
        })
final class WalDumpCommand extends PipelineCommand {
    @Parameters(paramLabel = "FILE", description = "The database file; its log is FILE-wal.")
    private Path file;

    @Option(names = "--json", description = "One JSON object per line; a BLOB is {\"blob\": \"<hex>\"}.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        SchemaSource schemas = new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));
        EventPrinter printer = new EventPrinter(json, "", line -> out().print(line + "\n"));
        try (WalFile wal = open(schemas)) {
            wal.decode(printer);
        }
        if (printer.events() == 0 && !Files.exists(file.resolveSibling(file.getFileName() + "-wal"))) {
            err().println("note: there is no " + file.getFileName() + "-wal beside " + file
                    + ": it has been taken into the file, or the database is not in WAL mode");
        }
        if (!json) {
            out().println(printer.events() + (printer.events() == 1 ? " event" : " events"));
        }
        return 0;
    }

    /** What was checkpointed cannot be shown any more; that is said, and what follows it is shown. */
    private WalFile open(SchemaSource schemas) throws IOException {
        try {
            return WalFile.open(file, schemas);
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.WAL_GAP) {
                throw e;
            }
            WalFile rest = WalFile.openAfterCheckpoint(file, schemas);
            err().println("note: " + e.getMessage() + "; what follows them is shown");
            return rest;
        }
    }
}
