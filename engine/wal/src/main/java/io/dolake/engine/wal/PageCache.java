/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/** A cache of a limited number of pages, by page number. */
final class PageCache {
    private static final int WAYS = 4;

    private final int[] numbers;
    private final byte[][] pages;
    private final int sets;
    private int victim;

    /** @param capacity number of pages, at least 4 */
    PageCache(int capacity) {
        sets = Math.max(1, capacity / WAYS);
        numbers = new int[sets * WAYS];
        pages = new byte[sets * WAYS][];
    }

    /** The page, or null. */
    byte[] get(int number) {
        int slot = find(number);
        return slot < 0 ? null : pages[slot];
    }

    /** Keeps a page; returns the array that it replaces: an older version of this page, another page, or null. */
    byte[] put(int number, byte[] page) {
        int slot = find(number);
        if (slot < 0) {
            slot = free(number);
        }
        byte[] previous = pages[slot];
        numbers[slot] = number;
        pages[slot] = page;
        return previous;
    }

    /** Removes a page; null if it is not cached. */
    byte[] remove(int number) {
        int slot = find(number);
        if (slot < 0) {
            return null;
        }
        byte[] page = pages[slot];
        numbers[slot] = 0;
        pages[slot] = null;
        return page;
    }

    void clear() {
        Arrays.fill(numbers, 0);
        Arrays.fill(pages, null);
    }

    private int find(int number) {
        int first = set(number);
        for (int i = first; i < first + WAYS; i++) {
            if (numbers[i] == number) {
                return i;
            }
        }
        return -1;
    }

    private int free(int number) {
        int first = set(number);
        for (int i = first; i < first + WAYS; i++) {
            if (numbers[i] == 0) {
                return i;
            }
        }
        return first + (victim++ & WAYS - 1);
    }

    private int set(int number) {
        long h = number * 0x9E3779B9L & 0xFFFFFFFFL;
        return (int) (h * sets >>> 32) * WAYS;
    }
}
