/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.support.Ids;
import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.Lsn;

/**
 * What the change log knows besides its segments; written with them in one transaction.
 *
 * @param epoch id of the epoch
 * @param reason why the epoch began
 * @param position where decoding goes on
 * @param oldest the log, its archive included, holds every transaction after it
 * @param newest the last transaction that has a segment; {@link Lsn#ZERO} if none has
 * @param mayReset whether everything up to the position may be in the main file, so that the WAL may have been reset
 * @param fingerprint of the main file since its last checkpoint; the empty text if that did not come to its end;
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

    /** In place of a fingerprint; no file has it. */
    public static final String UNSOUND = "unsound";

    public boolean isUnsound() {
        return fingerprint.equals(UNSOUND);
    }

    static LogState newEpoch(String reason) {
        return new LogState(Ids.random(), reason, WalPosition.start(Lsn.ZERO), Lsn.ZERO, Lsn.ZERO, true, "");
    }

    /** After more changes were captured: nothing says any more that the WAL may be gone. */
    LogState captured(WalPosition newPosition, Lsn newNewest) {
        return new LogState(epoch, reason, newPosition, oldest, newNewest, false, fingerprint);
    }

    LogState beforeCheckpoint() {
        return new LogState(epoch, reason, position, oldest, newest, true, "");
    }

    /** After a checkpoint that was completed: only another one changes the main file. */
    LogState afterCheckpoint(String newFingerprint) {
        return new LogState(epoch, reason, position, oldest, newest, mayReset, newFingerprint);
    }

    /** After the WAL was emptied into the main file. */
    LogState reset(String newFingerprint) {
        return new LogState(epoch, reason, WalPosition.start(position.lsn()), oldest, newest, true, newFingerprint);
    }

    LogState droppedUpTo(Lsn newOldest) {
        return new LogState(epoch, reason, position, newOldest, newest, mayReset, fingerprint);
    }
}
