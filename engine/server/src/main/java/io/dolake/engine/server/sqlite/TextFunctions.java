/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.TextEncoding;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.sqlite.Function;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.Codes;
import org.sqlite.core.DB;

/**
 * Replacements for those SQLite text functions whose time grows with the product of two lengths. They give the same
 * results as SQLite's, and unlike those they end when the statement is interrupted. They are {@code instr},
 * {@code replace}, and the two-argument forms of {@code trim}, {@code ltrim}, {@code rtrim} and {@code unhex}. A call
 * with a short text costs half a microsecond more.
 */
public final class TextFunctions {
    /** SQLite's flags for a function that is deterministic and allowed in untrusted schemas. */
    private static final int PURE = Function.FLAG_DETERMINISTIC | 0x200000;

    private final DB database;
    private final int maxBytes;
    private final BooleanSupplier interrupted;
    private final Supplier<TextEncoding> encoding;
    private final Memory memory;
    private DoLakeException refusal;

    private TextFunctions(
            SQLiteConnection connection,
            int maxBytes,
            BooleanSupplier interrupted,
            Supplier<TextEncoding> encoding,
            Memory memory) {
        this.database = connection.getDatabase();
        this.maxBytes = maxBytes;
        this.interrupted = interrupted;
        this.encoding = encoding;
        this.memory = memory;
    }

    /**
     * Installs the functions on a connection.
     *
     * @param interrupted whether the running statement must end
     * @param encoding of the database; called while a statement runs
     */
    public static TextFunctions register(
            SQLiteConnection connection,
            int maxBytes,
            BooleanSupplier interrupted,
            Supplier<TextEncoding> encoding,
            Memory memory)
            throws SQLException {
        TextFunctions functions = new TextFunctions(connection, maxBytes, interrupted, encoding, memory);
        Function.create(connection, "instr", functions.new Instr(), 2, PURE);
        Function.create(connection, "replace", functions.new Replace(), 3, PURE);
        Function.create(connection, "ltrim", functions.new Trim(true, false), 2, PURE);
        Function.create(connection, "rtrim", functions.new Trim(false, true), 2, PURE);
        Function.create(connection, "trim", functions.new Trim(true, true), 2, PURE);
        Function.create(connection, "unhex", functions.new Unhex(), 2, PURE);
        return functions;
    }

    /**
     * The error of a function that ended the last statement for lack of memory; null if none did. The call clears it.
     */
    public DoLakeException refusal() {
        DoLakeException last = refusal;
        refusal = null;
        return last;
    }

    /**
     * The base of these functions. The driver keeps arguments and result in the object, which is safe because a
     * connection runs on one thread at a time.
     */
    private abstract class Text extends Function {
        @Override
        protected final void xFunc() throws SQLException {
            try (Memory.Lease lease = memory.lease()) {
                run(lease);
            } catch (DoLakeException e) {
                refusal = e;
                error(e.getMessage());
            } catch (Interrupt e) {
                error(Interrupt.MESSAGE);
            }
        }

        abstract void run(Memory.Lease lease) throws SQLException;

        final int type(int argument) throws SQLException {
            return value_type(argument);
        }

        final boolean isNull(int argument) throws SQLException {
            return type(argument) == Codes.SQLITE_NULL;
        }

        final ByteBuffer text(int argument) throws SQLException {
            return Driver.valueText(database, this, argument);
        }

        final ByteBuffer raw(int argument, Memory.Lease lease) throws SQLException {
            return ByteBuffer.wrap(Cells.copied(() -> value_blob(argument), 1, lease));
        }

        final Texts.Work work() {
            return new Texts.Work(interrupted);
        }

        /**
         * An array for the result; null if it would exceed the largest value, in which case the function has failed
         * with that error.
         */
        final byte[] room(long bytes, Memory.Lease lease) throws SQLException {
            if (bytes > maxBytes) {
                error(SqlErrors.TOO_BIG);
                return null;
            }
            lease.take(bytes);
            return new byte[(int) bytes];
        }

