/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/** A row in a page of a table. Reused; valid as long as the page it was read from stays loaded. */
final class Cell {
    /** At least this far from the end of the page, eight bytes can be read at once. */
    static final int MAX_HEADER = 8;

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
        int pointer = newPage.cell(newIndex);
        int limit = newPage.limit();
        if (page != newPage) {
            page = newPage;
        }
        index = newIndex;
        if (newPage.type() == Page.LEAF_TABLE && pointer + MAX_HEADER <= limit) {
            // Nearly all rows: a record of less than 128 bytes, a rowid below 2^28, both with one read of the page.
            long header = Bytes.i64(newPage.bytes(), pointer);
            int rowidBytes = rowidBytes(header);
            int size = (int) (header >>> 56);
            int end = pointer + 1 + rowidBytes + size;
            if (header >= 0 && rowidBytes <= 4 && end <= limit && size <= newPage.usable() - 35) {
                rowid = rowid(header, rowidBytes);
                payload = size;
                local = size;
                start = end - size;
                overflow = 0;
                return this;
            }
        }
        readAny(pointer, limit, newPage.usable());
        return this;
    }

    /**
     * Bytes of the rowid in the first eight bytes of a cell, if the size before it takes one; 5 stands for all above 4.
     * Branches, because they are the same for nearly all rows of a page, and the processor guesses them.
     */
    static int rowidBytes(long header) {
        if ((header & 1L << 55) == 0) {
            return 1;
        }
        if ((header & 1L << 47) == 0) {
            return 2;
        }
        if ((header & 1L << 39) == 0) {
            return 3;
        }
        return (header & 1L << 31) == 0 ? 4 : 5;
    }

    /** A rowid of up to four bytes in the first eight bytes of a cell. */
    static long rowid(long header, int rowidBytes) {
        return switch (rowidBytes) {
            case 1 -> header >>> 48 & 0x7F;
            case 2 -> header >>> 41 & 0x3F80 | header >>> 40 & 0x7F;
            case 3 -> header >>> 34 & 0x1FC000 | header >>> 33 & 0x3F80 | header >>> 32 & 0x7F;
            default ->
                header >>> 27 & 0xFE00000 | header >>> 26 & 0x1FC000 | header >>> 25 & 0x3F80 | header >>> 24 & 0x7F;
        };
    }

    private void readAny(int pointer, int limit, int usable) {
        byte[] bytes = page.bytes();
        at = page.type() == Page.INTERIOR_INDEX ? pointer + 4 : pointer;
        long size = varint(bytes, limit);
        boolean table = page.type() == Page.LEAF_TABLE;
        rowid = table ? varint(bytes, limit) : 0;
        place(size, at, table ? usable - 35 : (usable - 12) * 64 / 255 - 23);
    }

    /** @param max largest record without overflow pages */
    private void place(long size, int newStart, int max) {
        start = newStart;
        if (size < 0 || size > max) {
            readOverflow(size, max, page.usable());
            return;
        }
        payload = (int) size;
        local = payload;
        overflow = 0;
        if (newStart + payload > page.limit()) {
            throw leadsOut(size);
        }
    }

    private void readOverflow(long size, int max, int usable) {
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw CorruptPage.page(
                    page.number(), page.offset(page.cell(index)), "a row of " + Long.toUnsignedString(size) + " bytes");
        }
        payload = (int) size;
        int min = (usable - 12) * 32 / 255 - 23;
        int surplus = min + (payload - min) % (usable - 4);
        local = surplus <= max ? surplus : min;
        if (start + local + 4 > page.limit()) {
            throw leadsOut(size);
        }
        overflow = page.view().checked(Bytes.i32(page.bytes(), start + local), page, page.offset(start + local));
    }

    private RuntimeException leadsOut(long size) {
        return CorruptPage.page(
                page.number(), page.offset(start), "a row of " + size + " bytes extends beyond the page");
    }

    private long varint(byte[] bytes, int limit) {
        long value = 0;
        for (int i = 0; i < 9; i++) {
            if (at >= limit) {
                throw CorruptPage.page(page.number(), page.offset(at), "a number extends beyond the page");
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

    /** Where the record starts in the bytes of the page. */
    int start() {
        return start;
    }

    /** Where the record starts, counted from the start of the page. */
    int offset() {
        return page.offset(start);
    }

    /** Bytes of the record that are in the page. */
    int local() {
        return local;
    }

    /** First overflow page, 0 if the record has none. */
    int overflow() {
        return overflow;
    }

    /** Where the cell ends in the bytes of the page. */
    int end() {
        return start + local + (overflow == 0 ? 0 : 4);
    }

    /**
     * Whether length, local bytes and the overflow page are the same. What is in the overflow pages may still differ.
     */
    boolean sameLocal(Cell other) {
        if (payload != other.payload || local != other.local || overflow != other.overflow) {
            return false;
        }
        return Arrays.equals(
                page.bytes(), start, start + local, other.page.bytes(), other.start, other.start + other.local);
    }
}
