/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;

/** Reads pages of committed frames, and reads ahead if they are read in the order of the log. */
final class FrameWindow {
    private static final int MAX_READ_BYTES = 256 * 1024;
    /**
     * A frame at most this far after the last one counts as the next: pages of other trees lie between those of a
     * table.
     */
    private static final int MAX_STEP = 8;

    private final WalLog log;
    private final WalHeader header;
    private final int maxFrames;
    private byte[] window = {};
    private int first;
    private int frames;
    private int wanted = 1;
    private int last;

    FrameWindow(WalLog log, WalHeader header) {
        this.log = log;
        this.header = header;
        maxFrames = Math.max(1, MAX_READ_BYTES / header.frameSize());
    }

    /** Discards the data read ahead: at the tail of the log the frames may have changed since. */
    void forget() {
        frames = 0;
        last = 0;
    }

    /** Copies the page of a frame. */
    void read(int frame, byte[] target) throws IOException {
        if (frame < first || frame - first >= frames) {
            boolean next = frame > last && frame - last <= MAX_STEP;
            wanted = next ? Math.min(maxFrames, wanted * 2) : 1;
            last = frame;
            if (wanted == 1) {
                readPage(frame, target);
                return;
            }
            fill(frame);
        }
        last = frame;
        int at = (frame - first) * header.frameSize() + WalHeader.FRAME_HEADER_SIZE;
        System.arraycopy(window, at, target, 0, header.pageSize());
    }

    private void readPage(int frame, byte[] target) throws IOException {
        long position = header.frameOffset(frame) + WalHeader.FRAME_HEADER_SIZE;
        if (log.read(position, target, 0, header.pageSize()) < header.pageSize()) {
            throw cutOff(frame);
        }
    }

    private void fill(int frame) throws IOException {
        int length = wanted * header.frameSize();
        if (window.length < length) {
            window = new byte[length];
        }
        first = frame;
        frames = 0;
        frames = log.read(header.frameOffset(frame), window, 0, length) / header.frameSize();
        if (frames == 0) {
            throw cutOff(frame);
        }
    }

    private DoLakeException cutOff(int frame) {
        return new DoLakeException(
                ErrorCode.WAL_GAP,
                "Cannot read frame " + frame + " of " + log.path() + ": the file was cut off while it was decoded");
    }
}
