/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.wal.ForeignDatabase;
import io.dolake.engine.wal.JdbcSchemaSource;
import io.dolake.engine.wal.SchemaSource;
import io.dolake.engine.wal.WalFile;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
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
            "The file may come from any program and is only read. While another program checkpoints it, it"
                    + " is read again. LSNs count the frames of this log. With --json a line is an object: lsn, event,"
                    + " op (c, u, d, ddl), table, before, after; ddl lines have sql instead of images, rows of tables"
                    + " without a primary key have their rowid."
        })
final class WalDumpCommand extends PipelineCommand {
    private static final int ATTEMPTS = 20;
    private static final long PAUSE_MS = 10;

    @Parameters(paramLabel = "FILE", description = "The database file; its log is FILE-wal.")
    private Path file;

    @Option(names = "--json", description = "One JSON object per line; a BLOB is {\"blob\": \"<hex>\"}.")
    private boolean json;

    private String passedOver;

    @Override
    public Integer call() throws IOException {
        // What was decoded is printed only when it is known that nobody checkpointed meanwhile.
        Path lines = Files.createTempFile("dolake-wal-dump", ".txt");
        try {
            EventPrinter printer = decodeWhole(lines);
            try (BufferedReader reader = Files.newBufferedReader(lines)) {
                reader.lines().forEach(line -> out().print(line + "\n"));
            }
            noteMissingLog(printer);
            if (!json) {
                out().println(printer.events() + (printer.events() == 1 ? " event" : " events"));
            }
        } finally {
            Files.delete(lines);
        }
        return 0;
    }

    /** Tries again while another program changes the files. */
    private EventPrinter decodeWhole(Path lines) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try (Writer writer = Files.newBufferedWriter(lines)) {
                EventPrinter printer = new EventPrinter(json, "", line -> write(writer, line));
                decode(printer);
                return printer;
            } catch (DoLakeException e) {
                if (e.code() != ErrorCode.FILE_CHANGED || attempt == ATTEMPTS) {
                    throw e;
                }
                pause(attempt);
            }
        }
    }

    private void decode(EventPrinter printer) throws IOException {
        SchemaSource schemas = new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));
        try (WalFile wal = WalFile.open(file, schemas)) {
            passedOver = null;
            wal.decode(printer);
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.WAL_GAP) {
                throw e;
            }
            // What was checkpointed cannot be shown any more; a note says so, and what follows it is shown.
            passedOver = e.getMessage();
            try (WalFile rest = WalFile.openAfterCheckpoint(file, schemas)) {
                rest.decode(printer);
            }
        }
    }

    private void noteMissingLog(EventPrinter printer) throws IOException {
        if (passedOver != null) {
            err().println("note: " + passedOver + "; what follows them is shown");
        }
        Path wal = ForeignDatabase.at(file, "decode the log of").wal();
        if (printer.events() == 0 && !Files.exists(wal)) {
            err().println("note: there is no " + wal.getFileName() + " beside " + file
                    + ": it was checkpointed into the file, or the database is not in WAL mode");
        }
    }

    private static void write(Writer writer, String line) {
        try {
            writer.write(line);
            writer.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(attempt * PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot decode: interrupted", e);
        }
    }
}
