/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Decodes the {@code -wal} of another program's database, read-only. LSNs count the frames of this log from 1.
 *
 * <p>Not for a database that SQLite has open in this process: closing the file here would drop SQLite's locks on it.
 *
 * <p>The image before a change exists only until the other program has checkpointed the frame into the database file.
 * The progress of checkpoints is read from the {@code -shm} file; without one it is estimated from the pages
 * themselves, and then an interrupted checkpoint can go unnoticed.
 */
public final class WalFile implements AutoCloseable {
    private final ForeignDatabase database;
    private final RandomAccessFile main;
    private final WalDecoder decoder;
    private final FileTraces traces;

    private WalFile(ForeignDatabase database, RandomAccessFile main, WalDecoder decoder, FileTraces traces) {
        this.database = database;
        this.main = main;
        this.decoder = decoder;
        this.traces = traces;
    }

    /**
     * Opens a database at the start of its log.
     *
     * @throws DoLakeException WAL_GAP if frames of the log are in the database file already; INVALID_DATABASE_FILE,
     *     WAL_CORRUPT; FILE_CHANGED if another program checkpointed or reset the log meanwhile: another try may succeed
     */
    public static WalFile open(Path database, SchemaSource schemas) throws IOException {
        return open(database, schemas, false);
    }

    /**
     * Opens a database at the first frame of its log that is not in the database file yet; checkpointed frames are
     * skipped.
     *
     * @throws DoLakeException INVALID_DATABASE_FILE, WAL_CORRUPT, FILE_CHANGED
     */
    public static WalFile openAfterCheckpoint(Path database, SchemaSource schemas) throws IOException {
        return open(database, schemas, true);
    }

    private static WalFile open(Path path, SchemaSource schemas, boolean skip) throws IOException {
        ForeignDatabase database = ForeignDatabase.at(path, "decode the log of");
        database.requireNoJournal();
        if (!Files.exists(database.wal())) {
            database.requireOneName();
        }
        FileTraces traces = FileTraces.of(database);
        RandomAccessFile main = new RandomAccessFile(database.file().toFile(), "r");
        try {
            WalDecoder decoder = openDecoder(database, PageSource.of(main), schemas, traces, skip);
            return new WalFile(database, main, decoder, traces);
        } catch (IOException | RuntimeException | Error e) {
            main.close();
            throwIfChanged(database, traces, e);
            throw e;
        }
    }

    private static WalDecoder openDecoder(
            ForeignDatabase database, PageSource pages, SchemaSource schemas, FileTraces traces, boolean skip)
            throws IOException {
        WalPosition position = WalPosition.start(Lsn.ZERO);
        if (traces.log().isPresent()) {
            try (WalLog log = new WalLog(database.wal())) {
                if (!log.header().equals(traces.log())) {
                    throw changed(database);
                }
                CheckpointProbe probe = new CheckpointProbe(log, traces.log().get(), pages);
                Optional<Integer> told = traces.checkpointed();
                int frames = told.isPresent() ? told.get() : probe.guess();
                if (frames > 0 && !skip) {
                    throw checkpointed(database.wal(), frames, told.isPresent());
                }
                if (frames > 0) {
                    position = probe.positionAfter(frames);
                }
            }
        }
        return WalDecoder.open(pages, database.wal(), position, Map.of(), schemas);
    }

    /** An error that was found while the files changed is not reliable, so FILE_CHANGED is thrown instead. */
    private static void throwIfChanged(ForeignDatabase database, FileTraces before, Throwable error)
            throws IOException {
        if (!FileTraces.of(database).equals(before)) {
            DoLakeException changed = changed(database);
            changed.addSuppressed(error);
            throw changed;
        }
    }

    private static DoLakeException changed(ForeignDatabase database) {
        return database.changed("it was checkpointed, or the file changed, while it was read", null);
    }

    private static DoLakeException checkpointed(Path wal, int frames, boolean sure) {
        return new DoLakeException(
                        ErrorCode.WAL_GAP,
                        "Cannot decode " + wal + " from its start: " + (sure ? "" : "it seems that ") + frames
                                + " of its frames are in the database file already, and the rows before them are lost")
                .withHint("Decode what follows the checkpoint, or keep the writer from checkpointing"
                        + " (PRAGMA wal_autocheckpoint=0).")
                .withDetail("checkpointedFrames", frames);
    }

    /**
     * Decodes all committed transactions.
     *
     * @return number of transactions
     * @throws DoLakeException FILE_CHANGED if another program checkpointed or reset the log meanwhile: then the emitted
     *     events cannot be relied on
     */
    public long decode(ChangeListener listener) throws IOException {
        long transactions = 0;
        try {
            for (int n = decoder.poll(listener, 1000); n > 0; n = decoder.poll(listener, 1000)) {
                transactions += n;
            }
        } catch (IOException | RuntimeException e) {
            throwIfChanged(database, traces, e);
            throw e;
        }
        if (!FileTraces.of(database).equals(traces)) {
            throw changed(database);
        }
        return transactions;
    }

    /** The tables after what was decoded, by name. */
    public Map<String, TableSchema> tables() {
        return decoder.tables();
    }

    @Override
    public void close() throws IOException {
        decoder.close();
        main.close();
    }
}
