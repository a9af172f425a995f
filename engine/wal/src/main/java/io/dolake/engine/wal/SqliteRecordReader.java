/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ByteSlice;
import java.util.Arrays;

/**
 * Reads whole records, overflow pages included. The slice it gives out is valid until the next read, or, for a record
 * without overflow, as long as its page.
 */
final class SqliteRecordReader {
    private static final int FIRST_ALLOCATION = 64 * 1024;
    /** A larger scratch array is released when the next small record is read. */
    private static final int MAX_KEPT = 16 * 1024 * 1024;

    /** The change that the page map gets for overflow pages that are read. */
    enum Note {
        NOTHING,
        GONE,
        OWNED
    }

    private final ByteSlice own = new ByteSlice();
    private final PageMapChanges changes;
    private final Note note;
    private byte[] scratch = {};
    private byte[] buffer = {};

    SqliteRecordReader(PageMapChanges changes, Note note) {
        this.changes = changes;
        this.note = note;
    }

    /** The record of a cell. */
    ByteSlice read(Cell cell) {
        return read(cell, own);
    }

    /** Points a slice at the record of a cell. */
    ByteSlice read(Cell cell, ByteSlice slice) {
        if (cell.overflow() == 0) {
            return slice.set(cell.page().bytes(), cell.start(), cell.payload());
        }
        ensure(Math.min(cell.payload(), Math.max(FIRST_ALLOCATION, cell.local())), 0);
        System.arraycopy(cell.page().bytes(), cell.start(), scratch, 0, cell.local());
        follow(cell, true);
        return slice.set(scratch, 0, cell.payload());
    }

    /** Follows the overflow pages of a cell without reading the record. */
    void note(Cell cell) {
        if (cell.overflow() != 0) {
            follow(cell, false);
        }
    }

    private void follow(Cell cell, boolean copy) {
        PageView view = cell.page().view();
        if (buffer.length < view.pageSize()) {
            buffer = new byte[view.pageSize()];
        }
        int perPage = view.usable() - 4;
        int done = cell.local();
        int page = cell.overflow();
        int previous = cell.page().number();
        // Brent's algorithm: an earlier page is remembered, at growing distances; a cycle returns to it.
        int remembered = 0;
        long until = 1;
        for (long step = 0; done < cell.payload(); step++) {
            if (page < 1 || page > view.pageCount() || page == remembered) {
                throw CorruptPage.page(
                        previous,
                        0,
                        "overflow of the row in cell " + cell.index() + " of page "
                                + cell.page().number() + " continues at page " + Integer.toUnsignedString(page)
                                + ", after " + done + " of " + cell.payload() + " bytes");
            }
            if (step == until) {
                remembered = page;
                until *= 2;
            }
            byte[] bytes = view.page(page, buffer);
            int length = Math.min(perPage, cell.payload() - done);
            if (copy) {
                ensure(done + length, done);
                System.arraycopy(bytes, 4, scratch, done, length);
            }
            done += length;
            if (note == Note.GONE) {
                changes.clear(page);
            } else if (note == Note.OWNED) {
                changes.overflow(page, previous);
            }
            previous = page;
            page = Bytes.i32(bytes, 0);
        }
    }

    private void ensure(int length, int keep) {
        if (scratch.length < length) {
            byte[] larger = new byte[(int) Math.min(Integer.MAX_VALUE - 8L, Math.max(length, scratch.length * 2L))];
            System.arraycopy(scratch, 0, larger, 0, keep);
            scratch = larger;
        } else if (keep == 0 && scratch.length > MAX_KEPT && length <= FIRST_ALLOCATION) {
            scratch = Arrays.copyOf(scratch, MAX_KEPT);
        }
    }
}
