/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import org.apache.iceberg.exceptions.CleanableFailure;

/** Someone else committed first; nothing was committed. */
final class CommitConflict extends RuntimeException implements CleanableFailure {
    private static final long serialVersionUID = 1L;

    CommitConflict(String message) {
        super(message);
    }

    CommitConflict(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
