/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.support.Ids;
import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.Lsn;

/**
 * The state of a change log besides its segments; written in the same transaction as they are.
 *
 * @param epoch id of the epoch
 * @param reason why the epoch began
 * @param position where decoding continues
 * @param oldest the log, its archive included, holds every transaction after this LSN
 * @param newest the last transaction that has a segment; {@link Lsn#ZERO} if none has
 * @param mayReset whether everything up to the position may be in the main file, so that the WAL may have been reset
 * @param fingerprint of the main file since its last checkpoint; the empty text if that checkpoint was not completed;
 *     {@link #UNSOUND} if the WAL could not be read
 */
public record LogState(
        String epoch,
        String reason,
        WalPosition position,
        Lsn oldest,
        Lsn newest,
        boolean mayReset,
        String fingerprint) {

    /** Stands in place of a fingerprint; no file has it. */
    public static final String UNSOUND = "unsound";

    public boolean isUnsound() {
        return fingerprint.equals(UNSOUND);
    }

    static LogState newEpoch(String reason) {
        return new LogState(Ids.random(), reason, WalPosition.start(Lsn.ZERO), Lsn.ZERO, Lsn.ZERO, true, "");
    }

    /** The state after more changes were captured: the WAL is needed again and may not have been reset. */
    LogState captured(WalPosition newPosition, Lsn newNewest) {
        return new LogState(epoch, reason, newPosition, oldest, newNewest, false, fingerprint);
    }

    LogState beforeCheckpoint() {
        return new LogState(epoch, reason, position, oldest, newest, true, "");
    }

    /** The state after a completed checkpoint: only another checkpoint changes the main file. */
    LogState afterCheckpoint(String newFingerprint) {
        return new LogState(epoch, reason, position, oldest, newest, mayReset, newFingerprint);
    }

    /** The state after the WAL was emptied into the main file. */
    LogState reset(String newFingerprint) {
        return new LogState(epoch, reason, WalPosition.start(position.lsn()), oldest, newest, true, newFingerprint);
    }

    LogState droppedUpTo(Lsn newOldest) {
        return new LogState(epoch, reason, position, newOldest, newest, mayReset, fingerprint);
    }
}
