/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.Lsn;

/**
 * What the change log knows besides its segments; written with them in one transaction.
 *
 * @param epoch id of the epoch
 * @param reason why the epoch began
 * @param position where decoding goes on
 * @param oldest the log holds every transaction after it
 * @param mayReset whether everything up to the position may be in the main file, so that the WAL may have been reset
 * @param fingerprint of the main file since its last checkpoint; the empty text if that did not come to its end
 */
record LogState(String epoch, String reason, WalPosition position, Lsn oldest, boolean mayReset, String fingerprint) {

    static LogState newEpoch(String reason) {
        return new LogState(Ids.random(), reason, WalPosition.start(Lsn.ZERO), Lsn.ZERO, true, "");
    }

    /** After more changes were captured: nothing says any more that the WAL may be gone. */
    LogState captured(WalPosition newPosition) {
        return new LogState(epoch, reason, newPosition, oldest, false, fingerprint);
    }

    LogState beforeCheckpoint() {
        return new LogState(epoch, reason, position, oldest, true, "");
    }

    /** After a checkpoint that was completed: only another one changes the main file. */
    LogState afterCheckpoint(String newFingerprint) {
        return new LogState(epoch, reason, position, oldest, mayReset, newFingerprint);
    }

    /** After the WAL was emptied into the main file. */
    LogState reset(String newFingerprint) {
        return new LogState(epoch, reason, WalPosition.start(position.lsn()), oldest, true, newFingerprint);
    }

    LogState droppedUpTo(Lsn newOldest) {
        return new LogState(epoch, reason, position, newOldest, mayReset, fingerprint);
    }
}
