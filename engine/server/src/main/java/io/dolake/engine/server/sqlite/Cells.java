/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.RawText;
import io.dolake.schemas.TextEncoding;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.core.Codes;
import org.sqlite.core.DB;

/**
 * Reads the values of a row and counts their size before they are on the heap. The driver alone would copy a value
 * first.
 */
public final class Cells {
    private static final int VALUE_BYTES = 8;
    /** Most bytes that one character takes in JSON: a control character is written as six. */
    private static final int ESCAPED_BYTES = 6;

    /**
     * Held while a blob is copied. The driver does not report the size of a blob beforehand, so at most one uncounted
     * blob is on the heap at a time.
     */
    private static final ReentrantLock BLOB = new ReentrantLock();

    private Cells() {}

    /**
     * A value of a statement's current row: Long, Double, String, RawText, byte[] or null. In a UTF-16 database the
     * stored bytes are read, because SQLite's conversion to UTF-8 hides an unpaired surrogate.
     *
     * @param encoding of the database
     */
    public static Object read(DB database, long statement, int column, TextEncoding encoding, Memory.Lease memory)
            throws SQLException {
        switch (database.column_type(statement, column)) {
            case Codes.SQLITE_INTEGER:
                memory.take(VALUE_BYTES);
                return database.column_long(statement, column);
            case Codes.SQLITE_FLOAT:
                memory.take(VALUE_BYTES);
                return database.column_double(statement, column);
            case Codes.SQLITE_TEXT:
                return encoding == TextEncoding.UTF_8
                        ? text(copy(Driver.columnText(database, statement, column), memory), encoding, memory)
                        : text(blob(database, statement, column, memory), encoding, memory);
            case Codes.SQLITE_BLOB:
                return blob(database, statement, column, memory);
            default:
                memory.take(VALUE_BYTES);
                return null;
        }
    }

    private static byte[] copy(ByteBuffer view, Memory.Lease memory) {
        memory.take(VALUE_BYTES + (long) view.remaining());
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }

    private static Object text(byte[] bytes, TextEncoding encoding, Memory.Lease memory) {
        long escaped = 0;
        for (byte b : bytes) {
            if (b < ' ' && b >= 0) {
                escaped += ESCAPED_BYTES - 1;
            } else if (b == '"' || b == '\\') {
                escaped++;
            }
        }
        memory.take(escaped);
        Object text = RawText.of(bytes, 0, bytes.length, encoding);
        if (text instanceof RawText) {
            memory.take(bytes.length); // two digits for each byte
        }
        return text;
    }

    /** Reads a blob; in JSON each of its bytes is two digits. */
    private static byte[] blob(DB database, long statement, int column, Memory.Lease memory) throws SQLException {
        return copied(() -> database.column_blob(statement, column), 2, memory);
    }

    /** Copies a blob out of SQLite. */
    interface Copy {
        byte[] run() throws SQLException;
    }

    /** Copies a blob and counts several bytes of memory for each of its bytes; an empty array for an empty blob. */
    static byte[] copied(Copy copy, int counted, Memory.Lease memory) throws SQLException {
        BLOB.lock();
        try {
            byte[] bytes = copy.run();
            int length = bytes == null ? 0 : bytes.length;
            memory.take(VALUE_BYTES + (long) counted * length);
            return bytes == null ? new byte[0] : bytes;
        } finally {
            BLOB.unlock();
        }
    }
}
