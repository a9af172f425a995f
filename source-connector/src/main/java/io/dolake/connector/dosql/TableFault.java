/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a table is not equal to its source: it is set aside, or it goes on without some of its changes.
 *
 * @param last the reason; the newest one where changes were left out
 * @param skipped changes that were left out; 0: the table is set aside
 */
record TableFault(Suspension last, long skipped) {
    boolean isSuspended() {
        return skipped == 0;
    }

    RunState state() {
        return isSuspended() ? RunState.SUSPENDED : RunState.STREAMING;
    }

    /** Wire form: that of the reason, and {@code skipped} where changes were left out. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>(last.toMap());
        if (!isSuspended()) {
            map.put("skipped", skipped);
        }
        return map;
    }
}
