/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/**
 * Maps each page to its table. A page of a table's b-tree leads to its parent, the root to its table; an overflow page
 * leads to the one before it in its chain, the first one to the b-tree page with the row. Every other page leads
 * nowhere. It takes 4 bytes and 1 bit per page, in blocks; ranges without a table have no block.
 */
final class PageMap {
    private static final int BLOCK_BITS = 14;
    private static final int BLOCK = 1 << BLOCK_BITS;

    private int[][] parents = new int[16][];
    private long[][] overflow = new long[16][];

    /** The page it leads to; less than 0 for a root: minus the id of its table; 0 for none. */
    int parent(int page) {
        int block = page >>> BLOCK_BITS;
        return block >= parents.length || parents[block] == null ? 0 : parents[block][page & BLOCK - 1];
    }

    boolean isOverflow(int page) {
        int block = page >>> BLOCK_BITS;
        if (block >= overflow.length || overflow[block] == null) {
            return false;
        }
        int bit = page & BLOCK - 1;
        return (overflow[block][bit >>> 6] & 1L << bit) != 0;
    }

    void set(int page, int parent, boolean isOverflow) {
        int block = page >>> BLOCK_BITS;
        if (block >= parents.length) {
            if (parent == 0) {
                return;
            }
            int length = Math.max(block + 1, parents.length * 2);
            parents = Arrays.copyOf(parents, length);
            overflow = Arrays.copyOf(overflow, length);
        }
        if (parents[block] == null) {
            if (parent == 0) {
                return;
            }
            parents[block] = new int[BLOCK];
        }
        parents[block][page & BLOCK - 1] = parent;
        setOverflow(block, page & BLOCK - 1, isOverflow);
    }

    private void setOverflow(int block, int bit, boolean isOverflow) {
        if (overflow[block] == null) {
            if (!isOverflow) {
                return;
            }
            overflow[block] = new long[BLOCK / 64];
        }
        if (isOverflow) {
            overflow[block][bit >>> 6] |= 1L << bit;
        } else {
            overflow[block][bit >>> 6] &= ~(1L << bit);
        }
    }
}
