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
 * A database file and its {@code -wal} that belong to some other program: decodes what the log holds, read-only. LSNs
 * count the frames of this log from 1.
 *
 * <p>Not for a database that SQLite has open in this process: closing the file here would drop SQLite's locks on it.
 *
 * <p>The image before a change is only there as long as the other program has not copied the frame into the database
 * file. How far it has is read from the {@code -shm} file; where there is none, from the pages themselves, and then a
 * checkpoint that was interrupted can go unnoticed.
 */
public final class WalFile implements AutoCloseable {
    private final Path wal;
    private final RandomAccessFile main;
    private final WalIndex index;
    private final WalDecoder decoder;
    private final Optional<WalHeader> header;
    private final int checkpointed;

    private WalFile(
            Path wal,
            RandomAccessFile main,
            WalIndex index,
            WalDecoder decoder,
            Optional<WalHeader> header,
            int checkpointed) {
        this.wal = wal;
        this.main = main;
        this.index = index;
        this.decoder = decoder;
        this.header = header;
        this.checkpointed = checkpointed;
    }

    /**
     * Opens a database at the start of its log.
     *
     * @throws DoLakeException WAL_GAP if frames of the log are in the database file already; INVALID_DATABASE_FILE,
     *     WAL_CORRUPT
     */
    public static WalFile open(Path database, SchemaSource schemas) throws IOException {
        return open(database, schemas, false);
    }

    /**
     * Opens a database where its log is not in the database file yet; what was checkpointed is passed over.
     *
     * @throws DoLakeException INVALID_DATABASE_FILE, WAL_CORRUPT
     */
    public static WalFile openAfterCheckpoint(Path database, SchemaSource schemas) throws IOException {
        return open(database, schemas, true);
    }

    private static WalFile open(Path database, SchemaSource schemas, boolean skip) throws IOException {
        if (!Files.isRegularFile(database)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE, "Cannot open " + database + ": there is no such file");
        }
        Path wal = sibling(database, "-wal");
        RandomAccessFile main = new RandomAccessFile(database.toFile(), "r");
        try {
            WalIndex index = new WalIndex(sibling(database, "-shm"));
            PageSource pages = PageSource.of(main);
            WalPosition position = WalPosition.start(Lsn.ZERO);
            Optional<WalHeader> header;
            try (WalLog log = new WalLog(wal)) {
                header = log.header();
                if (header.isPresent()) {
                    CheckpointProbe probe = new CheckpointProbe(log, header.get(), pages);
                    Optional<Integer> told = index.checkpointed(header.get());
                    int frames = told.isPresent() ? told.get() : probe.guess();
                    if (frames > 0 && !skip) {
                        throw checkpointed(wal, frames, told.isPresent());
                    }
                    if (frames > 0) {
                        position = probe.positionAfter(frames);
                    }
                }
            }
            WalDecoder decoder = WalDecoder.open(pages, wal, position, Map.of(), schemas);
            return new WalFile(wal, main, index, decoder, header, (int) position.frames());
        } catch (IOException | RuntimeException | Error e) {
            main.close();
            throw e;
        }
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

    private static Path sibling(Path database, String suffix) {
        return database.resolveSibling(database.getFileName() + suffix);
    }

    /**
     * Decodes everything that is committed.
     *
     * @return number of transactions
     * @throws DoLakeException WAL_GAP if the other program checkpointed or reset the log meanwhile: then what was handed
     *     out cannot be relied on
     */
    public long decode(ChangeListener listener) throws IOException {
        long transactions = 0;
        for (int n = decoder.poll(listener, 1000); n > 0; n = decoder.poll(listener, 1000)) {
            transactions += n;
        }
        if (header.isPresent()) {
            checkStillThere(header.get());
        }
        return transactions;
    }

    /** The tables after what was decoded, by name. */
    public Map<String, TableSchema> tables() {
        return decoder.tables();
    }

    private void checkStillThere(WalHeader start) throws IOException {
        try (WalLog log = new WalLog(wal)) {
            Optional<WalHeader> now = log.header();
            boolean same = now.isPresent() && now.get().sameGeneration(start);
            if (!same || index.checkpointed(start).orElse(0) > checkpointed) {
                throw new DoLakeException(
                                ErrorCode.WAL_GAP, "Cannot decode " + wal + ": it was checkpointed while it was read")
                        .withHint("Decode it when its writer is idle, or a copy of the database and its -wal.");
            }
        }
    }

    @Override
    public void close() throws IOException {
        decoder.close();
        main.close();
    }
}
