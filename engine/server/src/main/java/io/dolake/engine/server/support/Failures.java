/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles failures of a single request, task or consumer, which must end only that one. */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** The error that the caller gets. */
    public static DoLakeException of(String action, Throwable failure) {
        if (failure instanceof DoLakeException error) {
            return error;
        }
        if (failure instanceof OutOfMemoryError || failure instanceof StackOverflowError) {
            LOG.warn("Cannot {}: {}", action, failure.toString());
            return new DoLakeException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "Cannot " + action + ": it needs more memory than is available",
                            failure)
                    .withHint("Ask for less at a time, or give the engine a larger heap (-Xmx).");
        }
        LOG.error("Cannot {}", action, failure);
        return new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot " + action + ": " + failure, failure);
    }

    /** The error of a request to a database that is being closed; it may be open again in a moment. */
    public static DoLakeException closing(String database) {
        return new DoLakeException(
                        ErrorCode.CONNECTION_ERROR, "Cannot use database '" + database + "': it is being closed")
                .withRetryAfter(Duration.ofSeconds(1));
    }

    /** Wraps a repeated task of a timer, which would never run again if one of its runs failed. */
    public static Runnable repeated(String action, Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.error("Cannot {} this time", action, e);
            }
        };
    }
}
