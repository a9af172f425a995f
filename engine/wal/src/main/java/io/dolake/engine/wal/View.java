/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * The database as of one transaction: the page in the transaction itself, else in the newest committed frame, else in
 * the main file.
 */
final class View {
    private final PageStore store;
    private final IntIntMap committed;
    private final IntIntMap own;
    private final int pageCount;
    private final int usable;

    /**
     * @param own pages of the transaction to their frames; empty for a view without one
     * @param pageCount pages in the database
     * @param usable bytes of a page that hold content: without the reserved ones at its end
     */
    View(PageStore store, IntIntMap committed, IntIntMap own, int pageCount, int usable) {
        this.store = store;
        this.committed = committed;
        this.own = own;
        this.pageCount = pageCount;
        this.usable = usable;
    }

    /** The bytes of a page, not to be written to. */
    byte[] page(int number) {
        int frame = frame(number);
        return frame == 0 ? store.main(number) : store.frame(frame);
    }

    /** Reads a page into an array of the caller, without keeping it in the cache. */
    void read(int number, byte[] target) {
        int frame = frame(number);
        if (frame == 0) {
            store.readMain(number, target);
        } else {
            store.readFrame(frame, target);
        }
    }

    private int frame(int number) {
        int frame = own.get(number);
        return frame != 0 ? frame : committed.get(number);
    }

    int pageCount() {
        return pageCount;
    }

    int usable() {
        return usable;
    }

    int pageSize() {
        return store.pageSize();
    }

    /** The number, if it can be that of a page. */
    int checked(int number, Page where, int offset) {
        if (number < 1 || number > pageCount) {
            throw Corrupt.page(
                    where.number(), offset, "page " + Integer.toUnsignedString(number) + " is none of " + pageCount);
        }
        return number;
    }
}
