/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.util.List;

/** State of a database, as in section 6 of the specification. */
record DatabaseStatus(
        String name,
        String epoch,
        String epochReason,
        Lsn lsn,
        Lsn durableLsn,
        Lsn oldestLsn,
        long walBytes,
        long segments,
        long segmentBytes,
        DoLakeException captureError,
        List<Consumer> consumers) {

    /** One CDC subscription. */
    record Consumer(String id, Lsn ackedLsn, Lsn sentLsn, long pendingEvents, double bufferUtilization) {}
}
