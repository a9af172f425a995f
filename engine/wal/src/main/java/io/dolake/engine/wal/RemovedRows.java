/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;
import java.util.BitSet;

/** The removed rows by a hash of their key: where they are, and whether they were found again. */
final class RemovedRows {
    private long[] hashes = new long[64];
    private int[] pages = new int[64];
    private short[] cells = new short[64];
    private int size;
    private int[] slots = new int[128];
    private final BitSet found = new BitSet();

    void add(long hash, int page, int cell) {
        if (size == hashes.length) {
            int capacity = Math.multiplyExact(size, 2);
            hashes = Arrays.copyOf(hashes, capacity);
            pages = Arrays.copyOf(pages, capacity);
            cells = Arrays.copyOf(cells, capacity);
            slots = new int[Math.multiplyExact(capacity, 2)];
            for (int i = 0; i < size; i++) {
                link(i);
            }
        }
        hashes[size] = hash;
        pages[size] = page;
        // Fewer than 2^15 cells fit into the largest page.
        cells[size] = (short) cell;
        link(size++);
    }

    private void link(int row) {
        int mask = slots.length - 1;
        int i = (int) hashes[row] & mask;
        while (slots[i] != 0) {
            i = (i + 1) & mask;
        }
        slots[i] = row + 1;
    }

    /** Slot to start a search from; see {@link #next}. */
    int firstSlot(long hash) {
        return (int) hash & slots.length - 1;
    }

    int nextSlot(int slot) {
        return slot + 1 & slots.length - 1;
    }

    /** The row in a slot; -1: the search is over. */
    int rowAt(int slot) {
        return slots[slot] - 1;
    }

    long hash(int row) {
        return hashes[row];
    }

    int page(int row) {
        return pages[row];
    }

    int cell(int row) {
        return cells[row];
    }

    void markFound(int row) {
        found.set(row);
    }

    boolean isFound(int row) {
        return found.get(row);
    }

    int size() {
        return size;
    }
}
