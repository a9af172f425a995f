/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.schemas.DoLakeException;
import org.apache.iceberg.catalog.TableIdentifier;

/** Listener for the progress of commits, called by the threads that make them. */
public interface CommitListener {
    /** A commit has succeeded; {@code durationMs} is the duration of that attempt. */
    void committed(TableCommitter.Outcome outcome, TableIdentifier table, long durationMs);

    /** Another writer committed first; the commit is tried again. */
    void conflict();

    /** An attempt failed with {@code error}; it may be tried again. */
    void fault(Object subject, DoLakeException error);
}
