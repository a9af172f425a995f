/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/**
 * Pages by a long key, a fixed number of them. A page given out stays valid when it is evicted: its array is dropped,
 * never used again.
 */
final class PageCache {
    private static final int WAYS = 4;

    private final long[] keys;
    private final byte[][] pages;
    private final int mask;
    private int victim;

    /** @param capacity number of pages; rounded up to a power of two */
    PageCache(int capacity) {
        int sets = Integer.highestOneBit(Math.max(1, capacity / WAYS - 1)) << 1;
        keys = new long[sets * WAYS];
        pages = new byte[sets * WAYS][];
        mask = sets - 1;
    }

    /** The page, or null. */
    byte[] get(long key) {
        int first = set(key);
        for (int i = first; i < first + WAYS; i++) {
            if (keys[i] == key && pages[i] != null) {
                return pages[i];
            }
        }
        return null;
    }

    void put(long key, byte[] page) {
        int first = set(key);
        int slot = first + (victim++ & WAYS - 1);
        for (int i = first; i < first + WAYS; i++) {
            if (pages[i] == null || keys[i] == key) {
                slot = i;
                break;
            }
        }
        keys[slot] = key;
        pages[slot] = page;
    }

    void clear() {
        Arrays.fill(pages, null);
    }

    private int set(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        return ((int) (h >>> 40) & mask) * WAYS;
    }
}
