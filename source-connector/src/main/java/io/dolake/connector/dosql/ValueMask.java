/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.RawText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The replacement of a stored value. It is applied to the value as SQLite stores it, whatever the column declares:
 * SQLite types values, not columns.
 */
@FunctionalInterface
interface ValueMask {
    ValueMask NONE = value -> value;

    /** @param value Long, Double, String, RawText, byte[] or null */
    Object apply(Object value);

    /** Always the same text, also for NULL. */
    static ValueMask stars(int length) {
        String stars = "*".repeat(length);
        return value -> stars;
    }

    /**
     * Truncates text and blobs to a length, in characters and bytes; a character outside the BMP is never cut in two.
     * Other values stay whole.
     */
    static Object cut(Object value, int length) {
        if (value instanceof String text) {
            return cut(text, length);
        }
        if (value instanceof byte[] bytes && bytes.length > length) {
            return Arrays.copyOf(bytes, length);
        }
        if (value instanceof RawText text && text.bytes().length > length) {
            return new RawText(Arrays.copyOf(text.bytes(), length));
        }
        return value;
    }

    private static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        boolean splits = length > 0
                && Character.isHighSurrogate(text.charAt(length - 1))
                && Character.isLowSurrogate(text.charAt(length));
        return text.substring(0, splits ? length - 1 : length);
    }

    /**
     * The salted hash as hexadecimal digits; NULL stays NULL. Different values have different hashes: in version 1 of
     * Debezium's serialized form, in version 2 of the text itself, so that others can compute them.
     *
     * @throws IllegalArgumentException if there is no such algorithm
     */
    static ValueMask hash(String algorithm, String salt, boolean version2) {
        digest(algorithm);
        byte[] salted = salt.getBytes(StandardCharsets.UTF_8);
        return value -> {
            if (value == null) {
                return null;
            }
            MessageDigest digest = digest(algorithm);
            digest.update(salted);
            byte[] bytes = version2 ? plain(value) : serialized(value);
            return HexFormat.of().formatHex(digest.digest(bytes));
        };
    }

    /** Eight hexadecimal digits that differ for different salts, except for one pair in four billion. */
    static String fingerprint(String salt) {
        byte[] digest = digest("SHA-256").digest(("salt\0" + salt).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 4);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("there is no hash algorithm " + algorithm, e);
        }
    }

    /**
     * A leading NUL for values that are not text, and for text that starts with one, keeps 1, '1' and x'31' distinct.
     */
    private static byte[] plain(Object value) {
        boolean asItIs = value instanceof String text && !text.startsWith("\0");
        String form = value instanceof String text ? text : SqlLiteral.render(value);
        return (asItIs ? form : "\0" + form).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] serialized(Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value instanceof RawText text ? SqlLiteral.render(text) : value);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot hash a value", e);
        }
        return bytes.toByteArray();
    }
}
