/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * The database as of one transaction: the page in the transaction itself, else in the newest committed frame, else in
 * the main file.
 */
final class PageView {
    private final PageStore store;
    private final IntIntMap committed;
    private final WalTransaction own;
    private final int pageCount;
    private final int usable;

    /**
     * @param own the transaction; {@link WalTransaction#NONE} for a view without one
     * @param pageCount pages in the database
     * @param usable bytes of a page that hold content: without the reserved ones at its end
     */
    PageView(PageStore store, IntIntMap committed, WalTransaction own, int pageCount, int usable) {
        this.store = store;
        this.committed = committed;
        this.own = own;
        this.pageCount = pageCount;
        this.usable = usable;
    }

    /** The bytes of a page, not to be written to. */
    byte[] page(int number) {
        int frame = own.frame(number);
        return frame != 0 ? store.own(number, frame) : store.decoded(number, committed);
    }

    /** The bytes of a page, not to be written to: in the given array, unless the cache has them. */
    byte[] page(int number, byte[] buffer) {
        int frame = own.frame(number);
        return frame != 0 ? store.own(number, frame, buffer) : store.decoded(number, committed, buffer);
    }

    /** Points a page of a table at its bytes where they are, or reads them into the buffer. */
    void load(Page page, int number, byte[] buffer) {
        int frame = own.frame(number);
        int at = frame == 0 ? -1 : store.inReadBuffer(frame);
        if (at >= 0) {
            page.load(this, number, store.readBuffer(), at, false);
        } else {
            page.load(this, number, page(number, buffer), false);
        }
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
            throw CorruptPage.page(
                    where.number(), offset, "page " + Integer.toUnsignedString(number) + " is none of " + pageCount);
        }
        return number;
    }
}
