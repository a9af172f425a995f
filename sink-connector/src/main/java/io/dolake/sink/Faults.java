/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RESTException;

/** Gives a failure of the catalog, the object store or the disk its code; what it does not know is ours: INTERNAL_ERROR. */
final class Faults {
    private Faults() {}

    /** The failure as an error about {@code table}: "Cannot commit to table T: reason". */
    static DoLakeException classify(Object table, Throwable failure) {
        if (failure instanceof DoLakeException known) {
            return known;
        }
        List<Throwable> chain = chain(failure);
        ErrorCode code = code(chain);
        String message = "Cannot commit to table " + table + ": " + reason(chain);
        DoLakeException error = new DoLakeException(code, message, failure);
        return code == ErrorCode.STORAGE_FULL
                ? error.withHint("Free space on the disk of the warehouse or the catalog; the sink goes on by itself")
                : error;
    }

    private static ErrorCode code(List<Throwable> chain) {
        ErrorCode found = null;
        for (Throwable cause : chain) {
            ErrorCode code = code(cause);
            boolean better = code != null && (found == null || rank(code) > rank(found));
            found = better ? code : found;
        }
        return found == null ? ErrorCode.INTERNAL_ERROR : found;
    }

    /** A full disk says more than the failed call it made fail. */
    private static int rank(ErrorCode code) {
        return switch (code) {
            case STORAGE_FULL -> 4;
            case R2_BUCKET_NOT_BOUND -> 3;
            case CATALOG_ERROR -> 2;
            default -> 1;
        };
    }

    private static ErrorCode code(Throwable cause) {
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        String type = cause.getClass().getName();
        if (text.contains("no space left on device")
                || text.contains("disk quota exceeded")
                || text.contains("sqlite_full")
                || text.contains("database or disk is full")) {
            return ErrorCode.STORAGE_FULL;
        }
        if (type.endsWith(".NoSuchBucketException")) {
            return ErrorCode.R2_BUCKET_NOT_BOUND;
        }
        if (cause instanceof SQLException
                || cause instanceof RESTException
                || cause instanceof NotAuthorizedException
                || cause instanceof ForbiddenException
                || cause instanceof CommitStateUnknownException
                || cause instanceof CommitFailedException
                || type.startsWith("org.apache.iceberg.jdbc.")) {
            return ErrorCode.CATALOG_ERROR;
        }
        if (cause instanceof IOException
                || cause instanceof UncheckedIOException
                || cause instanceof NotFoundException
                || type.equals("org.apache.iceberg.exceptions.RuntimeIOException")
                || type.startsWith("software.amazon.awssdk.")) {
            return ErrorCode.OBJECT_STORE_ERROR;
        }
        return null;
    }

    private static String reason(List<Throwable> chain) {
        StringBuilder reason = new StringBuilder();
        String previous = "";
        for (Throwable cause : chain) {
            String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            // The rest is advice for people; what it advises is done here.
            String message = text.lines().findFirst().orElse(text);
            boolean saysNothing =
                    cause.getCause() != null && message.equals(cause.getCause().toString());
            if (!saysNothing && !previous.contains(message)) {
                reason.append(reason.isEmpty() ? "" : ": ").append(message);
                previous = message;
            }
        }
        return reason.toString();
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && chain.size() < 20; cause = cause.getCause()) {
            chain.add(cause);
            for (Throwable suppressed : cause.getSuppressed()) {
                chain.add(suppressed);
            }
        }
        return chain;
    }
}
