/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.util.Arrays;

/** Estimates how far a checkpoint went from the log and the database file alone. */
final class CheckpointProbe {
    private final WalLog log;
    private final WalHeader header;
    private final PageSource main;

    CheckpointProbe(WalLog log, WalHeader header, PageSource main) {
        this.log = log;
        this.header = header;
        this.main = main;
    }

    /**
     * Guesses how many frames are in the database file. A checkpoint of n frames has copied each page whose newest
     * frame is among them, and no other page. Where pages are as in their newest frame because they were changed and
     * changed back, the guess is too high; so a single such page does not count, unless it has only one frame or is
     * page 1, in which SQLite counts changes.
     */
    int guess() throws IOException {
        IntIntMap newest = new IntIntMap();
        IntSet several = new IntSet();
        WalScanner scanner = new WalScanner(log, header);
        WalTransaction transaction = new WalTransaction();
        while (scanner.next(transaction)) {
            for (int i = 0; i < transaction.pages().size(); i++) {
                int page = transaction.pages().get(i);
                if (newest.put(page, transaction.frame(page)) != 0) {
                    several.add(page);
                }
            }
            scanner.accept(transaction);
        }
        long[] byFrame = newest.byValue();
        int copied = 0;
        boolean sure = false;
        while (copied < byFrame.length && isCopied((int) byFrame[copied], (int) (byFrame[copied] >>> 32))) {
            int page = (int) byFrame[copied++];
            sure |= page == 1 || !several.contains(page);
        }
        if (copied == 0 || !(sure || copied > 1 || copied == byFrame.length)) {
            return 0;
        }
        return scan((int) (byFrame[copied - 1] >>> 32)).frames();
    }

    private boolean isCopied(int page, int frame) throws IOException {
        byte[] inLog = new byte[header.pageSize()];
        byte[] inMain = new byte[header.pageSize()];
        new FrameWindow(log, header).read(frame, inLog);
        int n = main.read((page - 1L) * header.pageSize(), inMain, 0, inMain.length);
        return n == inMain.length && Arrays.equals(inLog, inMain);
    }

    /** A scanner positioned after the transaction with this frame. */
    private WalScanner scan(int frame) throws IOException {
        WalScanner scanner = new WalScanner(log, header);
        WalTransaction transaction = new WalTransaction();
        while (scanner.frames() < frame && scanner.next(transaction)) {
            scanner.accept(transaction);
        }
        return scanner;
    }

    /** The position after this frame. */
    WalPosition positionAfter(int frames) throws IOException {
        WalScanner scanner = scan(frames);
        if (scanner.frames() != frames) {
            throw new DoLakeException(
                    ErrorCode.WAL_CORRUPT,
                    "Cannot decode " + log.path() + ": frame " + frames + ", up to which it was checkpointed, is no"
                            + " commit");
        }
        return new WalPosition(
                header.salt1(),
                header.salt2(),
                frames,
                WalChecksum.first(scanner.checksum()),
                WalChecksum.second(scanner.checksum()),
                new Lsn(frames));
    }
}
