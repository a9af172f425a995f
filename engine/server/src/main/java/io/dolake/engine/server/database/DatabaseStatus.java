/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.capture.Capture;
import io.dolake.engine.server.capture.CaptureLag;
import io.dolake.engine.server.cdc.ConsumerStatus;
import io.dolake.engine.server.cdc.Subscriptions;
import io.dolake.engine.server.changelog.ArchiveStatus;
import io.dolake.engine.server.changelog.Archiver;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.changelog.LogState;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import java.util.List;

/**
 * State of a database, as in section 6 of the specification.
 *
 * @param suspension null unless the state is SUSPENDED
 * @param archive null if no archive is configured
 */
public record DatabaseStatus(
        String name,
        RunState state,
        Suspension suspension,
        String epoch,
        String epochReason,
        Lsn lsn,
        Lsn durableLsn,
        Lsn oldestLsn,
        long walBytes,
        CaptureLag lag,
        long segments,
        long segmentBytes,
        long heldBytes,
        ArchiveStatus archive,
        DoLakeException captureError,
        List<ConsumerStatus> consumers) {

    static DatabaseStatus of(
            String name,
            DatabaseSuspension suspension,
            ChangeLog log,
            WriteSide writing,
            Archiver archiver,
            Subscriptions subscriptions) {
        Capture.Failure failure = suspension.look();
        LogState state = log.state();
        return new DatabaseStatus(
                name,
                failure == null ? RunState.STREAMING : RunState.SUSPENDED,
                failure == null ? null : suspension.describe(failure),
                state.epoch(),
                state.reason(),
                writing.lsn(),
                state.position().lsn(),
                state.oldest(),
                writing.walBytes(),
                writing.lag(),
                log.size().segments(),
                log.size().bytes(),
                log.heldBytes(),
                log.archive().isConfigured() || log.archiveSize().segments() > 0 ? archiver.status() : null,
                failure == null ? null : failure.error(),
                subscriptions.status());
    }
}
