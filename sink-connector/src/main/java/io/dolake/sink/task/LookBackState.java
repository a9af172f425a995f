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
        /** Not looked at, or not to the end. */
        NONE,
        WANTED,
        UNDER_WAY,
        /** Between the start of the partition and its base. */
        LEFT,
        /** No table lacks anything that was not reported. */
        DONE
    }

    /** All tables are complete below it. */
    long base = UNKNOWN;

    Phase phase = Phase.NONE;
    /** Whether the only reason to look is the table named after the topic, which may have none of its rows. */
    boolean isByName;
    /** During the look-back: the first row that each table lacks. */
    final Map<TableIdentifier, Long> found = new HashMap<>();

    /** When the last record came, by {@link System#nanoTime}. */
    long movedAtNs;
}
