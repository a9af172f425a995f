/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.nio.charset.Charset;
import java.util.Arrays;

/** A run of bytes inside a larger array. Mutable, so that hot loops can reuse one; the array is never copied. */
public final class ByteSlice {
    private static final byte[] NONE = {};

    private byte[] array = NONE;
    private int offset;
    private int length;

    public ByteSlice() {}

    public ByteSlice(byte[] array) {
        set(array, 0, array.length);
    }

    public ByteSlice(byte[] array, int offset, int length) {
        set(array, offset, length);
    }

    /** Points this slice at other bytes. */
    public ByteSlice set(byte[] newArray, int newOffset, int newLength) {
        if (newOffset < 0 || newLength < 0 || newOffset > newArray.length - newLength) {
            throw new IndexOutOfBoundsException(
                    "Cannot slice " + newLength + " bytes at " + newOffset + " of an array of " + newArray.length);
        }
        // Rows of one page lie in one array; storing the same reference again costs more than looking (GC barrier).
        if (array != newArray) {
            array = newArray;
        }
        offset = newOffset;
        length = newLength;
        return this;
    }

    public byte[] array() {
        return array;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** The bytes, copied. */
    public byte[] toBytes() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    public String toString(Charset charset) {
        return new String(array, offset, length, charset);
    }

    public boolean contentEquals(ByteSlice other) {
        return Arrays.equals(array, offset, offset + length, other.array, other.offset, other.offset + other.length);
    }
}
