/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.util.List;

/**
 * State of a database; the fields are described in {@code schemas/SPEC.md}, section 6.
 *
 * @param lsn LSN of the newest commit
 * @param durableLsn LSN of the newest transaction in the change log
 * @param oldestLsn the change log, its archive included, holds every transaction after this LSN
 * @param captureError why changes cannot be captured at present; null when they can
 * @param heldBytes bytes of expired changes that the change log keeps for connected consumers
 * @param archive null if no archive is configured
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

    /** The status of a database whose changes are captured. */
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
     * @param location the place of the archive, for messages
     * @param error why segments cannot be archived at present; null when they can
     */
    public record Archive(String location, long segments, long bytes, DoLakeException error) {}

    /**
     * What is committed and not in the change log.
     *
     * @param limitBytes writers are refused when the lag reaches it
     * @param writeDelayMs how long each write transaction waits because of the lag
     */
    public record Lag(long bytes, long limitBytes, long writeDelayMs) {
        static final Lag NONE = new Lag(0, 0, 0);
    }

    /** One CDC subscription. */
    public record Consumer(String id, Lsn ackedLsn, Lsn sentLsn, long pendingEvents, double bufferUtilization) {}
}
