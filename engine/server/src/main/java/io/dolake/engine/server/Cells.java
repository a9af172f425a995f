/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.RawText;
import io.dolake.schemas.TextEncoding;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.core.Codes;
import org.sqlite.core.DB;

/**
 * Reads the values of a row so that their size is known before they are on the heap. The driver would copy a value first.
 */
final class Cells {
    private static final int VALUE_BYTES = 8;
    /** One character of JSON may take so many: a control character is written as six. */
    private static final int ESCAPED_BYTES = 6;

    /** The driver's own view of a text, on SQLite's memory; it shows only the copy to others. */
    private static final MethodHandle TEXT = textHandle();

    /** Held while a blob is copied, whose size the driver does not tell: one that is too large is there alone. */
    private static final ReentrantLock BLOB = new ReentrantLock();

    private Cells() {}

    private static MethodHandle textHandle() {
        try {
            Class<?> type = Class.forName("org.sqlite.core.NativeDB");
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .findVirtual(
                            type, "column_text_utf8", MethodType.methodType(ByteBuffer.class, long.class, int.class))
                    .asType(MethodType.methodType(ByteBuffer.class, DB.class, long.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "Cannot use this version of the SQLite driver: it reads texts otherwise", e);
        }
    }

    /**
     * A value of the row that a statement stands on: Long, Double, String, RawText, byte[] or null. Of UTF-16 the driver is
     * given what SQLite makes of it, which shows no trace of a half surrogate pair: there the stored bytes are read.
     *
     * @param encoding of the database
     */
    static Object read(DB database, long statement, int column, TextEncoding encoding, Memory.Lease memory)
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
                        ? text(copy(view(database, statement, column), memory), encoding, memory)
                        : text(blob(database, statement, column, memory), encoding, memory);
            case Codes.SQLITE_BLOB:
                return blob(database, statement, column, memory);
            default:
                memory.take(VALUE_BYTES);
                return null;
        }
    }

    private static ByteBuffer view(DB database, long statement, int column) throws SQLException {
        try {
            ByteBuffer view = (ByteBuffer) TEXT.invokeExact(database, statement, column);
            if (view == null) {
                throw new SQLException("out of memory");
            }
            return view;
        } catch (SQLException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
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

    /** In JSON each byte is two digits. */
    private static byte[] blob(DB database, long statement, int column, Memory.Lease memory) throws SQLException {
        BLOB.lock();
        try {
            byte[] bytes = database.column_blob(statement, column);
            int length = bytes == null ? 0 : bytes.length;
            memory.take(VALUE_BYTES + 2L * length);
            return bytes == null ? new byte[0] : bytes;
        } finally {
            BLOB.unlock();
        }
    }
}
