/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A TEXT value that is not well-formed in the encoding of its database. A String cannot hold it: the replacement
 * character of a decoder could stand for many different texts.
 *
 * @param bytes as stored, in the encoding of the database: what {@code CAST(value AS BLOB)} gives
 */
public record RawText(byte[] bytes) {

    /** The text of these bytes: a String if that represents it exactly, else a RawText. */
    public static Object of(byte[] array, int offset, int length, TextEncoding encoding) {
        String text = new String(array, offset, length, encoding.charset());
        // A decoder puts this character in place of invalid bytes, and hardly any text contains it otherwise.
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        byte[] again = text.getBytes(encoding.charset());
        return Arrays.equals(again, 0, again.length, array, offset, offset + length)
                ? text
                : new RawText(Arrays.copyOfRange(array, offset, offset + length));
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawText that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Only the size: values must not appear in messages. */
    @Override
    public String toString() {
        return "text of " + bytes.length + " bytes that is not well-formed";
    }
}
