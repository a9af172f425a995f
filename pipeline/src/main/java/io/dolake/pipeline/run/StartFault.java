/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.util.Locale;

/** What keeps a part of the pipeline from starting, told by what the system said deep in the causes. */
final class StartFault {
    private static final int MAX_CAUSES = 20;

    private StartFault() {}

    /** @param part {@code the Kafka broker} */
    static DoLakeException of(String part, Throwable error) {
        Throwable cause = error;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
            if (cause instanceof DoLakeException known) {
                return known;
            }
            String said = cause.getMessage() == null ? "" : cause.getMessage();
            String text = said.toLowerCase(Locale.ROOT);
            if (cause instanceof BindException || text.contains("address already in use")) {
                return new DoLakeException(ErrorCode.ADDRESS_IN_USE, cannot(part, said), error)
                        .withHint(
                                "Another program has taken the port since it was chosen: try again, or choose other ports"
                                        + " (./dolake help up).");
            }
            if (text.contains("no space left") || text.contains("disk quota exceeded")) {
                return new DoLakeException(ErrorCode.STORAGE_FULL, cannot(part, "the disk is full: " + said), error)
                        .withHint("Make room and start again; what is committed is safe.");
            }
            if (cause instanceof AccessDeniedException
                    || text.contains("permission denied")
                    || text.contains("read-only file system")) {
                return new DoLakeException(ErrorCode.IO_ERROR, cannot(part, "it may not write: " + said), error)
                        .withHint("Give this user the right to write below the directory, or name another with --dir.");
            }
        }
        return new DoLakeException(ErrorCode.INTERNAL_ERROR, cannot(part, String.valueOf(error.getMessage())), error);
    }

    private static String cannot(String part, String reason) {
        return "Cannot start " + part + ": " + reason.lines().findFirst().orElse("no reason given");
    }
}
