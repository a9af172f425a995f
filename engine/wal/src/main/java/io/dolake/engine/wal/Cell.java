/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/** A row in a page of a table. Reused; valid as long as the page it was read from stays loaded. */
final class Cell {
    private Page page;
    private int index;
    private long rowid;
    private long payload;
    private int start;
    private int local;
    private int overflow;
    private int at;

    /** Reads a cell of a table leaf, or of either kind of page of a WITHOUT ROWID table. */
    Cell read(Page newPage, int newIndex) {
        page = newPage;
        index = newIndex;
        at = page.cell(index);
        int type = page.type();
        if (type == Page.INTERIOR_INDEX) {
            at += 4;
        }
        payload = varint();
        int usable = page.view().usable();
        int max;
        if (type == Page.LEAF_TABLE) {
            rowid = varint();
            max = usable - 35;
        } else {
            rowid = 0;
            max = (usable - 12) * 64 / 255 - 23;
        }
        start = at;
        if (payload < 0 || payload > Integer.MAX_VALUE) {
            throw Corrupt.page(
                    page.number(), page.cell(index), "a row of " + Long.toUnsignedString(payload) + " bytes");
        }
        local = localSize((int) payload, max, usable);
        int end = start + local + (local < payload ? 4 : 0);
        if (end > usable) {
            throw Corrupt.page(page.number(), start, "a row of " + payload + " bytes leads out of the page");
        }
        overflow =
                local < payload ? page.view().checked(Bytes.i32(page.bytes(), start + local), page, start + local) : 0;
        return this;
    }

    private static int localSize(int payload, int max, int usable) {
        if (payload <= max) {
            return payload;
        }
        int min = (usable - 12) * 32 / 255 - 23;
        int surplus = min + (payload - min) % (usable - 4);
        return surplus <= max ? surplus : min;
    }

    private long varint() {
        byte[] bytes = page.bytes();
        int limit = page.view().usable();
        long value = 0;
        for (int i = 0; i < 9; i++) {
            if (at >= limit) {
                throw Corrupt.page(page.number(), at, "a number leads out of the page");
            }
            byte b = bytes[at++];
            if (i == 8) {
                return value << 8 | (b & 0xFF);
            }
            value = value << 7 | (b & 0x7F);
            if (b >= 0) {
                return value;
            }
        }
        return value;
    }

    Page page() {
        return page;
    }

    int index() {
        return index;
    }

    /** 0 in a WITHOUT ROWID table. */
    long rowid() {
        return rowid;
    }

    /** Bytes of the record. */
    int payload() {
        return (int) payload;
    }

    /** Where the record starts in the page. */
    int start() {
        return start;
    }

    /** Bytes of the record that are in the page. */
    int local() {
        return local;
    }

    /** First overflow page, 0 if the record is whole. */
    int overflow() {
        return overflow;
    }

    /** Whether length, local bytes and the overflow page are the same. What is in the overflow pages may still differ. */
    boolean sameLocal(Cell other) {
        if (payload != other.payload || local != other.local || overflow != other.overflow) {
            return false;
        }
        return Arrays.equals(
                page.bytes(), start, start + local, other.page.bytes(), other.start, other.start + other.local);
    }
}
