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
 * @param oldestLsn the change log, its archive included, holds every transaction after it
 * @param captureError why changes cannot be captured at present; null when they can
 * @param heldBytes what is past its time in the change log and kept for connected consumers
 * @param archive null if the change log has none
 * @param lag what is committed and not in the change log
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
        DoLakeException captureError,
        long heldBytes,
        Archive archive,
        Lag lag) {

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
        this(
                name,
                epoch,
                lsn,
                durableLsn,
                oldestLsn,
                walBytes,
                segments,
                segmentBytes,
                consumers,
                null,
                0,
                null,
                Lag.NONE);
    }

    /**
     * The archive of a change log.
     *
     * @param location where it is, for people
     * @param error why segments cannot be archived at present; null when they can
     */
    public record Archive(String location, long segments, long bytes, DoLakeException error) {}

    /**
     * What is committed and not in the change log.
     *
     * @param limitBytes writers are refused when it is as much
     * @param writeDelayMs how long each write transaction waits because of it
     */
    public record Lag(long bytes, long limitBytes, long writeDelayMs) {
        static final Lag NONE = new Lag(0, 0, 0);
    }

    /** One CDC subscription. */
    public record Consumer(String id, Lsn ackedLsn, Lsn sentLsn, long pendingEvents, double bufferUtilization) {}
}
