/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An error with a code. The message follows "Cannot (verb) (thing): (reason)"; the hint, if any, says what to do.
 * Immutable: the {@code with} methods return a copy with the same cause and stack trace.
 */
public class DoLakeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String hint;
    private final Duration retryAfter;
    private final transient Map<String, Object> details;

    public DoLakeException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public DoLakeException(ErrorCode code, String message, Throwable cause) {
        this(code, message, cause, null, null, Map.of());
    }

    private DoLakeException(
            ErrorCode code,
            String message,
            Throwable cause,
            String hint,
            Duration retryAfter,
            Map<String, Object> details) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
        this.retryAfter = retryAfter;
        this.details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    public DoLakeException withHint(String newHint) {
        return copy(newHint, retryAfter, details);
    }

    public DoLakeException withRetryAfter(Duration delay) {
        return copy(hint, delay, details);
    }

    /** A copy with one more detail; the value is a String, Number, Boolean, or a List or Map of those. */
    public DoLakeException withDetail(String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(details());
        more.put(key, value);
        return copy(hint, retryAfter, more);
    }

    private DoLakeException copy(String newHint, Duration newRetryAfter, Map<String, Object> newDetails) {
        DoLakeException copy = new DoLakeException(code, getMessage(), getCause(), newHint, newRetryAfter, newDetails);
        copy.setStackTrace(getStackTrace());
        return copy;
    }

    public ErrorCode code() {
        return code;
    }

    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Details by name, in the order they were added; never null. */
    public Map<String, Object> details() {
        return details == null ? Map.of() : details;
    }

    @Override
    public String toString() {
        return code + ": " + getMessage() + (hint == null ? "" : " (" + hint + ")");
    }
}
