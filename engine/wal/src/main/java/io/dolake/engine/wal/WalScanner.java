/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds committed transactions in one generation of a WAL. Frames after the last commit frame whose chain of checksums
 * verifies are not read further: SQLite may still rewrite them.
 */
final class WalScanner {
    private static final int FIRST_READ_BYTES = 32 * 1024;
    private static final int MAX_READ_BYTES = 256 * 1024;
    /** Frames of one transaction that are kept until it is decoded; of a larger one, pages are read again. */
    private static final int MAX_KEPT_BYTES = 4 * 1024 * 1024;
    /** The largest buffer that is kept from poll to poll: there is one for each open database. */
    private static final int MAX_IDLE_BYTES = 1024 * 1024;

    private final WalLog log;
    private final WalHeader header;
    private final int frameSize;
    private int frames;
    private long checksum;
    private byte[] chunk = {};
    private int chunkFirst;
    private int chunkFrames;
    private int readBytes;

    WalScanner(WalLog log, WalHeader header) {
        this.log = log;
        this.header = header;
        frameSize = header.frameSize();
        checksum = header.checksum();
        restart();
    }

    /** Discards the data read ahead: the file may have changed since. */
    void restart() {
        chunkFrames = 0;
        if (chunk.length > MAX_IDLE_BYTES) {
            chunk = new byte[0];
        }
        readBytes = FIRST_READ_BYTES;
    }

    /** Reads the next committed transaction; false if there is none yet. */
    boolean next(WalTransaction transaction) throws IOException {
        transaction.clear();
        long sum = checksum;
        for (int frame = frames + 1; ; frame++) {
            int at = locate(frame);
            if (at < 0 || Bytes.i32(chunk, at + 8) != header.salt1() || Bytes.i32(chunk, at + 12) != header.salt2()) {
                return false;
            }
            sum = WalChecksum.add(sum, header.bigEndian(), chunk, at, 8);
            sum = WalChecksum.add(sum, header.bigEndian(), chunk, at + WalHeader.FRAME_HEADER_SIZE, header.pageSize());
            if (WalChecksum.first(sum) != Bytes.i32(chunk, at + 16)
                    || WalChecksum.second(sum) != Bytes.i32(chunk, at + 20)) {
                return false;
            }
            int page = Bytes.i32(chunk, at);
            int databasePages = Bytes.i32(chunk, at + 4);
            if (page <= 0 || databasePages < 0) {
                throw new DoLakeException(
                        ErrorCode.WAL_CORRUPT,
                        "Cannot read frame " + frame + " of " + log.path() + ": page "
                                + Integer.toUnsignedString(page) + " of "
                                + Integer.toUnsignedString(databasePages) + " is 0, or beyond 2147483647");
            }
            transaction.add(page, frame, chunk[at + WalHeader.FRAME_HEADER_SIZE + Page.headerOf(page)]);
            if (databasePages != 0) {
                transaction.commit(frame, databasePages, sum);
                return true;
            }
        }
    }

    /** Continues after this transaction. */
    void accept(WalTransaction transaction) {
        frames = transaction.lastFrame();
        checksum = transaction.checksum();
    }

    /** Committed frames accepted so far. */
    int frames() {
        return frames;
    }

    /** Running checksum after them. */
    long checksum() {
        return checksum;
    }

    /** Copies a page from the data read ahead; false if that does not hold the frame. */
    boolean copyPage(int frame, byte[] target) {
        int at = place(frame);
        if (at < 0) {
            return false;
        }
        System.arraycopy(chunk, at, target, 0, header.pageSize());
        return true;
    }

    /** Where in {@link #chunk} the page of a frame starts; -1 if it is not among what was read ahead. */
    int place(int frame) {
        if (frame < chunkFirst || frame - chunkFirst >= chunkFrames) {
            return -1;
        }
        return (frame - chunkFirst) * frameSize + WalHeader.FRAME_HEADER_SIZE;
    }

    /** The data read ahead; valid until the next transaction is read. */
    byte[] chunk() {
        return chunk;
    }

    /** Offset in the chunk at which the frame starts; -1 if the file does not hold the whole of it. */
    private int locate(int frame) throws IOException {
        if (frame < chunkFirst || frame - chunkFirst >= chunkFrames) {
            keepTransaction(frame);
            int kept = chunkFrames * frameSize;
            int wanted = Math.max(1, readBytes / frameSize) * frameSize;
            readBytes = Math.min(MAX_READ_BYTES, readBytes * 2);
            if (chunk.length < kept + wanted) {
                chunk = Arrays.copyOf(chunk, Math.max(kept + wanted, Math.min(2 * chunk.length, MAX_KEPT_BYTES)));
            }
            int read = log.read(header.frameOffset(frame), chunk, kept, wanted) / frameSize;
            if (read == 0) {
                return -1;
            }
            chunkFrames += read;
        }
        return (frame - chunkFirst) * frameSize;
    }

    /**
     * Makes room for this frame and those after it. Frames of its transaction are kept unless they are too many: their
     * pages are needed when it is decoded.
     */
    private void keepTransaction(int frame) {
        int first = frames + 1;
        boolean follows = frame == chunkFirst + chunkFrames && first >= chunkFirst;
        if (!follows || (frame - first) * (long) frameSize > MAX_KEPT_BYTES - MAX_READ_BYTES) {
            chunkFirst = frame;
            chunkFrames = 0;
        } else if (first > chunkFirst) {
            int skipped = first - chunkFirst;
            chunkFrames -= skipped;
            System.arraycopy(chunk, skipped * frameSize, chunk, 0, chunkFrames * frameSize);
            chunkFirst = first;
        }
    }
}
