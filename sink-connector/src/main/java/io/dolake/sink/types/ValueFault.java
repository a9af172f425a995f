/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.TypeConfig.Inexact;

/**
 * Why a value cannot be taken, without the value. Converters throw it, those of structs, lists and maps add where in them it
 * is, and whoever knows the column makes an error of it.
 */
public final class ValueFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final boolean isInexact;

    private ValueFault(String path, String reason, boolean isInexact) {
        // No stack trace: the reason says enough, and a topic may be full of such values.
        super(reason, null, false, false);
        this.path = path;
        this.isInexact = isInexact;
    }

    /** It is not what its schema says. */
    static ValueFault malformed(String reason) {
        return new ValueFault("", reason, false);
    }

    /** It is right, but its type in the lake does not hold it; {@link Inexact} says what to do. */
    public static ValueFault inexact(String reason) {
        return new ValueFault("", reason, true);
    }

    /** The nearest value that the type of the lake holds, where the policy takes it; it is thrown otherwise. */
    static <T> T nearest(Inexact policy, String reason, T nearest) {
        if (policy == Inexact.NEAREST) {
            return nearest;
        }
        throw inexact(reason);
    }

    /** What was thrown, without its message: that may quote the value. */
    static ValueFault of(Throwable thrown) {
        return thrown instanceof ValueFault fault
                ? fault
                : malformed("it cannot be converted (" + name(thrown) + where(thrown) + ")");
    }

    public static String name(Throwable thrown) {
        return thrown.getClass().getSimpleName();
    }

    /** The first place of ours that was on the way, for whoever looks into it. */
    public static String where(Throwable thrown) {
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (frame.getClassName().startsWith("io.dolake.")) {
                return " at " + frame.getFileName() + ":" + frame.getLineNumber();
            }
        }
        return "";
    }

    /** The same for what holds the value: a field of a struct, an item of a list. */
    public static RuntimeException within(String place, RuntimeException thrown) {
        if (thrown instanceof DoLakeException) {
            return thrown;
        }
        ValueFault fault = of(thrown);
        return new ValueFault(place + fault.path, fault.getMessage(), fault.isInexact);
    }

    /** The error that tells of it. */
    public static DoLakeException inColumn(String column, Throwable thrown) {
        if (thrown instanceof DoLakeException known) {
            return known;
        }
        ValueFault fault = of(thrown);
        DoLakeException error = new DoLakeException(
                ErrorCode.TYPE_MISMATCH,
                "Cannot take the value of column " + column + fault.path + ": " + fault.getMessage());
        return fault.isInexact ? error.withHint(Inexact.HINT) : error;
    }

    boolean isInexact() {
        return isInexact;
    }
}
