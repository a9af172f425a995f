/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/** A map from int to int; neither a key nor a value is 0. Open addressing, no removal but of everything. */
final class IntIntMap {
    private static final int INITIAL = 32;
    /** Larger tables are not kept when the map is emptied. */
    private static final int KEPT = 1 << 16;
    /** Nor are tables with fewer entries than one in this many places: emptying must not cost more than filling did. */
    private static final int SPARSE = 16;

    /** Key and value, in turns: a look-up touches one line of memory. */
    private int[] entries = new int[2 * INITIAL];

    private int size;

    /** The value of a key, 0 if there is none. */
    int get(int key) {
        int[] table = entries;
        int mask = table.length - 2;
        for (int i = mix(key) & mask; ; i = i + 2 & mask) {
            int found = table[i];
            if (found == key) {
                return table[i + 1];
            }
            if (found == 0) {
                return 0;
            }
        }
    }

    boolean contains(int key) {
        return get(key) != 0;
    }

    /** Sets a value; the one before, 0 if there was none. */
    int put(int key, int value) {
        int i = place(entries, key);
        int previous = entries[i + 1];
        entries[i + 1] = value;
        if (previous == 0) {
            entries[i] = key;
            if (++size * 4L > entries.length) {
                grow();
            }
        }
        return previous;
    }

    /** All entries in the order of their values: the value in the upper half, the key in the lower. */
    long[] byValue() {
        long[] sorted = new long[size];
        int n = 0;
        for (int i = 0; i < entries.length; i += 2) {
            if (entries[i] != 0) {
                sorted[n++] = (long) entries[i + 1] << 32 | entries[i];
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    int size() {
        return size;
    }

    void clear() {
        boolean sparse = entries.length > 2 * INITIAL && (long) size * 2 * SPARSE < entries.length;
        if (entries.length > 2 * KEPT || (size > 0 && sparse)) {
            entries = new int[2 * INITIAL];
        } else if (size > 0) {
            Arrays.fill(entries, 0);
        }
        size = 0;
    }

    private void grow() {
        int[] larger = new int[Math.multiplyExact(entries.length, 2)];
        for (int i = 0; i < entries.length; i += 2) {
            if (entries[i] != 0) {
                int at = place(larger, entries[i]);
                larger[at] = entries[i];
                larger[at + 1] = entries[i + 1];
            }
        }
        entries = larger;
    }

    /** The place where a key is, or belongs. */
    private static int place(int[] table, int key) {
        int mask = table.length - 2;
        int i = mix(key) & mask;
        while (table[i] != 0 && table[i] != key) {
            i = i + 2 & mask;
        }
        return i;
    }

    /** Any number; its lowest bit is masked out, since entries start at even places. */
    private static int mix(int key) {
        int h = key * 0x9E3779B9;
        return h ^ h >>> 15;
    }
}
