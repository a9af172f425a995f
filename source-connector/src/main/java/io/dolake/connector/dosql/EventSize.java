/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.TableId;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;

/**
 * Refuses rows whose event would be too large for Kafka. A producer that gets too large a record fails the task, with
 * all of its databases; here the table is still known. The size is that of the values as JSON, the longest form that
 * converters produce: the size of the record, with its schemas, is known only when it is written.
 */
final class EventSize {
    /** Maximum sizes in JSON: six bytes for a character, which is one unit of UTF-16. */
    private static final int MAX_BYTES_OF_CHAR = 6;
    /** Numbers, names and punctuation around a value. */
    private static final int OTHER_BYTES = 24;

    private EventSize() {}

    /** @param images rows as they are sent, each null if there is none */
    static void check(TableId table, long maxBytes, Object[]... images) {
        if (mostBytes(images) <= maxBytes) {
            return;
        }
        long bytes = 0;
        for (Object[] image : images) {
            bytes += bytes(image);
        }
        if (bytes > maxBytes) {
            throw new DoLakeException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "Cannot carry table " + table + ": a change of a row has " + bytes
                                    + " bytes, more than the " + maxBytes + " of " + RunSettings.MAX_EVENT_BYTES.name())
                    .withHint("Make the row smaller; or raise producer.override.max.request.size, the topic's"
                            + " max.message.bytes and " + RunSettings.MAX_EVENT_BYTES.name()
                            + ", where the latter is set");
        }
    }

    /** An upper bound that is cheap to compute for each value. */
    private static long mostBytes(Object[]... images) {
        long most = 0;
        for (Object[] image : images) {
            for (int i = 0; image != null && i < image.length; i++) {
                most += image[i] instanceof String text
                        ? (long) text.length() * MAX_BYTES_OF_CHAR
                        : image[i] instanceof byte[] blob ? blob.length * 2L : 0;
                most += OTHER_BYTES;
            }
        }
        return most;
    }

    private static long bytes(Object[] image) {
        long bytes = 0;
        for (int i = 0; image != null && i < image.length; i++) {
            bytes += image[i] instanceof String text
                    ? bytes(text)
                    : image[i] instanceof byte[] blob ? (blob.length + 2L) / 3 * 4 : 0;
            bytes += OTHER_BYTES;
        }
        return bytes;
    }

    private static long bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x80) {
                bytes += c == '"' || c == '\\' ? 2 : 1;
            } else if (c < 0x20) {
                bytes += MAX_BYTES_OF_CHAR;
            } else {
                // Half of a pair accounts for two of the four bytes of the whole.
                bytes += c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            }
        }
        return bytes;
    }
}
