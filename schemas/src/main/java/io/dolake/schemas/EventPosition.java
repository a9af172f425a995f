/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.Comparator;

/**
 * Position of one change event within an epoch: totally ordered, and the same however often a range is read.
 *
 * @param lsn the LSN of the transaction
 * @param event index of the event in its transaction, from 0
 */
public record EventPosition(Lsn lsn, long event) implements Comparable<EventPosition> {

    private static final Comparator<EventPosition> ORDER =
            Comparator.comparing(EventPosition::lsn).thenComparingLong(EventPosition::event);

    @Override
    public int compareTo(EventPosition other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return lsn + ":" + event;
    }
}
