/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A position in a JSON text. It reads the form that JsonConverter writes, without white space, and accepts nothing that
 * JSON does not allow; anything else is {@link UnexpectedJson}.
 */
final class PayloadCursor {
    /**
     * Jackson's limit, which JsonConverter applies: longer input is left to it to refuse. Its limit for texts is not
     * applied: a message has its own.
     */
    private static final int MAX_NUMBER_BYTES = 1_000;

    /**
     * Digits of a long; any number of that many digits fits an unsigned long, so an overflow shows as a negative value.
     */
    private static final int LONG_DIGITS = 19;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** One in each byte. */
    private static final long ONES = 0x0101010101010101L;

    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    /** Number of Base64 digits that fit a long. */
    private static final int LONG_BASE64_DIGITS = 10;

    private static final byte[] BASE64_DIGITS = base64Digits();

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] text;
    private final int end;
    private int at;

    /** @param end where the value has to end, before the end of the text */
    PayloadCursor(byte[] text, int from, int end) {
        this.text = text;
        this.at = from;
        this.end = end;
    }

    boolean isAtEnd() {
        return at == end;
    }

    /** Skips this if it comes next; returns whether it did. */
    boolean take(char character) {
        if (at < end && text[at] == character) {
            at++;
            return true;
        }
        return false;
    }

    boolean take(byte[] bytes) {
        if (end - at >= bytes.length && Arrays.equals(text, at, at + bytes.length, bytes, 0, bytes.length)) {
            at += bytes.length;
            return true;
        }
        return false;
    }

    void require(char character) throws UnexpectedJson {
        if (!take(character)) {
            throw UnexpectedJson.INSTANCE;
        }
    }

    boolean takeNull() {
        return at < end && text[at] == 'n' && take(NULL);
    }

    boolean readBoolean() throws UnexpectedJson {
        if (take(TRUE)) {
            return true;
        }
        if (take(FALSE)) {
            return false;
        }
        throw UnexpectedJson.INSTANCE;
    }

    int readInt() throws UnexpectedJson {
        return readInt(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    int readInt(int first, int last) throws UnexpectedJson {
        long value = readLong();
        if (value < first || value > last) {
            throw UnexpectedJson.INSTANCE;
        }
        return (int) value;
    }

    long readLong() throws UnexpectedJson {
        boolean isNegative = take('-');
        int first = at;
        int next = first;
        long value = 0;
        while (next < end && isDigit(text[next])) {
            value = value * 10 + (text[next] - '0');
            next++;
        }
        at = next;
        int digits = next - first;
        boolean isWhole = digits > 0
                && digits <= LONG_DIGITS
                && value >= 0
                && (text[first] != '0' || digits == 1)
                && !isFraction();
        if (!isWhole) {
            throw UnexpectedJson.INSTANCE;
        }
        return isNegative ? -value : value;
    }

    private static boolean isDigit(byte character) {
        return character >= '0' && character <= '9';
    }

    private boolean isFraction() {
        return at < end && (text[at] == '.' || text[at] == 'e' || text[at] == 'E');
    }

    boolean isAtNumber() {
        return at < end && (text[at] == '-' || isDigit(text[at]));
    }

    /** A number with a fraction or an exponent, as it is written. */
    String readFraction() throws UnexpectedJson {
        int first = at;
        String number = readNumber();
        boolean isWhole = true;
        for (int i = first; i < at; i++) {
            isWhole &= isDigit(text[i]) || text[i] == '-' && i == first;
        }
        if (isWhole) {
            throw UnexpectedJson.INSTANCE;
        }
        return number;
    }

    BigDecimal readDecimal() throws UnexpectedJson {
        return new BigDecimal(readNumber());
    }

    private String readNumber() throws UnexpectedJson {
        int first = at;
        take('-');
        int whole = at;
        boolean isNumber = skipDigits() > 0 && (text[whole] != '0' || at - whole == 1);
        if (isNumber && take('.')) {
            isNumber = skipDigits() > 0;
        }
        if (isNumber && (take('e') || take('E'))) {
            if (!take('+')) {
                take('-');
            }
            isNumber = skipDigits() > 0;
        }
        if (!isNumber || at - first > MAX_NUMBER_BYTES) {
            throw UnexpectedJson.INSTANCE;
        }
        return new String(text, first, at - first, StandardCharsets.ISO_8859_1);
    }

    private int skipDigits() {
        int first = at;
        while (at < end && isDigit(text[at])) {
            at++;
        }
        return at - first;
    }

    String readText() throws UnexpectedJson {
        require('"');
        int first = at;
        int next = afterPlainWords(first);
        int all = 0;
        while (next < end && text[next] != '"' && text[next] != '\\') {
            // Negative beyond ASCII, below 0x20 what must be escaped.
            all |= text[next] < ' ' ? text[next] < 0 ? 1 : 2 : 0;
            next++;
        }
        at = next;
        if (at == end || (all & 2) != 0) {
            throw UnexpectedJson.INSTANCE;
        }
        if (text[at] == '\\') {
            return readEscaped(first);
        }
        String value = plain(first, all != 0);
        at++;
        return value;
    }

    /**
     * Skips eight characters at a time while each stands for itself: ASCII, no quote, no backslash, nothing below 0x20.
     */
    private int afterPlainWords(int first) {
        int next = first;
        while (end - next >= Long.BYTES) {
            long word = (long) WORD.get(text, next);
            if (((word | below(word, ' ') | zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES)) & HIGH_BITS) != 0) {
                break;
            }
            next += Long.BYTES;
        }
        return next;
    }

    /**
     * Sets the high bit of the first byte that is less than an ASCII character, and perhaps of bytes above it; no bit
     * if no byte is less.
     */
    private static long below(long word, char character) {
        return word - ONES * character & ~word;
    }

    private static long zeros(long word) {
        return below(word, (char) 1);
    }

    private String plain(int first, boolean isBeyondAscii) throws UnexpectedJson {
        if (!isBeyondAscii) {
            return new String(text, first, at - first, StandardCharsets.ISO_8859_1);
        }
        String value = new String(text, first, at - first, StandardCharsets.UTF_8);
        if (value.indexOf(REPLACEMENT) >= 0) {
            // Most likely not UTF-8.
            throw UnexpectedJson.INSTANCE;
        }
        return value;
    }

    /** The text that begins at {@code first}, with an escape at the cursor. */
    private String readEscaped(int first) throws UnexpectedJson {
        StringBuilder value = new StringBuilder(plain(first, true));
        while (!take('"')) {
            if (take('\\')) {
                appendEscape(value);
            } else {
                int from = at;
                while (at < end && text[at] != '"' && text[at] != '\\' && (text[at] >= ' ' || text[at] < 0)) {
                    at++;
                }
                if (at == from) {
                    throw UnexpectedJson.INSTANCE;
                }
                value.append(plain(from, true));
            }
        }
        return value.toString();
    }

    /** Unpaired surrogates are left to Jackson. */
    private void appendEscape(StringBuilder value) throws UnexpectedJson {
        char first = readEscape();
        value.append(first);
        if (Character.isHighSurrogate(first)) {
            require('\\');
            char second = readEscape();
            value.append(second);
            if (!Character.isLowSurrogate(second)) {
                throw UnexpectedJson.INSTANCE;
            }
        } else if (Character.isLowSurrogate(first)) {
            throw UnexpectedJson.INSTANCE;
        }
    }

    private char readEscape() throws UnexpectedJson {
        if (at == end) {
            throw UnexpectedJson.INSTANCE;
        }
        byte escaped = text[at++];
        return switch (escaped) {
            case '"', '\\', '/' -> (char) escaped;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> readHex();
            default -> throw UnexpectedJson.INSTANCE;
        };
    }

    private char readHex() throws UnexpectedJson {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < end ? Character.digit(text[at++], 16) : -1;
            if (digit < 0) {
                throw UnexpectedJson.INSTANCE;
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    /**
     * A decimal whose unscaled value is big-endian in Base64, with padding.
     *
     * @param scale digits behind the point
     */
    BigDecimal readDecimal(int scale) throws UnexpectedJson {
        int first = at;
        require('"');
        int digits = 0;
        long value = 0;
        while (at < end && digits < LONG_BASE64_DIGITS && BASE64_DIGITS[text[at] & 0xFF] >= 0) {
            value = value << 6 | BASE64_DIGITS[text[at++] & 0xFF];
            digits++;
        }
        int padding = take('=') ? take('=') ? 2 : 1 : 0;
        int bytes = digits * 6 / Byte.SIZE;
        boolean isShort = (digits + padding) % 4 == 0 && bytes > 0 && take('"');
        if (isShort) {
            int free = Long.SIZE - bytes * Byte.SIZE;
            return BigDecimal.valueOf(value >>> digits * 6 % Byte.SIZE << free >> free, scale);
        }
        at = first;
        byte[] unscaled = readBytes();
        if (unscaled.length == 0) {
            throw UnexpectedJson.INSTANCE;
        }
        return new BigDecimal(new BigInteger(unscaled), scale);
    }

    /** The value of each digit, -1 of all other bytes. */
    private static byte[] base64Digits() {
        byte[] values = new byte[1 << Byte.SIZE];
        Arrays.fill(values, (byte) -1);
        String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < digits.length(); i++) {
            values[digits.charAt(i)] = (byte) i;
        }
        return values;
    }

    /** Bytes in Base64 with padding. */
    byte[] readBytes() throws UnexpectedJson {
        require('"');
        int first = at;
        while (at < end && text[at] != '"') {
            at++;
        }
        if (at == end || (at - first) % 4 != 0) {
            throw UnexpectedJson.INSTANCE;
        }
        try {
            return Base64.getDecoder().decode(Arrays.copyOfRange(text, first, at++));
        } catch (IllegalArgumentException e) {
            throw UnexpectedJson.INSTANCE;
        }
    }
}