        final void result(ByteBuffer text, Memory.Lease lease) throws SQLException {
            byte[] bytes = room(text.remaining(), lease);
            if (bytes != null) {
                text.duplicate().get(bytes);
                Driver.resultText(database, this, bytes);
            }
        }
    }

    /** The statement was interrupted. */
    static final class Interrupt extends RuntimeException {
        static final String MESSAGE = "interrupted";
        private static final long serialVersionUID = 1;

        Interrupt() {
            super(MESSAGE, null, false, false);
        }
    }

    private final class Instr extends Text {
        @Override
        void run(Memory.Lease lease) throws SQLException {
            if (isNull(0) || isNull(1)) {
                result();
                return;
            }
            boolean isBlob = type(0) == Codes.SQLITE_BLOB && type(1) == Codes.SQLITE_BLOB;
            ByteBuffer text = isBlob ? raw(0, lease) : bytes(0, lease);
            ByteBuffer part = isBlob ? raw(1, lease) : bytes(1, lease);
            // A single byte is not a character in UTF-16, and SQLite then looks for the end of the text.
            boolean isHalf = !part.hasRemaining() && raw(1, lease).hasRemaining();
            result(isHalf ? Texts.end(text) : Texts.instr(text, part, !isBlob, work()));
        }

        /** The argument as text. A blob is converted as SQLite would, but without changing the argument itself. */
        private ByteBuffer bytes(int argument, Memory.Lease lease) throws SQLException {
            if (type(argument) != Codes.SQLITE_BLOB) {
                return text(argument);
            }
            ByteBuffer raw = raw(argument, lease);
            if (encoding.get() == TextEncoding.UTF_8) {
                return raw;
            }
            lease.take(Texts.maxUtf8Bytes(raw));
            return Texts.utf8(raw, encoding.get() == TextEncoding.UTF_16LE);
        }
    }

    private final class Replace extends Text {
        @Override
        void run(Memory.Lease lease) throws SQLException {
            if (isNull(0) || isNull(1)) {
                result();
                return;
            }
            ByteBuffer text = text(0);
            ByteBuffer pattern = text(1);
            if (!pattern.hasRemaining() || pattern.get(0) == 0) {
                result(text, lease);
                return;
            }
            if (isNull(2)) {
                result();
                return;
            }
            ByteBuffer by = text(2);
            long found = Texts.count(text, pattern, work());
            byte[] out = room(text.remaining() + found * ((long) by.remaining() - pattern.remaining()), lease);
            if (out != null) {
                Texts.replace(text, pattern, by, out, work());
                Driver.resultText(database, this, out);
            }
        }
    }

    private final class Trim extends Text {
        private final boolean left;
        private final boolean right;

        Trim(boolean left, boolean right) {
            this.left = left;
            this.right = right;
        }

        @Override
        void run(Memory.Lease lease) throws SQLException {
            if (isNull(0) || isNull(1)) {
                result();
                return;
            }
            ByteBuffer rest = text(0);
            ByteBuffer characters = Texts.upToNul(text(1));
            if (left) {
                rest = Texts.trimLeft(rest, characters, work());
            }
            if (right) {
                rest = Texts.trimRight(rest, characters, work());
            }
            result(rest, lease);
        }
    }

    private final class Unhex extends Text {
        @Override
        void run(Memory.Lease lease) throws SQLException {
            if (isNull(0) || isNull(1)) {
                result();
                return;
            }
            ByteBuffer digits = Texts.upToNul(text(0));
            ByteBuffer ignored = text(1);
            byte[] out = room(digits.remaining() / 2, lease);
            if (out == null) {
                return;
            }
            int length = Texts.unhex(digits, ignored, out, work());
            if (length < 0) {
                result();
            } else {
                result(java.util.Arrays.copyOf(out, length));
            }
        }
    }
}
