/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.time.Duration;
import java.util.Optional;

/** One database of a task, from before its stream begins to after it has ended. Used on the thread of the task. */
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

    /** Where it stands; null before anything is known. */
    DoSqlOffsetContext offset() {
        return offset;
    }

    /** A snapshot of it has begun, whose events carry this offset. */
    void at(DoSqlOffsetContext now) {
        offset = now;
    }

    /** A snapshot of it was cut short, and can go on. */
    void goesOnFrom(DoSqlOffsetContext unfinished) {
        offset = unfinished;
        readsAnew = false;
    }

    /** Where to begin; null to read the database anew. */
    DoSqlOffsetContext start() {
        return readsAnew ? null : offset;
    }

    /** Whether what was sent before is to be sent anew. */
    boolean readsAnew() {
        return readsAnew;
    }

    boolean needsSnapshot() {
        return start() == null || offset.isInitialSnapshotRunning();
    }

    /** Whether it is to begin, now or after its pause. */
    boolean isWaiting() {
        return waiting;
    }

    boolean isDue() {
        return waiting && System.nanoTime() - dueNanos >= 0;
    }

    /** It streams; the offset is the one that the stream takes forward. */
    void streams(DoSqlOffsetContext from) {
        offset = from;
        waiting = false;
        readsAnew = false;
    }

    /** It is set aside, or gone. */
    void ends(DoSqlOffsetContext at) {
        offset = at;
        waiting = false;
    }

    /** Begins again after a pause that grows with each failure in a row. */
    Duration retry(DoSqlOffsetContext at, Optional<Duration> wanted) {
        failures++;
        Duration backoff = wanted.orElse(FIRST_BACKOFF.multipliedBy(1L << Math.min(failures - 1, 6)));
        backoff = backoff.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : backoff;
        offset = at;
        waiting = true;
        dueNanos = System.nanoTime() + backoff.toNanos();
        return backoff;
    }

    /** All of its rows are read, as of now; after a pause if that was so the last time too. */
    void readAnew() {
        readsAnew = true;
        lastChance = false;
        waiting = true;
        dueNanos = System.nanoTime();
        if (failures++ > 0) {
            retry(offset, Optional.empty());
        }
    }

    /** Begins where it stood; if that fails at once, it is read anew. */
    void resume() {
        lastChance = true;
        waiting = true;
        failures = 0;
        dueNanos = System.nanoTime();
        readsAnew |= offset != null && offset.faults().isFull();
    }

    /** Whether it is to be read anew if its stream cannot go on from where it stands. */
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
