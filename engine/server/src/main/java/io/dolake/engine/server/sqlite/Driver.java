/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.sqlite.Function;
import org.sqlite.core.DB;

/**
 * Access to non-public methods of the SQLite driver, which give a text as SQLite's own bytes before they are copied.
 * Strings would not do, as they cannot hold every text.
 */
final class Driver {
    private static final MethodHandle COLUMN_TEXT;
    private static final MethodHandle VALUE_TEXT;
    private static final MethodHandle RESULT_TEXT;
    private static final VarHandle CONTEXT;

    static {
        try {
            Class<?> type = Class.forName("org.sqlite.core.NativeDB");
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            COLUMN_TEXT = lookup.findVirtual(
                            type, "column_text_utf8", MethodType.methodType(ByteBuffer.class, long.class, int.class))
                    .asType(MethodType.methodType(ByteBuffer.class, DB.class, long.class, int.class));
            VALUE_TEXT = lookup.findVirtual(
                            type, "value_text_utf8", MethodType.methodType(ByteBuffer.class, Function.class, int.class))
                    .asType(MethodType.methodType(ByteBuffer.class, DB.class, Function.class, int.class));
            RESULT_TEXT = lookup.findVirtual(
                            type, "result_text_utf8", MethodType.methodType(void.class, long.class, byte[].class))
                    .asType(MethodType.methodType(void.class, DB.class, long.class, byte[].class));
            CONTEXT = MethodHandles.privateLookupIn(Function.class, MethodHandles.lookup())
                    .findVarHandle(Function.class, "context", long.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "Cannot use this version of the SQLite driver: its methods for reading texts have changed", e);
        }
    }

    private Driver() {}

    /**
     * The text of a column of the current row, as a view of SQLite's memory that is valid until the statement moves on.
     */
    static ByteBuffer columnText(DB database, long statement, int column) throws SQLException {
        return call(() -> (ByteBuffer) COLUMN_TEXT.invokeExact(database, statement, column));
    }

    /**
     * The argument of a function as text, as a view of SQLite's memory that is valid until the function returns. The
     * argument must not be NULL.
     */
    static ByteBuffer valueText(DB database, Function function, int argument) throws SQLException {
        return call(() -> (ByteBuffer) VALUE_TEXT.invokeExact(database, function, argument));
    }

    /** Sets a text as the result of a function. */
    static void resultText(DB database, Function function, byte[] utf8) throws SQLException {
        long context = (long) CONTEXT.get(function);
        call(() -> {
            RESULT_TEXT.invokeExact(database, context, utf8);
            return utf8;
        });
    }

    /** A call of a method handle, which may throw anything. */
    private interface Call<T> {
        T run() throws Throwable;
    }

    private static <T> T call(Call<T> call) throws SQLException {
        try {
            T result = call.run();
            if (result == null) {
                throw new SQLException("out of memory");
            }
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
