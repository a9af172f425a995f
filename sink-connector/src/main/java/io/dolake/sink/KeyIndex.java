/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.function.IntPredicate;

/**
 * Where each key's live row is: 128-bit key hash to (file id, row position), open addressing in primitive arrays, 24 bytes
 * a slot. File ids are positive. Not thread-safe.
 */
final class KeyIndex {
    static final long ABSENT = -1;

    private static final int SLOT_BYTES = 24;
    private static final int SMALLEST = 1 << 10;
    private static final int EMPTY = 0;
    private static final int REMOVED = -1;

    private final long maxBytes;
    private final Object owner;
    private long[] highs;
    private long[] lows;
    private int[] files;
    private int[] positions;
    private int live;
    private int used;

    /** An index of at most {@code maxBytes}; {@code owner} names its table in the error past that. */
    KeyIndex(long maxBytes, Object owner) {
        this.maxBytes = maxBytes;
        this.owner = owner;
        allocate(SMALLEST);
    }

    /** {@code file << 32 | position}, or {@link #ABSENT}. */
    long find(KeyHash key) {
        int slot = slotOf(key);
        return slot < 0 ? ABSENT : pack(files[slot], positions[slot]);
    }

    static long pack(int file, int position) {
        return (long) file << 32 | position;
    }

    static int file(long place) {
        return (int) (place >>> 32);
    }

    static int position(long place) {
        return (int) place;
    }

    /** Sets the place of a key; returns its previous place, or {@link #ABSENT}. */
    long put(KeyHash key, int file, int position) {
        int slot = slotOf(key);
        if (slot >= 0) {
            long previous = pack(files[slot], positions[slot]);
            files[slot] = file;
            positions[slot] = position;
            return previous;
        }
        if ((used + 1) * 3L > files.length * 2L) {
            rebuild(any -> true);
        }
        insert(key.high(), key.low(), file, position);
        return ABSENT;
    }

    void remove(KeyHash key) {
        int slot = slotOf(key);
        if (slot >= 0) {
            files[slot] = REMOVED;
            live--;
        }
    }

    /** Removes every key whose row is in a file that does not pass. */
    void keepFiles(IntPredicate lives) {
        rebuild(lives);
    }

    void clear() {
        allocate(SMALLEST);
    }

    int size() {
        return live;
    }

    long bytes() {
        return (long) files.length * SLOT_BYTES;
    }

    private int slotOf(KeyHash key) {
        int mask = files.length - 1;
        int slot = (int) key.low() & mask;
        while (files[slot] != EMPTY) {
            if (lows[slot] == key.low() && highs[slot] == key.high() && files[slot] != REMOVED) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return -1;
    }

    private void insert(long high, long low, int file, int position) {
        int mask = files.length - 1;
        int slot = (int) low & mask;
        while (files[slot] != EMPTY) {
            slot = (slot + 1) & mask;
        }
        highs[slot] = high;
        lows[slot] = low;
        files[slot] = file;
        positions[slot] = position;
        live++;
        used++;
    }

    private void rebuild(IntPredicate lives) {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        int[] oldFiles = files;
        int[] oldPositions = positions;
        int capacity = SMALLEST;
        while (capacity < 2L * (live + 1)) {
            capacity = Math.multiplyExact(capacity, 2);
        }
        allocate(capacity);
        for (int slot = 0; slot < oldFiles.length; slot++) {
            if (oldFiles[slot] > 0 && lives.test(oldFiles[slot])) {
                insert(oldHighs[slot], oldLows[slot], oldFiles[slot], oldPositions[slot]);
            }
        }
    }

    private void allocate(int capacity) {
        if ((long) capacity * SLOT_BYTES > maxBytes) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot index the keys of table " + owner + ": " + live + " rows need more than "
                                    + SinkConfig.INDEX_MAX_BYTES + "=" + maxBytes)
                    .withHint("Raise " + SinkConfig.INDEX_MAX_BYTES + " and the heap of the worker");
        }
        highs = new long[capacity];
        lows = new long[capacity];
        files = new int[capacity];
        positions = new int[capacity];
        live = 0;
        used = 0;
    }
}
