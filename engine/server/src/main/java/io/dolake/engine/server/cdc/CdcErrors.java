/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import io.dolake.engine.server.changelog.LogState;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;

/** The errors of subscriptions. */
final class CdcErrors {
    private CdcErrors() {}

    /** The wording of this message is fixed: clients match it. */
    static DoLakeException notFound(Lsn requested, Lsn oldest, Lsn newest) {
        return new DoLakeException(
                        ErrorCode.CDC_LSN_NOT_FOUND,
                        "LSN " + requested + " not found - oldest available LSN is " + oldest)
                .withHint("Take a new snapshot, or subscribe from the oldest LSN and accept the gap.")
                .withDetail("requested", requested.toString())
                .withDetail("oldest", oldest.toString())
                .withDetail("newest", newest.toString());
    }

    static DoLakeException otherEpoch(String requested, LogState state) {
        return new DoLakeException(
                        ErrorCode.CDC_EPOCH_MISMATCH,
                        "Cannot subscribe: the position is of epoch " + requested + ", the database is in epoch "
                                + state.epoch())
                .withHint("LSNs of the old epoch are no longer valid (" + state.reason() + "): take a new snapshot.")
                .withDetail("requested", requested)
                .withDetail("current", state.epoch());
    }
}
