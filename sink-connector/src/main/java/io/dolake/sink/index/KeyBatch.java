/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import io.dolake.sink.row.KeyHash;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/** A batch of keys by hash, each with a place: to look up or to put in one pass. */
public final class KeyBatch {
    private static final int SMALLEST = 64;

    private long[] highs;
    private long[] lows;
    private long[] places;
    private int size;

    public KeyBatch() {
        this(SMALLEST);
    }

    public KeyBatch(int capacity) {
        highs = new long[capacity];
        lows = new long[capacity];
        places = new long[capacity];
    }

    public void add(KeyHash key, long place) {
        if (size == highs.length) {
            int capacity = Math.max(SMALLEST, Math.multiplyExact(size, 2));
            highs = Arrays.copyOf(highs, capacity);
            lows = Arrays.copyOf(lows, capacity);
            places = Arrays.copyOf(places, capacity);
        }
        highs[size] = key.high();
        lows[size] = key.low();
        places[size] = place;
        size++;
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    long high(int i) {
        return highs[i];
    }

    long low(int i) {
        return lows[i];
    }

    public KeyHash key(int i) {
        return new KeyHash(highs[i], lows[i]);
    }

    public long place(int i) {
        return places[i];
    }

    public void place(int i, long place) {
        places[i] = place;
    }

    /** The keys' indexes, ordered by a function of the upper half of their hashes: an unsigned number below 2^32. */
    int[] orderedBy(LongUnaryOperator rank) {
        long[] keyed = new long[size];
        for (int i = 0; i < size; i++) {
            keyed[i] = (rank.applyAsLong(highs[i]) - 0x8000_0000L) << Integer.SIZE | i;
        }
        Arrays.sort(keyed);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = (int) keyed[i];
        }
        return order;
    }
}
