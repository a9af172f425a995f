/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress of reading a table's keys: updated by the reading threads, visible to all threads, logged every 10 seconds.
 */
public final class IndexProgress {
    private static final Logger LOG = LoggerFactory.getLogger(IndexProgress.class);
    private static final long LOG_EVERY_NS = TimeUnit.SECONDS.toNanos(10);

    /** Nothing is being read. */
    public static final State IDLE = new State(0, 0, 0);

    /** Data files read, data files in all, and rows read. */
    public record State(long files, long filesTotal, long rows) {
        public State plus(State other) {
            return new State(files + other.files, filesTotal + other.filesTotal, rows + other.rows);
        }
    }

    private final Object table;
    private volatile State state = IDLE;
    private long beganNs;
    private long loggedNs;

    IndexProgress(Object table) {
        this.table = table;
    }

    State state() {
        return state;
    }

    synchronized void begin(long filesTotal) {
        state = new State(0, filesTotal, 0);
        beganNs = System.nanoTime();
        loggedNs = beganNs;
    }

    synchronized void read(int files, int rows) {
        state = state.plus(new State(files, 0, rows));
        if (System.nanoTime() - loggedNs >= LOG_EVERY_NS) {
            loggedNs = System.nanoTime();
            LOG.info("Table {}: index reads, {}", table, text());
        }
    }

    /** Records the end of the reading, whether complete or not. */
    synchronized void end() {
        if (System.nanoTime() - beganNs >= LOG_EVERY_NS) {
            LOG.info("Table {}: index ends reading, {}", table, text());
        }
        state = IDLE;
    }

    private String text() {
        long ms = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs));
        return state.files + " of " + state.filesTotal + " files, " + state.rows + " rows, " + state.rows * 1000 / ms
                + " rows/s";
    }
}
