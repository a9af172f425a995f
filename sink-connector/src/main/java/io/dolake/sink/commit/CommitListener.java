/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.schemas.DoLakeException;
import org.apache.iceberg.catalog.TableIdentifier;

/** Told how commits go, by the threads that make them. */
public interface CommitListener {
    /** A commit is through; {@code durationMs} of the attempt that was. */
    void committed(TableCommitter.Outcome outcome, TableIdentifier table, long durationMs);

    /** Another writer committed first; it is tried again. */
    void conflict();

    /** An attempt failed for {@code error}; it may be tried again. */
    void fault(Object subject, DoLakeException error);
}
