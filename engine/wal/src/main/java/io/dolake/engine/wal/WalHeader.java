/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Optional;

/**
 * The 32 bytes at the start of a WAL.
 *
 * @param bigEndian byte order of the words that the checksum adds up
 * @param pageSize bytes in a page
 * @param sequence number of resets of the log since its file was created
 * @param salt1 first salt: incremented at each reset
 * @param salt2 second salt: random
 * @param checksum checksum of the header, which the frames continue
 */
record WalHeader(boolean bigEndian, int pageSize, int sequence, int salt1, int salt2, long checksum) {
    static final int SIZE = 32;
    static final int FRAME_HEADER_SIZE = 24;

    private static final int MAGIC = 0x377F0682;
    private static final int FORMAT = 3007000;

    /**
     * Reads a header.
     *
     * @return empty if these bytes are not a whole header (yet): SQLite does not use such a log either
     */
    static Optional<WalHeader> parse(byte[] bytes) {
        int magic = Bytes.i32(bytes, 0);
        if ((magic & ~1) != MAGIC) {
            return Optional.empty();
        }
        boolean bigEndian = (magic & 1) != 0;
        long checksum = WalChecksum.add(0, bigEndian, bytes, 0, 24);
        if (WalChecksum.first(checksum) != Bytes.i32(bytes, 24)
                || WalChecksum.second(checksum) != Bytes.i32(bytes, 28)) {
            return Optional.empty();
        }
        if (Bytes.i32(bytes, 4) != FORMAT) {
            throw new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE,
                    "Cannot read WAL: format " + Bytes.i32(bytes, 4) + " is not " + FORMAT);
        }
        int pageSize = Bytes.i32(bytes, 8);
        if (!isPageSize(pageSize)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE, "Cannot read WAL: page size " + pageSize + " is none");
        }
        return Optional.of(new WalHeader(
                bigEndian, pageSize, Bytes.i32(bytes, 12), Bytes.i32(bytes, 16), Bytes.i32(bytes, 20), checksum));
    }

    static boolean isPageSize(int size) {
        return size >= 512 && size <= 65536 && Integer.bitCount(size) == 1;
    }

    int frameSize() {
        return FRAME_HEADER_SIZE + pageSize;
    }

    /** Byte at which a frame starts; frames count from 1. */
    long frameOffset(long frame) {
        return SIZE + (frame - 1) * frameSize();
    }

    boolean sameGeneration(WalHeader other) {
        return salt1 == other.salt1 && salt2 == other.salt2;
    }
}
