/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A page of the key index: a small hash table in 4096 bytes, the same in memory and in the file. It has 170 slots of
 * three longs (hash high, hash low, place; place 0 is an empty slot), linear probing, no tombstones; then depth and
 * count, and the prefix of the hashes that belong to the page. All methods work on the given array.
 */
final class KeyPage {
    static final int LONGS = 512;
    static final int BYTES = LONGS * Long.BYTES;

    /** Number of keys that a page holds. Some slots stay empty, so that a search for an absent key ends. */
    static final int MAX_KEYS = 160;

    private static final int SLOTS = 170;
    private static final int COUNT = 3 * SLOTS;
    private static final int PREFIX = COUNT + 1;
    private static final int DEPTH_BITS = 8;

    private KeyPage() {}

    /** An empty page for the hashes whose first {@code depth} bits are those of {@code prefix}. */
    static long[] create(int depth, long prefix) {
        long[] page = new long[LONGS];
        page[COUNT] = depth;
        page[PREFIX] = prefix;
        return page;
    }

    static int depth(long[] page) {
        return (int) page[COUNT] & 0xff;
    }

    static long prefix(long[] page) {
        return page[PREFIX];
    }

    static int count(long[] page) {
        return (int) (page[COUNT] >>> DEPTH_BITS);
    }

    /** The place of a key, or {@link KeyIndex#ABSENT}. */
    static long find(long[] page, long high, long low) {
        int at = slotOf(page, high, low);
        return page[at + 2] == 0 ? KeyIndex.ABSENT : page[at + 2];
    }

    /** Sets the place of a key; returns its previous place, or {@link KeyIndex#ABSENT}. There must be room. */
    static long put(long[] page, long high, long low, long place) {
        int at = slotOf(page, high, low);
        long previous = page[at + 2];
        page[at + 2] = place;
        if (previous != 0) {
            return previous;
        }
        page[at] = high;
        page[at + 1] = low;
        page[COUNT] += 1 << DEPTH_BITS;
        return KeyIndex.ABSENT;
    }

    /** Removes a key; returns the place it had, or {@link KeyIndex#ABSENT}. */
    static long remove(long[] page, long high, long low) {
        int at = slotOf(page, high, low);
        long previous = page[at + 2];
        if (previous == 0) {
            return KeyIndex.ABSENT;
        }
        page[COUNT] -= 1 << DEPTH_BITS;
        closeGap(page, at);
        return previous;
    }

    /** Removes the keys whose file does not pass; returns how many. */
    static int keepFiles(long[] page, IntPredicate lives) {
        int removed = 0;
        for (int at = 0; at < COUNT; at += 3) {
            long place = page[at + 2];
            removed += place != 0 && !lives.test(RowPosition.file(place)) ? 1 : 0;
        }
        if (removed > 0) {
            long[] before = page.clone();
            clear(page, depth(page), prefix(page));
            for (int at = 0; at < COUNT; at += 3) {
                if (before[at + 2] != 0 && lives.test(RowPosition.file(before[at + 2]))) {
                    put(page, before[at], before[at + 1], before[at + 2]);
                }
            }
        }
        return removed;
    }

    /** Keeps the keys whose next bit is 0, one level deeper, and returns a page with the others. */
    static long[] split(long[] page) {
        long[] before = page.clone();
        int depth = depth(page);
        long bit = Long.MIN_VALUE >>> depth;
        long[] right = create(depth + 1, prefix(page) | bit);
        clear(page, depth + 1, prefix(before));
        for (int at = 0; at < COUNT; at += 3) {
            if (before[at + 2] != 0) {
                put((before[at] & bit) == 0 ? page : right, before[at], before[at + 1], before[at + 2]);
            }
        }
        return right;
    }

    /** Adds the keys of the other half, one level less deep. */
    static void merge(long[] page, long[] half) {
        int depth = depth(page);
        page[COUNT] -= 1;
        page[PREFIX] &= ~(Long.MIN_VALUE >>> (depth - 1));
        for (int at = 0; at < COUNT; at += 3) {
            if (half[at + 2] != 0) {
                put(page, half[at], half[at + 1], half[at + 2]);
            }
        }
    }

    private static void clear(long[] page, int depth, long prefix) {
        Arrays.fill(page, 0, COUNT, 0);
        page[COUNT] = depth;
        page[PREFIX] = prefix;
    }

    /** The slot of a key, or the empty one where it would go. */
    private static int slotOf(long[] page, long high, long low) {
        int at = home(low);
        while (page[at + 2] != 0 && (page[at] != high || page[at + 1] != low)) {
            at = next(at);
        }
        return at;
    }

    /** Moves up the keys behind an emptied slot for which a search would end at that slot. */
    private static void closeGap(long[] page, int emptied) {
        int gap = emptied;
        for (int at = next(gap); page[at + 2] != 0; at = next(at)) {
            if (distance(home(page[at + 1]), at) >= distance(gap, at)) {
                System.arraycopy(page, at, page, gap, 3);
                gap = at;
            }
        }
        page[gap + 2] = 0;
    }

    private static int home(long low) {
        return 3 * (int) (((low >>> Integer.SIZE) * SLOTS) >>> Integer.SIZE);
    }

    private static int next(int at) {
        return at + 3 == COUNT ? 0 : at + 3;
    }

    private static int distance(int from, int to) {
        return to >= from ? to - from : to - from + COUNT;
    }
}
