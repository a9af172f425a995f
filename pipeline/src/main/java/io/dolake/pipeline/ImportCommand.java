/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes a copy of an SQLite file in. */
@Command(
        name = "import",
        header = "Makes a copy of an SQLite file a database; its rows and all later changes go to the lake.")
final class ImportCommand extends PipelineCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the new database.")
    private String name;

    @Parameters(index = "1", paramLabel = "FILE", description = "SQLite file; it is only read.")
    private Path file;

    @Override
    public Integer call() {
        databaseName(name);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            String reason = !Files.exists(file)
                    ? "no such file"
                    : Files.isDirectory(file) ? "it is a directory" : "it cannot be read";
            throw new DoLakeException(ErrorCode.INVALID_DATABASE_FILE, "Cannot import " + file + ": " + reason);
        }
        Path wal = file.resolveSibling(file.getFileName() + "-wal");
        if (wal.toFile().length() > 0) {
            throw new DoLakeException(
                            ErrorCode.INVALID_DATABASE_FILE,
                            "Cannot import " + file + ": " + wal.getFileName()
                                    + " beside it holds changes that are not in the file")
                    .withHint("Close the programs that use it, or take them in with:"
                            + " sqlite3 FILE 'PRAGMA wal_checkpoint(TRUNCATE)'");
        }
        try (DoSqlClient engine = engine(running())) {
            DatabaseStatus status = engine.importDatabase(name, file);
            out().println("imported " + file + " as database " + status.name() + " (epoch " + status.epoch() + ")");
        }
        return 0;
    }
}
