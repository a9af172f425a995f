/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.Lsn;

/**
 * A position of the decoder: after the commit frame of a transaction in one generation of the WAL (the time between two
 * resets, identified by its salts).
 *
 * @param salt1 first salt of the WAL header
 * @param salt2 second salt of the WAL header
 * @param frames frames of this generation that are decoded; 0 at its start
 * @param checksum1 running checksum after that frame (after the header if none), first word
 * @param checksum2 the same, second word
 * @param lsn LSN of the last decoded transaction
 */
public record WalPosition(int salt1, int salt2, long frames, int checksum1, int checksum2, Lsn lsn) {

    /**
     * The position before anything was decoded: no generation is known yet, and the first one found is read from its
     * start.
     */
    public static WalPosition start(Lsn lsn) {
        return new WalPosition(0, 0, 0, 0, 0, lsn);
    }
}
