/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** A set of ints other than 0. */
final class IntSet {
    private final IntIntMap map = new IntIntMap();

    /** Whether the value is new. */
    boolean add(int value) {
        return map.put(value, 1) == 0;
    }

    boolean contains(int value) {
        return map.size() > 0 && map.contains(value);
    }

    boolean isEmpty() {
        return map.size() == 0;
    }

    void clear() {
        map.clear();
    }
}
