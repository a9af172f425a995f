/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** The frames of one transaction: its pages, each with the last frame that holds it. */
final class WalTransaction {
    private final IntIntMap frames = new IntIntMap();
    private final IntList pages = new IntList();
    private int lastFrame;
    private int pageCount;
    private long checksum;

    void clear() {
        frames.clear();
        pages.clear();
    }

    void add(int page, int frame) {
        if (frames.put(page, frame) == 0) {
            pages.add(page);
        }
    }

    void commit(int frame, int databasePages, long runningChecksum) {
        lastFrame = frame;
        pageCount = databasePages;
        checksum = runningChecksum;
    }

    /** Page to its last frame in this transaction. */
    IntIntMap frames() {
        return frames;
    }

    /** The pages, each once, in the order in which they first appear. */
    IntList pages() {
        return pages;
    }

    /** The commit frame. */
    int lastFrame() {
        return lastFrame;
    }

    /** Pages in the database after it. */
    int pageCount() {
        return pageCount;
    }

    /** Running checksum after the commit frame. */
    long checksum() {
        return checksum;
    }
}
