/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/** A row in a page of a table. Reused; valid as long as the page it was read from stays loaded. */
final class Cell {
    /** Two numbers of 9 bytes: so far from the end of the page they need no check byte by byte. */
    private static final int MAX_HEADER = 18;

    private Page page;
    private int index;
    private long rowid;
    private int payload;
    private int start;
    private int local;
    private int overflow;
    private int at;

    /** Reads a cell of a table leaf, or of either kind of page of a WITHOUT ROWID table. */
    Cell read(Page newPage, int newIndex) {
        page = newPage;
        index = newIndex;
        at = newPage.cell(newIndex);
        int type = newPage.type();
        if (type == Page.INTERIOR_INDEX) {
            at += 4;
        }
        int usable = newPage.usable();
        byte[] bytes = newPage.bytes();
        boolean far = at + MAX_HEADER <= usable;
        long size = far && bytes[at] >= 0 ? bytes[at++] : varint(bytes, usable);
        int max;
        if (type == Page.LEAF_TABLE) {
            rowid = far ? varint(bytes) : varint(bytes, usable);
            max = usable - 35;
        } else {
            rowid = 0;
            max = (usable - 12) * 64 / 255 - 23;
        }
        start = at;
        if (size <= max && size >= 0) {
            payload = (int) size;
            local = payload;
            overflow = 0;
            if (start + local > usable) {
                throw leadsOut(size);
            }
        } else {
            readOverflow(size, max, usable);
        }
        return this;
    }

    private void readOverflow(long size, int max, int usable) {
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw Corrupt.page(page.number(), page.cell(index), "a row of " + Long.toUnsignedString(size) + " bytes");
        }
        payload = (int) size;
        int min = (usable - 12) * 32 / 255 - 23;
        int surplus = min + (payload - min) % (usable - 4);
        local = surplus <= max ? surplus : min;
        if (start + local + 4 > usable) {
            throw leadsOut(size);
        }
        overflow = page.view().checked(Bytes.i32(page.bytes(), start + local), page, start + local);
    }

    private RuntimeException leadsOut(long size) {
        return Corrupt.page(page.number(), start, "a row of " + size + " bytes leads out of the page");
    }

    /** A number that cannot lead out of the page. */
    private long varint(byte[] bytes) {
        int i = at;
        byte b = bytes[i++];
        long value = b & 0x7F;
        for (int n = 1; b < 0; n++) {
            b = bytes[i++];
            if (n == 8) {
                value = value << 8 | (b & 0xFF);
                break;
            }
            value = value << 7 | (b & 0x7F);
        }
        at = i;
        return value;
    }

    private long varint(byte[] bytes, int limit) {
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
        return payload;
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

    /** Where the cell ends in the page. */
    int end() {
        return start + local + (overflow == 0 ? 0 : 4);
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
