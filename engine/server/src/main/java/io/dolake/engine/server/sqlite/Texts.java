/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BooleanSupplier;

/**
 * Searches, replaces and trims as SQLite does, on the bytes of texts that need not be well-formed. It takes the same
 * steps as SQLite, so the results are the same and the speed is no better, but it counts each step, so that it can be
 * interrupted. All buffers begin at 0.
 */
final class Texts {
    private static final int LEAD_BYTE = 0xC0;
    private static final int REPLACEMENT = 0xFFFD;

    private Texts() {}

    /** Counts steps, and checks from time to time whether the statement must end. */
    static final class Work {
        private static final int STEPS_PER_LOOK = 1 << 20;

        private final BooleanSupplier interrupted;
        private int steps;

        Work(BooleanSupplier interrupted) {
            this.interrupted = interrupted;
        }

        /** @throws TextFunctions.Interrupt if the statement must end */
        void step() {
            steps++;
            if (steps >= STEPS_PER_LOOK) {
                steps = 0;
                if (interrupted.getAsBoolean()) {
                    throw new TextFunctions.Interrupt();
                }
            }
        }
    }

    private static boolean isAt(ByteBuffer text, int at, ByteBuffer part, int from, int length, Work work) {
        work.step();
        for (int i = 0; i < length; i++) {
            if (text.get(at + i) != part.get(from + i)) {
                return false;
            }
            work.step();
        }
        return true;
    }

    /** Whether the byte at an index continues a UTF-8 character; false past the end. */
    private static boolean goesOn(ByteBuffer text, int at) {
        return at < text.limit() && (text.get(at) & LEAD_BYTE) == 0x80;
    }

    /** The position of a part, from 1, in characters if it is text; 0 if it does not occur. */
    static int instr(ByteBuffer text, ByteBuffer part, boolean isText, Work work) {
        int length = part.limit();
        int number = 1;
        for (int at = 0; length <= text.limit() - at; number++) {
            if (isAt(text, at, part, 0, length, work)) {
                return number;
            }
            do {
                at++;
            } while (isText && goesOn(text, at));
        }
        return 0;
    }

    /** The number of characters before the first U+0000, plus one. */
    static int end(ByteBuffer text) {
        int number = 1;
        for (int at = 0; at < text.limit() && text.get(at) != 0; number++) {
            do {
                at++;
            } while (goesOn(text, at));
        }
        return number;
    }

    /** The number of occurrences of a non-empty part. */
    static long count(ByteBuffer text, ByteBuffer part, Work work) {
        long count = 0;
        for (int at = 0; at <= text.limit() - part.limit(); at++) {
            if (isAt(text, at, part, 0, part.limit(), work)) {
                count++;
                at += part.limit() - 1;
            }
        }
        return count;
    }

    /** Writes the text with every occurrence replaced into an array of the right length. */
    static void replace(ByteBuffer text, ByteBuffer part, ByteBuffer by, byte[] out, Work work) {
        ByteBuffer written = ByteBuffer.wrap(out);
        int at = 0;
        while (at <= text.limit() - part.limit()) {
            if (isAt(text, at, part, 0, part.limit(), work)) {
                written.put(by.duplicate());
                at += part.limit();
            } else {
                written.put(text.get(at));
                at++;
            }
        }
        written.put(text.slice(at, text.limit() - at));
    }

    /** The text up to the first U+0000, where SQLite stops reading. */
    static ByteBuffer upToNul(ByteBuffer text) {
        for (int i = 0; i < text.limit(); i++) {
            if (text.get(i) == 0) {
                return text.slice(0, i);
            }
        }
        return text;
    }

    /** End of the character that begins at an index. */
    private static int next(ByteBuffer text, int at) {
        int end = at + 1;
        if ((text.get(at) & LEAD_BYTE) == LEAD_BYTE) {
            while (goesOn(text, end)) {
                end++;
            }
        }
        return end;
    }

    static ByteBuffer trimLeft(ByteBuffer text, ByteBuffer characters, Work work) {
        int from = 0;
        int length = 1;
        while (from < text.limit() && length > 0) {
            length = 0;
            for (int i = 0, end; i < characters.limit() && length == 0; i = end) {
                end = next(characters, i);
                if (end - i <= text.limit() - from && isAt(text, from, characters, i, end - i, work)) {
                    length = end - i;
                }
            }
            from += length;
        }
        return text.slice(from, text.limit() - from);
    }

