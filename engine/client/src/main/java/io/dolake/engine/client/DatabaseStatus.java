/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.Lsn;
import java.util.List;

/**
 * State of a database; the fields are described in {@code schemas/SPEC.md}, section 6.
 *
 * @param lsn newest committed
 * @param durableLsn newest in the change log
 * @param oldestLsn the change log holds every transaction after it
 */
public record DatabaseStatus(
        String name,
        String epoch,
        Lsn lsn,
        Lsn durableLsn,
        Lsn oldestLsn,
        long walBytes,
        long segments,
        long segmentBytes,
        List<Consumer> consumers) {

    /** One CDC subscription. */
    public record Consumer(String id, Lsn ackedLsn, Lsn sentLsn, long pendingEvents, double bufferUtilization) {}
}
