/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.Lsn;
import java.util.List;

/**
 * The options of a subscription.
 *
 * @param fromLsn every change after it is sent
 * @param epoch the epoch that the LSN belongs to; null for any epoch
 * @param tables captured tables; empty for all
 * @param consumer name shown in the status of the server; null for none
 */
public record CdcOptions(
        Lsn fromLsn, String epoch, List<String> tables, String consumer, int maxBatchEvents, int maxBatchBytes) {

    public static CdcOptions from(Lsn lsn) {
        return new CdcOptions(lsn, null, List.of(), null, 2_048, 1 << 20);
    }
}
