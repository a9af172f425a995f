/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * A view of the database as of one transaction: a page comes from the transaction itself, else from its newest
 * committed frame, else from the main file.
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
     * @param usable bytes of a page that hold content, without the reserved ones at its end
     */
    PageView(PageStore store, IntIntMap committed, WalTransaction own, int pageCount, int usable) {
        this.store = store;
        this.committed = committed;
        this.own = own;
        this.pageCount = pageCount;
        this.usable = usable;
    }

    /** The bytes of a page; read-only. */
    byte[] page(int number) {
        int frame = own.frame(number);
        return frame != 0 ? store.own(number, frame) : store.decoded(number, committed);
    }

    /** The bytes of a page, in the given array unless they are cached; read-only. */
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

    /** Checks that a number is a valid page number. */
    int checked(int number, Page where, int offset) {
        if (number < 1 || number > pageCount) {
            throw CorruptPage.page(
                    where.number(), offset, "page " + Integer.toUnsignedString(number) + " is none of " + pageCount);
        }
        return number;
    }
}
