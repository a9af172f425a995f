/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * LSN of the newest commit, known as soon as the commit returns, before anything is decoded. Frames are counted: within
 * a generation of the WAL the LSN is that of the generation's start plus the frames committed in it; a new generation
 * (other salts) starts where the last one ended. {@link #update} runs with the write lock held, so that at most one
 * transaction and no reset goes unseen.
 */
final class WalHead {
    private final Path wal;
    private final PreparedStatement fence;
    private WalSalts salts;
    private Lsn base;
    private volatile Lsn lsn;
    private volatile long frames;

    /**
     * @param fence a connection for nothing else: the fence cannot be asked for inside a transaction
     * @param position of the change log, valid for the WAL as it is
     */
    WalHead(Path wal, Connection fence, WalPosition position) throws SQLException {
        this.wal = wal;
        this.fence = fence.prepareStatement("PRAGMA main.wal_checkpoint(noop)");
        salts = new WalSalts(position.salt1(), position.salt2());
        base = position.lsn().plus(-position.frames());
        lsn = position.lsn();
        frames = position.frames();
    }

    /** Looks at the WAL after a commit or a checkpoint. Needs the write lock. */
    synchronized Lsn update() {
        try {
            long committed = committedFrames();
            frames = committed;
            if (committed > 0) {
                advance(WalSalts.read(wal), committed);
            }
            return lsn;
        } catch (SQLException | IOException e) {
            throw SqlErrors.io("read the state of the write-ahead log", e);
        }
    }

    /**
     * LSN of the newest commit as the WAL has it at this moment. Needs no lock: where it is the same before and after
     * something, nothing was committed meanwhile. Empty while a commit is there that {@link #update} has not seen yet.
     */
    synchronized Optional<Lsn> observe() {
        try {
            long committed = committedFrames();
            boolean isSeen = committed == 0
                    || WalSalts.read(wal).equals(salts) && base.plus(committed).equals(lsn);
            return isSeen ? Optional.of(lsn) : Optional.empty();
        } catch (SQLException | IOException e) {
            throw SqlErrors.io("read the state of the write-ahead log", e);
        }
    }

    private long committedFrames() throws SQLException {
        try (ResultSet row = fence.executeQuery()) {
            return row.getLong(2);
        }
    }

    private void advance(WalSalts now, long committed) {
        if (!now.equals(salts)) {
            base = lsn;
            salts = now;
        }
        lsn = base.plus(committed);
    }

    /** Newest commit. */
    Lsn lsn() {
        return lsn;
    }

    /** Frames in the WAL that are committed and not reset. */
    long frames() {
        return frames;
    }
}
