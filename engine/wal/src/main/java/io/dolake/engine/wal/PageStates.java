/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/**
 * A small number for each page, cleared for all pages at once: an array by page number, for walks over trees whose
 * pages lie side by side. Each value carries the stamp of its generation, so that clearing is one addition.
 */
final class PageStates {
    private static final int BLOCK_BITS = 12;
    private static final int BLOCK = 1 << BLOCK_BITS;
    /** More blocks than this (4 MiB) are released when the states are cleared. */
    private static final int KEPT_BLOCKS = 256;

    private static final int STATES = 4;

    private int[][] blocks = new int[16][];
    private int used;
    private int stamp = STATES;

    /** 0 if none was set. */
    int get(int page) {
        int block = page >>> BLOCK_BITS;
        if (block >= blocks.length || blocks[block] == null) {
            return 0;
        }
        int value = blocks[block][page & BLOCK - 1] - stamp;
        return value > 0 && value < STATES ? value : 0;
    }

    /** @param state 1 to 3 */
    void set(int page, int state) {
        int block = page >>> BLOCK_BITS;
        if (block >= blocks.length) {
            blocks = Arrays.copyOf(blocks, Math.max(block + 1, 2 * blocks.length));
        }
        if (blocks[block] == null) {
            blocks[block] = new int[BLOCK];
            used++;
        }
        blocks[block][page & BLOCK - 1] = stamp + state;
    }

    /** Sets the state 1; false if the page has it already. */
    boolean add(int page) {
        if (get(page) == 1) {
            return false;
        }
        set(page, 1);
        return true;
    }

    void clear() {
        stamp += STATES;
        if (used > KEPT_BLOCKS || stamp < 0) {
            blocks = new int[16][];
            used = 0;
            stamp = STATES;
        }
    }
}
