/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** JSON text as bytes, in exactly the form in which Jackson writes it. Grows as needed. Not thread-safe. */
final class JsonBuffer {
    private static final int FIRST_BYTES = 4 << 10;
    /** A longer text than this is not kept as room for the next one. */
    private static final int KEPT_BYTES = 1 << 20;
    /** Digits of the smallest long, and its sign. */
    private static final int LONG_BYTES = 20;

    /** 10 to the power of the index. */
    private static final long[] POWERS = powers();
    /** Both digits of the numbers below 100. */
    private static final byte[] TENS = new byte[100];

    private static final byte[] ONES = new byte[100];

    static {
        for (int i = 0; i < 100; i++) {
            TENS[i] = (byte) ('0' + i / 10);
            ONES[i] = (byte) ('0' + i % 10);
        }
    }

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    /** For each ASCII character: 0 as it is, 'u' by its number, or what follows the backslash. */
    private static final byte[] ESCAPES = escapes();

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    void clear() {
        length = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    void add(char ascii) {
        require(1);
        bytes[length++] = (byte) ascii;
    }

    void add(byte[] text) {
        require(text.length);
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
    }

    /** Text that needs no escapes. */
    @SuppressWarnings("deprecation") // the one copy of ASCII characters without an array between
    void addAscii(String text) {
        int count = text.length();
        require(count);
        text.getBytes(0, count, bytes, length);
        length += count;
    }

    void addLong(long value) {
        require(LONG_BYTES);
        if (value == Long.MIN_VALUE) {
            addAscii(Long.toString(value));
            return;
        }
        long rest = value;
        if (rest < 0) {
            bytes[length++] = '-';
            rest = -rest;
        }
        length += digits(rest);
        int at = length;
        while (rest >= 100) {
            long hundredth = rest / 100;
            int pair = (int) (rest - hundredth * 100);
            bytes[--at] = ONES[pair];
            bytes[--at] = TENS[pair];
            rest = hundredth;
        }
        bytes[--at] = ONES[(int) rest];
        if (rest >= 10) {
            bytes[--at] = TENS[(int) rest];
        }
    }

    /** Of a number that is not negative: from its bits, of which ten are about three digits. */
    private static int digits(long value) {
        int least = (Long.SIZE - Long.numberOfLeadingZeros(value)) * 1_233 >> 12;
        return value >= POWERS[least] ? least + 1 : Math.max(1, least);
    }

    void addBase64(byte[] value) {
        add('"');
        add(Base64.getEncoder().encode(value));
        add('"');
    }

    /** Quoted; throws {@link UnexpectedJson} for half of a surrogate pair, which UTF-8 does not have. */
    void addText(String text) throws UnexpectedJson {
        add('"');
        int count = text.length();
        require(count);
        int at = 0;
        while (at < count) {
            char character = text.charAt(at);
            if (character >= ESCAPES.length || ESCAPES[character] != 0) {
                break;
            }
            bytes[length++] = (byte) character;
            at++;
        }
        if (at < count) {
            addOther(text, at);
        }
        add('"');
    }

    private void addOther(String text, int from) throws UnexpectedJson {
        for (int at = from; at < text.length(); at++) {
            char character = text.charAt(at);
            if (character < ESCAPES.length) {
                addAscii(character);
            } else if (Character.isSurrogate(character)) {
                at++;
                if (!Character.isHighSurrogate(character)
                        || at == text.length()
                        || !Character.isLowSurrogate(text.charAt(at))) {
                    throw UnexpectedJson.INSTANCE;
                }
                addEscaped(character);
                addEscaped(text.charAt(at));
            } else {
                addWide(character);
            }
        }
    }

    private void addAscii(char character) {
        byte escape = ESCAPES[character];
        if (escape == 0) {
            add(character);
        } else if (escape == 'u') {
            addAscii("\\u00");
            add((char) HEX[character >> 4]);
            add((char) HEX[character & 0xF]);
        } else {
            add('\\');
            add((char) escape);
        }
    }

    /** Jackson writes characters of two halves as the numbers of both. */
    private void addEscaped(char half) {
        addAscii("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            add((char) HEX[half >> shift & 0xF]);
        }
    }

    /** Beyond ASCII, and no half of a pair. */
    private void addWide(char character) {
        require(3);
        if (character < 0x800) {
            bytes[length++] = (byte) (0xC0 | character >> 6);
        } else {
            bytes[length++] = (byte) (0xE0 | character >> 12);
            bytes[length++] = (byte) (0x80 | character >> 6 & 0x3F);
        }
        bytes[length++] = (byte) (0x80 | character & 0x3F);
    }

    private void require(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), (int)
                    Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
        }
    }

    private static long[] powers() {
        long[] powers = new long[19];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }

    private static byte[] escapes() {
        byte[] escapes = new byte[0x80];
        Arrays.fill(escapes, 0, ' ', (byte) 'u');
        escapes['\b'] = 'b';
        escapes['\t'] = 't';
        escapes['\n'] = 'n';
        escapes['\f'] = 'f';
        escapes['\r'] = 'r';
        escapes['"'] = '"';
        escapes['\\'] = '\\';
        return escapes;
    }
}
