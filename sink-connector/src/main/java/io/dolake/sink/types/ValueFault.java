/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.TypeConfig.Inexact;

/**
 * The reason why a value cannot be converted, without the value. Converters throw it; converters of structs, lists and
 * maps add the path within the value, and the code that knows the column turns it into an error.
 */
public final class ValueFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final boolean isInexact;

    private ValueFault(String path, String reason, boolean isInexact) {
        // No stack trace: the reason is enough, and a topic may be full of such values.
        super(reason, null, false, false);
        this.path = path;
        this.isInexact = isInexact;
    }

    /** The value does not match its schema. */
    static ValueFault malformed(String reason) {
        return new ValueFault("", reason, false);
    }

    /** The value is valid, but its type in the lake cannot hold it; {@link Inexact} decides what to do. */
    public static ValueFault inexact(String reason) {
        return new ValueFault("", reason, true);
    }

    /**
     * The nearest value that the type of the lake can hold, where the policy allows it; otherwise the fault is thrown.
     */
    static <T> T nearest(Inexact policy, String reason, T nearest) {
        if (policy == Inexact.NEAREST) {
            return nearest;
        }
        throw inexact(reason);
    }

    /** A description of the exception without its message, which may quote the value. */
    static ValueFault of(Throwable thrown) {
        return thrown instanceof ValueFault fault
                ? fault
                : malformed("it cannot be converted (" + name(thrown) + where(thrown) + ")");
    }

    public static String name(Throwable thrown) {
        return thrown.getClass().getSimpleName();
    }

    /** The first stack frame of our code, as a starting point for an investigation. */
    public static String where(Throwable thrown) {
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (frame.getClassName().startsWith("io.dolake.")) {
                return " at " + frame.getFileName() + ":" + frame.getLineNumber();
            }
        }
        return "";
    }

    /** The same for the container of the value: a field of a struct, an item of a list. */
    public static RuntimeException within(String place, RuntimeException thrown) {
        if (thrown instanceof DoLakeException) {
            return thrown;
        }
        ValueFault fault = of(thrown);
        return new ValueFault(place + fault.path, fault.getMessage(), fault.isInexact);
    }

    /** The error for the user. */
    public static DoLakeException inColumn(String column, Throwable thrown) {
        if (thrown instanceof DoLakeException known) {
            return known;
        }
        ValueFault fault = of(thrown);
        DoLakeException error = new DoLakeException(
                ErrorCode.TYPE_MISMATCH,
                "Cannot convert the value of column " + column + fault.path + ": " + fault.getMessage());
        return fault.isInexact ? error.withHint(Inexact.HINT) : error;
    }

    boolean isInexact() {
        return isInexact;
    }
}
