/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/**
 * Finds the rows that differ between two versions of a table leaf by its layout: SQLite leaves the cells of unchanged
 * rows where they are. Cells whose pointers are the same at the start and at the end of both pointer arrays are looked
 * at only if their bytes differ; those in between are left to a merge by rowid.
 *
 * <p>It either finds everything or says that it cannot, before anything is told to anybody.
 */
final class LeafDiff {
    /** With more changed rows than this in a page, a merge is not slower. */
    private static final int MAX_CHANGED = 8;

    private final Cell cellBefore = new Cell();
    private final Cell cellAfter = new Cell();
    private final int[] slots = new int[MAX_CHANGED];
    private Page before;
    private Page after;
    private int prefix;
    private int suffix;
    private int changed;
    /** The cell that a byte belongs to, and the one behind it: results of {@link #locate}. */
    private int slotAt;

    private int nextPointer;

    /** Compares; false if the layout does not tell, and all rows must be merged. */
    boolean find(Page newBefore, Page newAfter) {
        before = newBefore;
        after = newAfter;
        changed = 0;
        alignPointers();
        int common = Math.min(before.cells(), after.cells());
        int between = before.cells() + after.cells() - 2 * (prefix + suffix);
        if (between * 2 > common + 4) {
            return false;
        }
        int from = before.pointers() + 2 * Math.max(before.cells(), after.cells());
        int usable = Math.min(before.usable(), after.usable());
        for (int at = from; ; ) {
            int step = Arrays.mismatch(before.bytes(), at, usable, after.bytes(), at, usable);
            if (step < 0) {
                return true;
            }
            if (!locate(at + step, usable)) {
                return false;
            }
            at = nextPointer;
            if (slotAt >= 0) {
                int end = Math.max(cellBefore.end(), cellAfter.end());
                if (at < end) {
                    at = end;
                }
            }
            if (at >= usable) {
                return true;
            }
        }
    }

    /** How many cells at the start and at the end have the same pointers. */
    private void alignPointers() {
        byte[] b = before.bytes();
        byte[] a = after.bytes();
        int pointers = before.pointers();
        int common = Math.min(before.cells(), after.cells());
        int differs = Arrays.mismatch(b, pointers, pointers + 2 * common, a, pointers, pointers + 2 * common);
        prefix = differs < 0 ? common : differs / 2;
        int endB = pointers + 2 * before.cells();
        int endA = pointers + 2 * after.cells();
        int limit = common - prefix;
        suffix = 0;
        while (suffix + 4 <= limit && Bytes.i64(b, endB - 2 * suffix - 8) == Bytes.i64(a, endA - 2 * suffix - 8)) {
            suffix += 4;
        }
        while (suffix < limit && Bytes.u16(b, endB - 2 * suffix - 2) == Bytes.u16(a, endA - 2 * suffix - 2)) {
            suffix++;
        }
    }

    /**
     * Finds the cell that a differing byte is in, and notes it as changed; false if this page is for a merge. After it,
     * {@code slotAt} is the cell, -1 if the byte is in none, and {@code nextPointer} where the next cell starts.
     */
    private boolean locate(int at, int usable) {
        int best = -1;
        int slot = -1;
        nextPointer = usable;
        byte[] bytes = before.bytes();
        int cells = before.cells();
        for (int i = 0; i < cells; i++) {
            if (i == prefix) {
                i = cells - suffix;
                if (i == cells) {
                    break;
                }
            }
            int pointer = Bytes.u16(bytes, before.pointers() + 2 * i);
            if (pointer > at) {
                nextPointer = Math.min(nextPointer, pointer);
            } else if (pointer > best) {
                best = pointer;
                slot = i;
            } else if (pointer == best) {
                return false; // two rows in one place: the merge says what is wrong with it
            }
        }
        slotAt = -1;
        if (slot < 0) {
            return true;
        }
        read(slot);
        if (at >= Math.max(cellBefore.end(), cellAfter.end())) {
            return true;
        }
        slotAt = slot;
        return cellBefore.rowid() == cellAfter.rowid() && note(slot);
    }

    /** Keeps the slots in order; there are few. */
    private boolean note(int slot) {
        if (changed == MAX_CHANGED) {
            return false;
        }
        int i = changed++;
        while (i > 0 && slots[i - 1] > slot) {
            slots[i] = slots[i - 1];
            i--;
        }
        slots[i] = slot;
        return true;
    }

    private void read(int slot) {
        cellBefore.read(before, slot);
        cellAfter.read(after, slot < prefix ? slot : slot + after.cells() - before.cells());
    }

    /** Cells at the start that are in the same place in both. */
    int prefix() {
        return prefix;
    }

    /** The same at the end. */
    int suffix() {
        return suffix;
    }

    /** Number of rows among those that changed, in order. */
    int changed() {
        return changed;
    }

    /** Index of a changed row in the page before. */
    int slot(int index) {
        return slots[index];
    }

    /** A changed row, before. */
    Cell before(int index) {
        return cellBefore.read(before, slots[index]);
    }

    /** A changed row, after. */
    Cell after(int index) {
        int slot = slots[index];
        return cellAfter.read(after, slot < prefix ? slot : slot + after.cells() - before.cells());
    }
}
