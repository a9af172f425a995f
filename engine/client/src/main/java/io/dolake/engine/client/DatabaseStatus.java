/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.util.List;

/**
 * State of a database; the fields are described in {@code schemas/SPEC.md}, section 6.
 *
 * @param lsn newest committed
 * @param durableLsn newest in the change log
 * @param oldestLsn the change log holds every transaction after it
 * @param captureError why changes cannot be captured at present; null when they can
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
        List<Consumer> consumers,
        DoLakeException captureError) {

    /** Of a database whose changes are captured. */
    public DatabaseStatus(
            String name,
            String epoch,
            Lsn lsn,
            Lsn durableLsn,
            Lsn oldestLsn,
            long walBytes,
            long segments,
            long segmentBytes,
            List<Consumer> consumers) {
        this(name, epoch, lsn, durableLsn, oldestLsn, walBytes, segments, segmentBytes, consumers, null);
    }

    /** One CDC subscription. */
    public record Consumer(String id, Lsn ackedLsn, Lsn sentLsn, long pendingEvents, double bufferUtilization) {}
}
