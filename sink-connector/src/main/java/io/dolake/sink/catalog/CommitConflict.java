/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import org.apache.iceberg.exceptions.CleanableFailure;

/** Another writer committed first; this commit was not made. */
public final class CommitConflict extends RuntimeException implements CleanableFailure {
    private static final long serialVersionUID = 1L;

    public CommitConflict(String message) {
        super(message);
    }

    public CommitConflict(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
