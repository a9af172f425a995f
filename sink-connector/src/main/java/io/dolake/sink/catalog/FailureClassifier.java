/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Classifies a failure of the catalog, the object store or the disk, and tells whether it is transient, by the table of
 * {@link FailureCase}. A failure that is not in the table is internal, and of unknown kind.
 *
 * @param kind whether to try again
 */
public record FailureClassifier(DoLakeException error, Kind kind) {
    /** Whether the same attempt may succeed later. */
    public enum Kind {
        /** It may: it is retried until it does. */
        PASSING,
        /** It does not until somebody has changed something. */
        PERMANENT,
        /** Unknown: retried a limited number of times, then treated as permanent. */
        UNKNOWN
    }

    /** Iceberg's message when it loads a catalog, a file access or a client by its class name. */
    private static final Pattern MISSING_CLASS =
            Pattern.compile("java\\.lang\\.(?:ClassNotFoundException|NoClassDefFoundError): ([\\w./$]+)");

    private static final int LONGEST_CHAIN = 20;

    /** The failure of a commit: "Cannot commit to table T: reason". */
    public static FailureClassifier of(Object table, Throwable failure) {
        if (failure instanceof DoLakeException known) {
            return new FailureClassifier(known, kind(known.code()));
        }
        List<Throwable> chain = chain(failure);
        Optional<FailureCase> found = find(chain);
        ErrorCode code = found.map(FailureCase::code).orElse(ErrorCode.INTERNAL_ERROR);
        DoLakeException error =
                new DoLakeException(code, "Cannot commit to table " + table + ": " + reason(chain), failure);
        String hint = found.map(FailureCase::hint).orElse(null);
        return new FailureClassifier(
                hint == null ? error : error.withHint(hint.replace("%s", "the table's location")),
                found.map(FailureCase::kind).orElse(Kind.UNKNOWN));
    }

    static DoLakeException classify(Object table, Throwable failure) {
        return of(table, failure).error();
    }

    /**
     * The failure of a step, described for the person who fixes it.
     *
     * @param step what was tried, as a continuation of "Cannot"
     * @param warehouse the location of the tables
     */
    public static FailureClassifier explain(String step, Throwable failure, String warehouse) {
        if (failure instanceof DoLakeException known) {
            return new FailureClassifier(known, kind(known.code()));
        }
        List<Throwable> chain = chain(failure);
        for (FailureCase fault : FailureCase.ALL) {
            for (Throwable cause : chain) {
                if (fault.fits().test(FailureCase.Cause.of(cause))) {
                    String reason = fault.reason() == null ? said(cause, failure) : fault.reason();
                    DoLakeException error = new DoLakeException(
                            fault.code(), "Cannot " + step + ": " + reason.replace("%s", text(cause)), failure);
                    return new FailureClassifier(
                            fault.hint() == null
                                    ? error
                                    : error.withHint(fault.hint().replace("%s", warehouse)),
                            fault.kind());
                }
            }
        }
        return new FailureClassifier(
                new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot " + step + ": " + text(failure), failure),
                Kind.UNKNOWN);
    }

    private static String said(Throwable cause, Throwable failure) {
        Matcher missing = MISSING_CLASS.matcher(String.valueOf(cause.getMessage()));
        if (missing.find()) {
            return "no jar of the plugin has class " + missing.group(1).replace('/', '.');
        }
        boolean isMissing = cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError;
        return isMissing ? "no jar of the plugin has class " + text(cause).replace('/', '.') : text(failure);
    }

    /** For errors of our own code: if the cause is outside, waiting may help. */
    private static Kind kind(ErrorCode code) {
        return switch (code.blame()) {
            case RESOURCES, EXTERNAL -> Kind.PASSING;
            case USER -> Kind.PERMANENT;
            case INTERNAL -> code == ErrorCode.IO_ERROR ? Kind.UNKNOWN : Kind.PERMANENT;
        };
    }

    private static Optional<FailureCase> find(List<Throwable> chain) {
        List<FailureCase.Cause> causes =
                chain.stream().map(FailureCase.Cause::of).toList();
        return FailureCase.ALL.stream()
                .filter(fault -> causes.stream().anyMatch(fault.fits()))
                .findFirst();
    }

    private static String reason(List<Throwable> chain) {
        StringBuilder reason = new StringBuilder();
        String previous = "";
        for (Throwable cause : chain) {
            String message = text(cause);
            boolean saysNothing =
                    cause.getCause() != null && message.equals(cause.getCause().toString());
            if (!saysNothing && !previous.contains(message)) {
                reason.append(reason.isEmpty() ? "" : ": ").append(message);
                previous = message;
            }
        }
        return reason.toString();
    }

    private static String text(Throwable cause) {
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        // The rest of the message is advice to people, which is followed here.
        return text.lines().findFirst().orElse(text);
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && chain.size() < LONGEST_CHAIN; cause = cause.getCause()) {
            chain.add(cause);
            for (Throwable suppressed : cause.getSuppressed()) {
                chain.add(suppressed);
            }
        }
        return chain;
    }
}
