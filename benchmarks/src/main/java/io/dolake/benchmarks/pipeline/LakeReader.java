/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.sink.LakeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/** Asks the catalog again and again for new snapshots, and notes which rows are in them. */
final class LakeReader extends Thread implements AutoCloseable {
    private static final long LOOK_NANOS = 10_000_000;

    private final LakeTable lake;
    private final String topic;
    private final Arrivals arrivals;
    private final long[] offsets;
    private long lastSequence;
    private int next = 1;
    private int commits;
    private volatile boolean ended;

    /** @param offsets of the marks in the topic, filled meanwhile */
    LakeReader(LakeTable lake, String topic, Arrivals arrivals, long[] offsets) {
        super("reader-lake");
        setDaemon(true);
        this.lake = lake;
        this.topic = topic;
        this.arrivals = arrivals;
        this.offsets = offsets;
        start();
    }

    @Override
    public void run() {
        try {
            while (!ended) {
                Table table = lake.refreshed();
                if (table != null) {
                    look(table);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void look(Table table) throws IOException {
        long committed = 0;
        long newest = lastSequence;
        for (Snapshot snapshot : table.snapshots()) {
            if (snapshot.sequenceNumber() > lastSequence) {
                committed = Math.max(committed, LakeTable.nextOffset(snapshot, topic));
                newest = Math.max(newest, snapshot.sequenceNumber());
                commits++;
            }
        }
        lastSequence = newest;
        while (next < offsets.length && offsets[next] != 0 && offsets[next] < committed) {
            arrivals.seen(next++);
        }
    }

    int commits() {
        return commits;
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        join();
        lake.close();
    }
}
