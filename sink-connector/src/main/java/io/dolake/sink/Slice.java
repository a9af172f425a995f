/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.nio.ByteBuffer;

/** Some bytes of an array; they do not change. */
record Slice(byte[] array, int from, int length) {
    static Slice of(byte[] whole) {
        return new Slice(whole, 0, whole.length);
    }

    /** To read from; its positions are those of the array. */
    ByteBuffer buffer() {
        return ByteBuffer.wrap(array, from, length);
    }
}
