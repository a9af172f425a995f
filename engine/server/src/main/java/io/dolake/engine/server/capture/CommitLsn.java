/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.WalSalts;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import org.sqlite.core.Codes;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;

/**
 * The LSN of the newest commit, known as soon as the commit returns, before it is decoded. It is computed from frame
 * counts: within a generation of the WAL it is the LSN at the generation's start plus the frames committed since; a new
 * generation (other salts) starts at the LSN where the last one ended. {@link #update} runs with the write lock held,
 * so that at most one transaction and no reset goes unseen.
 */
public final class CommitLsn implements AutoCloseable {
    private static final int FRAMES_COLUMN = 1;

    private final Path wal;
    private final PreparedStatement fence;
    /**
     * Null until there is a WAL. Not a channel, since an interrupt would close that. SQLite never replaces an open WAL.
     */
    private RandomAccessFile file;

    private WalSalts salts;
    private Lsn base;
    private volatile Lsn lsn;
    private volatile long frames;

    /**
     * @param fence a connection used for nothing else: the fence cannot be read inside a transaction
     * @param position of the change log, valid for the present WAL
     */
    public CommitLsn(Path wal, Connection fence, WalPosition position) throws SQLException {
        this.wal = wal;
        this.fence = fence.prepareStatement("PRAGMA main.wal_checkpoint(noop)");
        salts = new WalSalts(position.salt1(), position.salt2());
        base = position.lsn().plus(-position.frames());
        lsn = position.lsn();
        frames = position.frames();
    }

    /** Reads the state of the WAL after a commit or a checkpoint. Needs the write lock. */
    public synchronized Lsn update() {
        try {
            long committed = committedFrames();
            frames = committed;
            if (committed > 0) {
                advance(currentSalts(), committed);
            }
            return lsn;
        } catch (SQLException | IOException e) {
            throw SqlErrors.io("read the state of the write-ahead log", e);
        }
    }

    /**
     * LSN of the newest commit in the WAL at this moment. Needs no lock: if two calls return the same LSN, nothing was
     * committed in between. Empty while the WAL has a commit that {@link #update} has not seen yet.
     */
    public synchronized Optional<Lsn> observe() {
        try {
            long committed = committedFrames();
            boolean isSeen = committed == 0
                    || currentSalts().equals(salts) && base.plus(committed).equals(lsn);
            return isSeen ? Optional.of(lsn) : Optional.empty();
        } catch (SQLException | IOException e) {
            throw SqlErrors.io("read the state of the write-ahead log", e);
        }
    }

    /** Reads the fence below JDBC, since this runs after every commit. */
    private long committedFrames() throws SQLException {
        return ((CoreStatement) fence).pointer.safeRunLong((database, pointer) -> {
            try {
                int status = database.step(pointer);
                if (status != Codes.SQLITE_ROW) {
                    throw DB.newSQLException(status, "PRAGMA wal_checkpoint(noop) returned no row");
                }
                return database.column_long(pointer, FRAMES_COLUMN);
            } finally {
                database.reset(pointer);
            }
        });
    }

    private WalSalts currentSalts() throws IOException {
        if (file == null) {
            file = new RandomAccessFile(wal.toFile(), "r");
        }
        return WalSalts.read(file);
    }

    private void advance(WalSalts now, long committed) {
        if (!now.equals(salts)) {
            base = lsn;
            salts = now;
        }
        lsn = base.plus(committed);
    }

    /** LSN of the newest commit. */
    public Lsn lsn() {
        return lsn;
    }

    /** Number of committed frames in the present generation of the WAL. */
    public long frames() {
        return frames;
    }

    @Override
    public synchronized void close() {
        QuietClose.close(file);
    }
}
