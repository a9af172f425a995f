/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

/**
 * Byte strings that are kept until all of them go, in large arrays: a row of its own for each would cost the garbage collector
 * more than all the rest of a commit. Arrays grow with what there is, so little is lost on tables with few rows.
 */
final class Slabs {
    private static final int FIRST_BYTES = 1 << 10;
    private static final int LARGEST_BYTES = 1 << 20;

    private byte[] current = {};
    private int used;

    Slice add(byte[] bytes) {
        if (bytes.length > LARGEST_BYTES / 2) {
            return Slice.of(bytes);
        }
        if (current.length - used < bytes.length) {
            int next = Math.min(LARGEST_BYTES, Math.max(FIRST_BYTES, 2 * current.length));
            current = new byte[Math.max(next, bytes.length)];
            used = 0;
        }
        System.arraycopy(bytes, 0, current, used, bytes.length);
        Slice slice = new Slice(current, used, bytes.length);
        used += bytes.length;
        return slice;
    }
}
