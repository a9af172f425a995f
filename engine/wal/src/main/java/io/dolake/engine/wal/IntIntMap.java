/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/** A map from int to int; neither a key nor a value is 0. Open addressing, no removal but of everything. */
final class IntIntMap {
    private static final int INITIAL = 64;
    /** Tables larger than this are not kept when they are emptied. */
    private static final int KEPT = 1 << 16;

    private int[] keys = new int[INITIAL];
    private int[] values = new int[INITIAL];
    private int size;

    /** The value of a key, 0 if there is none. */
    int get(int key) {
        int mask = keys.length - 1;
        for (int i = mix(key) & mask; ; i = (i + 1) & mask) {
            if (keys[i] == key) {
                return values[i];
            }
            if (keys[i] == 0) {
                return 0;
            }
        }
    }

    boolean contains(int key) {
        return get(key) != 0;
    }

    /** Sets a value; the one before, 0 if there was none. */
    int put(int key, int value) {
        int mask = keys.length - 1;
        int i = mix(key) & mask;
        while (keys[i] != 0 && keys[i] != key) {
            i = (i + 1) & mask;
        }
        int previous = values[i];
        values[i] = value;
        if (keys[i] == 0) {
            keys[i] = key;
            if (++size * 2L > keys.length) {
                grow();
            }
        }
        return previous;
    }

    /** All entries in the order of their values: the value in the upper half, the key in the lower. */
    long[] byValue() {
        long[] entries = new long[size];
        int n = 0;
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != 0) {
                entries[n++] = (long) values[i] << 32 | keys[i];
            }
        }
        Arrays.sort(entries);
        return entries;
    }

    int size() {
        return size;
    }

    void clear() {
        if (keys.length > KEPT) {
            keys = new int[INITIAL];
            values = new int[INITIAL];
        } else if (size > 0) {
            Arrays.fill(keys, 0);
            Arrays.fill(values, 0);
        }
        size = 0;
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldValues = values;
        keys = new int[Math.multiplyExact(oldKeys.length, 2)];
        values = new int[keys.length];
        int mask = keys.length - 1;
        for (int j = 0; j < oldKeys.length; j++) {
            if (oldKeys[j] != 0) {
                int i = mix(oldKeys[j]) & mask;
                while (keys[i] != 0) {
                    i = (i + 1) & mask;
                }
                keys[i] = oldKeys[j];
                values[i] = oldValues[j];
            }
        }
    }

    private static int mix(int key) {
        int h = key * 0x9E3779B9;
        return h ^ h >>> 15;
    }
}