    static ByteBuffer trimRight(ByteBuffer text, ByteBuffer characters, Work work) {
        int to = text.limit();
        int length = 1;
        while (to > 0 && length > 0) {
            length = 0;
            for (int i = 0, end; i < characters.limit() && length == 0; i = end) {
                end = next(characters, i);
                if (end - i <= to && isAt(text, to - (end - i), characters, i, end - i, work)) {
                    length = end - i;
                }
            }
            to -= length;
        }
        return text.slice(0, to);
    }

    /** Decodes hexadecimal digits; -1 if there is another character that is not to be ignored. */
    static int unhex(ByteBuffer digits, ByteBuffer ignored, byte[] out, Work work) {
        int count = 0;
        int at = 0;
        while (at < digits.limit()) {
            int high = digit(digits, at);
            if (high < 0) {
                int end = next(digits, at);
                if (!contains(ignored, codePoint(digits, at, end), work)) {
                    return -1;
                }
                at = end;
                continue;
            }
            int low = at + 1 < digits.limit() ? digit(digits, at + 1) : -1;
            if (low < 0) {
                return -1;
            }
            out[count] = (byte) (high << 4 | low);
            count++;
            at += 2;
            work.step();
        }
        return count;
    }

    private static int digit(ByteBuffer text, int at) {
        byte b = text.get(at);
        return b < 0 ? -1 : Character.digit(b, 16);
    }

    private static boolean contains(ByteBuffer characters, int codePoint, Work work) {
        for (int i = 0, end; i < characters.limit(); i = end) {
            work.step();
            end = next(characters, i);
            if (codePoint(characters, i, end) == codePoint) {
                return true;
            }
        }
        return false;
    }

    /**
     * The code point of a UTF-8 character as SQLite decodes it: with any number of continuation bytes, and the
     * replacement character for a value that is not a character.
     */
    private static int codePoint(ByteBuffer text, int at, int end) {
        int first = text.get(at) & 0xFF;
        if (first < LEAD_BYTE) {
            return first;
        }
        int bits = first < 0xE0 ? 0x1F : first < 0xF0 ? 0x0F : first < 0xF8 ? 0x07 : first < 0xFC ? 0x03 : 0x01;
        int codePoint = first >= 0xFE ? 0 : first & bits;
        for (int i = at + 1; i < end; i++) {
            codePoint = codePoint << 6 | text.get(i) & 0x3F;
        }
        boolean isNone = Integer.compareUnsigned(codePoint, 0x80) < 0 || (codePoint & 0xFFFFF800) == 0xD800;
        return isNone ? REPLACEMENT : codePoint;
    }

    static int maxUtf8Bytes(ByteBuffer utf16) {
        return utf16.limit() / 2 * 3;
    }

    /** Decodes UTF-16 as SQLite does: any two surrogates are a pair, and a single one at the end is a character. */
    static ByteBuffer utf8(ByteBuffer utf16, boolean isLittle) {
        ByteBuffer in = utf16.slice().order(isLittle ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        ByteBuffer out = ByteBuffer.allocate(maxUtf8Bytes(in));
        while (in.remaining() > 1) {
            int c = in.getChar();
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE && in.remaining() > 1) {
                c = 0x10000 + ((c & 0x3FF) << 10) + (in.getChar() & 0x3FF);
            }
            if (c < 0x80) {
                out.put((byte) c);
            } else if (c < 0x800) {
                out.put((byte) (0xC0 | c >> 6));
            } else if (c < 0x10000) {
                out.put((byte) (0xE0 | c >> 12)).put((byte) (0x80 | c >> 6 & 0x3F));
            } else {
                out.put((byte) (0xF0 | c >> 18))
                        .put((byte) (0x80 | c >> 12 & 0x3F))
                        .put((byte) (0x80 | c >> 6 & 0x3F));
            }
            if (c >= 0x80) {
                out.put((byte) (0x80 | c & 0x3F));
            }
        }
        return out.flip().slice();
    }
}
