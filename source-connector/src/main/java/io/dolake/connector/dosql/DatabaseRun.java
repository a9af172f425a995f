/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.time.Duration;
import java.util.Optional;

/** One database of a task, from before its stream starts until after it has ended. Used on the task's thread. */
final class DatabaseRun {
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

    private final DoSqlPartition partition;
    private final DatabaseState state;
    private DoSqlOffsetContext offset;
    private boolean waiting = true;
    private boolean readsAnew;
    private boolean lastChance;
    private int failures;
    private long dueNanos = System.nanoTime();

    DatabaseRun(DoSqlPartition partition, DoSqlOffsetContext offset, DatabaseState state) {
        this.partition = partition;
        this.offset = offset;
        this.state = state;
    }

    DoSqlPartition partition() {
        return partition;
    }

    DatabaseState state() {
        return state;
    }

    /** Its position; null before anything is known. */
    DoSqlOffsetContext offset() {
        return offset;
    }

    /** A snapshot of it has started, whose events carry this offset. */
    void at(DoSqlOffsetContext now) {
        offset = now;
    }

    /** A snapshot of it was interrupted, and can be continued. */
    void goesOnFrom(DoSqlOffsetContext unfinished) {
        offset = unfinished;
        readsAnew = false;
    }

    /** Where to start; null to read the whole database again. */
    DoSqlOffsetContext start() {
        return readsAnew ? null : offset;
    }

    /** Whether what was sent before is to be sent again. */
    boolean readsAnew() {
        return readsAnew;
    }

    boolean needsSnapshot() {
        return start() == null || offset.isInitialSnapshotRunning();
    }

    /** Whether it is to start, now or after its pause. */
    boolean isWaiting() {
        return waiting;
    }

    boolean isDue() {
        return waiting && System.nanoTime() - dueNanos >= 0;
    }

    /** It streams; the stream advances this offset. */
    void streams(DoSqlOffsetContext from) {
        offset = from;
        waiting = false;
        readsAnew = false;
    }

    /** It is suspended, or gone. */
    void ends(DoSqlOffsetContext at) {
        offset = at;
        waiting = false;
    }

    /** Starts again after a pause that grows with each consecutive failure. */
    Duration retry(DoSqlOffsetContext at, Optional<Duration> wanted) {
        failures++;
        Duration backoff = wanted.orElse(FIRST_BACKOFF.multipliedBy(1L << Math.min(failures - 1, 6)));
        backoff = backoff.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : backoff;
        offset = at;
        waiting = true;
        dueNanos = System.nanoTime() + backoff.toNanos();
        return backoff;
    }

    /** Reads all of its rows, as of now; after a pause if the last start did so too. */
    void readAnew() {
        readsAnew = true;
        lastChance = false;
        waiting = true;
        dueNanos = System.nanoTime();
        if (failures++ > 0) {
            retry(offset, Optional.empty());
        }
    }

    /** Starts where it stood; if that fails at once, it is read again. */
    void resume() {
        lastChance = true;
        waiting = true;
        failures = 0;
        dueNanos = System.nanoTime();
        readsAnew |= offset != null && offset.faults().isFull();
    }

    /** Whether it is to be read again if its stream cannot continue from its position. */
    boolean isLastChance() {
        return lastChance;
    }

    void lastChance() {
        lastChance = true;
    }

    int failures() {
        return failures;
    }

    void progressed() {
        failures = 0;
        lastChance = false;
    }
}
