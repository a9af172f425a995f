/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;

/** How far {@link LookBack} is with one topic partition. */
final class LookBackState {
    static final long UNKNOWN = -1;

    /** Where it stands. */
    enum Phase {
        /** Not looked, or not to the end. */
        NONE,
        WANTED,
        UNDER_WAY,
        /** On the way back to the base, before its end. */
        LEFT,
        /** No table lacks anything that was not reported. */
        DONE
    }

    /** All tables have what lies below it. */
    long base = UNKNOWN;

    Phase phase = Phase.NONE;
    /** Whether it is looked only because of the table of the topic's name: that may have none of its rows. */
    boolean isByName;
    /** While it is looked: the first row of each table that lacks it. */
    final Map<TableIdentifier, Long> found = new HashMap<>();

    /** When the last record came, by {@link System#nanoTime}. */
    long movedAtNs;
}
