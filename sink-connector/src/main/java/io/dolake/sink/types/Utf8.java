/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import io.dolake.sink.config.TypeConfig.Inexact;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Texts as the lake stores them. Java's strings may contain unpaired surrogates, which JSON can send but UTF-8 cannot
 * encode.
 */
public final class Utf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long QUESTION_MARKS = 0x3F3F3F3F3F3F3F3FL;
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Throws {@link ValueFault} if the text cannot be encoded in UTF-8: two texts must not become the same. */
    public static byte[] bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // Java writes a question mark for what it cannot encode; texts without one need no second check.
        if (hasQuestionMark(bytes) && isBroken(text)) {
            throw ValueFault.inexact("the text has half of a surrogate pair, which UTF-8 does not have");
        }
        return bytes;
    }

    /** The text, or one with U+FFFD in place of each unpaired surrogate, as the setting says. */
    public static String checked(String text, Inexact inexact) {
        return isBroken(text)
                ? ValueFault.nearest(
                        inexact, "the text has half of a surrogate pair, which UTF-8 does not have", mended(text))
                : text;
    }

    private static boolean hasQuestionMark(byte[] bytes) {
        int i = 0;
        for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
            long different = (long) LONG.get(bytes, i) ^ QUESTION_MARKS;
            if (((different - LOW_BITS) & ~different & HIGH_BITS) != 0) {
                return true;
            }
        }
        for (; i < bytes.length; i++) {
            if (bytes[i] == '?') {
                return true;
            }
        }
        return false;
    }

    static boolean isBroken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }

    private static String mended(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> result.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
        return result.toString();
    }
}
