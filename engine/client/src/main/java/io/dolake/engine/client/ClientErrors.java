/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Errors that the client itself detects: no connection, no answer in time. */
final class ClientErrors {
    private static final String UNKNOWN_OUTCOME =
            "It is unknown whether the server ran the operation: check before sending it again.";

    private ClientErrors() {}

    /** The connection could not be made or was lost; {@code write}: whether the call may have had an effect. */
    static DoLakeException connection(String endpoint, Throwable failure, boolean write) {
        Throwable cause = unwrap(failure);
        if (cause instanceof DoLakeException known) {
            return again(known);
        }
        boolean late = cause instanceof HttpConnectTimeoutException;
        boolean sent = !late && !(cause instanceof ConnectException);
        String hint = sent && write
                ? UNKNOWN_OUTCOME
                : "Check that the engine runs at " + endpoint + " and can be reached from here.";
        ErrorCode code = late ? ErrorCode.TIMEOUT : ErrorCode.CONNECTION_ERROR;
        return new DoLakeException(code, "Cannot reach DoSQL at " + endpoint + ": " + reason(cause), cause)
                .withHint(hint);
    }

    /** Whether the error means that the connection failed or was lost, as opposed to a late answer. */
    static boolean isConnectionFailure(DoLakeException error) {
        return error.code() == ErrorCode.CONNECTION_ERROR || error.getCause() instanceof HttpConnectTimeoutException;
    }

    static DoLakeException timeout(String what, String endpoint, Duration timeout, boolean write) {
        return new DoLakeException(
                        ErrorCode.TIMEOUT,
                        "Cannot " + what + " at " + endpoint + ": no answer within " + timeout.toMillis() + " ms")
                .withHint(write ? UNKNOWN_OUTCOME : "Raise the request timeout of the client if this is expected.");
    }

    static DoLakeException interrupted(String what, String endpoint) {
        Thread.currentThread().interrupt();
        return new DoLakeException(
                ErrorCode.CONNECTION_ERROR, "Cannot " + what + " at " + endpoint + ": interrupted while waiting");
    }

    static DoLakeException lost(String what, String endpoint, String reason, Throwable cause) {
        return new DoLakeException(
                        ErrorCode.CONNECTION_ERROR, "Cannot use " + what + " at " + endpoint + ": " + reason, cause)
                .withHint("Open a new one; uncommitted changes are rolled back.");
    }

    /** The same error with the stack trace of the caller, the first as its cause. */
    static DoLakeException again(DoLakeException first) {
        DoLakeException copy = new DoLakeException(first.code(), first.getMessage(), first);
        if (first.hint().isPresent()) {
            copy = copy.withHint(first.hint().get());
        }
        if (first.retryAfter().isPresent()) {
            copy = copy.withRetryAfter(first.retryAfter().get());
        }
        for (Map.Entry<String, Object> detail : first.details().entrySet()) {
            copy = copy.withDetail(detail.getKey(), detail.getValue());
        }
        return copy;
    }

    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String reason(Throwable cause) {
        if (cause instanceof HttpConnectTimeoutException) {
            return "no connection in time";
        }
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof UnresolvedAddressException) {
                return "the host name has no address";
            }
        }
        if (cause instanceof ConnectException && cause.getMessage() == null) {
            return "connection refused";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
