/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import java.time.Instant;
import java.util.List;

/**
 * State of a database, as in section 6 of the specification.
 *
 * @param suspension null unless the state is SUSPENDED
 * @param archive null if there is none
 */
record DatabaseStatus(
        String name,
        RunState state,
        Suspension suspension,
        String epoch,
        String epochReason,
        Lsn lsn,
        Lsn durableLsn,
        Lsn oldestLsn,
        long walBytes,
        Lag lag,
        long segments,
        long segmentBytes,
        long heldBytes,
        Archive archive,
        DoLakeException captureError,
        List<Consumer> consumers) {

    /**
     * The archive of segments.
     *
     * @param error null if all is well
     */
    record Archive(String location, long segments, long bytes, DoLakeException error, Instant retryAt) {}

    /**
     * What is committed and not in the change log.
     *
     * @param limitBytes writers are refused when it is as much
     * @param writeDelayMs how long each write transaction waits because of it
     */
    record Lag(long bytes, long limitBytes, long writeDelayMs) {}

    /** One CDC subscription. */
    record Consumer(String id, Lsn ackedLsn, Lsn sentLsn, long pendingEvents, double bufferUtilization) {}
}
