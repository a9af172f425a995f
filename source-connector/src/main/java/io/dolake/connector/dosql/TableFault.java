/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a table is not equal to its source: it is set aside, it goes on without some of its changes, or it goes on while rows that
 * were sent before are as earlier settings had them.
 *
 * @param last the reason; the newest one where changes were left out
 * @param skipped changes that were left out
 * @param stale whether all changes are sent, and only what was sent before is to be read anew
 */
record TableFault(Suspension last, long skipped, boolean stale) {
    boolean isSuspended() {
        return skipped == 0 && !stale;
    }

    RunState state() {
        return isSuspended() ? RunState.SUSPENDED : RunState.STREAMING;
    }

    /** Wire form: that of the reason, and {@code skipped} where changes were left out, or {@code stale}. */
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
