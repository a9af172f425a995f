/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import java.nio.ByteBuffer;

/** A range of bytes in an array; they do not change. */
public record EncodedRow(byte[] array, int from, int length) {
    public static EncodedRow of(byte[] whole) {
        return new EncodedRow(whole, 0, whole.length);
    }

    /** A buffer for reading; its positions are those of the array. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array, from, length);
    }
}
