/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

/**
 * The position of a row in its table, as one number: the number of its file in {@link LiveFiles} and its position in
 * the file.
 */
public final class RowPosition {
    private RowPosition() {}

    public static long pack(int file, int position) {
        return (long) file << 32 | position;
    }

    public static int file(long packed) {
        return (int) (packed >>> 32);
    }

    public static int position(long packed) {
        return (int) packed;
    }
}
