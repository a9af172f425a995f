/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.time.Duration;

/**
 * Has a task rest after a commit to a table that others commit to as well, for as long as they need to have one through. A
 * commit holds only if no other came while it was prepared: without rests, the task with the quickest commits would
 * keep the others out for good.
 */
final class Turns {
    /** In durations of the commit just made, for each other task: theirs may take longer, and begin late. */
    private static final double REST_FACTOR = 1.5;

    private static final long LONGEST_REST_NS = Duration.ofSeconds(5).toNanos();

    private volatile long restUntilNs = System.nanoTime();

    /** Says that a commit was made that took so long, to a table that so many tasks commit to, this one included. */
    void committed(long tookNs, int tasks) {
        long restNs = (long) (tookNs * REST_FACTOR * Math.max(0, tasks - 1));
        restUntilNs = System.nanoTime() + Math.min(restNs, LONGEST_REST_NS);
    }

    boolean isResting() {
        return System.nanoTime() - restUntilNs < 0;
    }
}
