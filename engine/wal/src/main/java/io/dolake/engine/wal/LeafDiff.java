/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/**
 * Finds the rows that differ between two versions of a table leaf by its layout: SQLite leaves the cells of unchanged
 * rows where they are. Cells whose pointers are the same at the start and at the end of both pointer arrays are read
 * only if their bytes differ; those in between are left to a merge by rowid.
 *
 * <p>It either finds all differences or reports that it cannot, before any event is emitted.
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
    private int slot;
    private int best;
    private int next;

    /** Compares the pages; false if the layout does not decide, so that all rows must be merged. */
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
        for (int at = from; at < usable; at = next) {
            int step = Arrays.mismatch(before.bytes(), at, usable, after.bytes(), at, usable);
            if (step < 0) {
                return true;
            }
            if (!locate(at + step, usable)) {
                return false;
            }
        }
        return true;
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
     * Finds the cell of a differing byte and records it as changed; false if the page must be merged. Afterwards
     * {@code next} is the first byte that is not compared yet.
     */
    private boolean locate(int at, int usable) {
        best = 0;
        slot = -1;
        if (!closest(0, prefix, at) || !closest(before.cells() - suffix, before.cells(), at)) {
            return false;
        }
        if (slot >= 0) {
            cellBefore.read(before, slot);
            cellAfter.read(after, slotAfter(slot));
            next = Math.max(cellBefore.end(), cellAfter.end());
            if (at < next) {
                return cellBefore.rowid() == cellAfter.rowid() && note(slot);
            }
        }
        next = Math.min(
                nextPointer(0, prefix, at, usable), nextPointer(before.cells() - suffix, before.cells(), at, usable));
        return true;
    }

    /** Finds the last cell that starts at or before a byte; false if two rows are in one place. */
    private boolean closest(int from, int to, int at) {
        byte[] bytes = before.bytes();
        int pointers = before.pointers();
        int i = from;
        for (; i + 4 <= to; i += 4) {
            long four = Bytes.i64(bytes, pointers + 2 * i);
            int first = Math.max(upTo(at, (int) (four >>> 48)), upTo(at, (int) (four >>> 32) & 0xFFFF));
            int second = Math.max(upTo(at, (int) (four >>> 16) & 0xFFFF), upTo(at, (int) four & 0xFFFF));
            if (Math.max(first, second) >= best && !closestOf(i, i + 4, at)) {
                return false;
            }
        }
        return closestOf(i, to, at);
    }

    private boolean closestOf(int from, int to, int at) {
        for (int i = from; i < to; i++) {
            int pointer = upTo(at, Bytes.u16(before.bytes(), before.pointers() + 2 * i));
            if (pointer == best) {
                return false; // the merge says what is wrong with it
            }
            if (pointer > best) {
                best = pointer;
                slot = i;
            }
        }
        return true;
    }

    /** The pointer; -1 if it is after the byte. Computed without a branch, which the processor could not predict. */
    private static int upTo(int at, int pointer) {
        return at - pointer >> 31 | pointer;
    }

    private int nextPointer(int from, int to, int at, int usable) {
        int nearest = usable;
        for (int i = from; i < to; i++) {
            int pointer = Bytes.u16(before.bytes(), before.pointers() + 2 * i);
            if (pointer > at) {
                nearest = Math.min(nearest, pointer);
            }
        }
        return nearest;
    }

    private int slotAfter(int slotBefore) {
        return slotBefore < prefix ? slotBefore : slotBefore + after.cells() - before.cells();
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

    /** Number of cells at the start that are in the same place in both. */
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
        return cellAfter.read(after, slotAfter(slots[index]));
    }
}
