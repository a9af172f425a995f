/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a table is not equal to its source: it is suspended, it continues without some of its changes, or it continues
 * while rows that were sent before correspond to earlier settings.
 *
 * @param last the reason; the newest one if changes were left out
 * @param skipped number of changes that were left out
 * @param stale whether all changes are sent, and only rows that were sent before need to be read again
 */
record TableFault(Suspension last, long skipped, boolean stale) {
    boolean isSuspended() {
        return skipped == 0 && !stale;
    }

    RunState state() {
        return isSuspended() ? RunState.SUSPENDED : RunState.STREAMING;
    }

    /** Wire form: the fields of the reason, and {@code skipped} if changes were left out, or {@code stale}. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>(last.toMap());
        if (skipped > 0) {
            map.put("skipped", skipped);
        }
        if (stale) {
            map.put("stale", true);
        }
        return map;
    }
}
