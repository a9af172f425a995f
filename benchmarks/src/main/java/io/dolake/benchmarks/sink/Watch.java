/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/** Asks the catalog again and again for new snapshots, and notes when each record was first seen to be in one. */
final class Watch extends Thread {
    private static final long POLL_NS = 20_000_000;

    private final LakeTable lake;
    private final String topic;

    /** By offset; written by the producer before the record is sent. */
    final long[] dueMs;

    final long[] visibleMs;
    private volatile int next;
    private volatile RuntimeException failure;
    private long lastSequenceNumber;
    private int snapshots;

    Watch(LakeTable lake, String topic, int records) {
        super("watch");
        setDaemon(true);
        this.lake = lake;
        this.topic = topic;
        this.dueMs = new long[records];
        this.visibleMs = new long[records];
    }

    @Override
    public void run() {
        try {
            while (next < visibleMs.length) {
                Table table = lake.refreshed();
                if (table != null) {
                    look(table, System.currentTimeMillis());
                }
                LockSupport.parkNanos(POLL_NS);
            }
        } catch (IOException e) {
            failure = new UncheckedIOException(e);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void look(Table table, long nowMs) throws IOException {
        for (Snapshot snapshot : table.snapshots()) {
            if (snapshot.sequenceNumber() > lastSequenceNumber) {
                lastSequenceNumber = snapshot.sequenceNumber();
                snapshots++;
                int end = (int) LakeTable.nextOffset(snapshot, topic);
                for (int offset = next; offset < end; offset++) {
                    visibleMs[offset] = nowMs;
                }
                next = Math.max(next, end);
            }
        }
    }

    /** Whether all records have been seen. */
    boolean isDone() {
        if (failure != null) {
            throw failure;
        }
        return next >= visibleMs.length;
    }

    /** Commits seen; to be asked when all is done. */
    int snapshots() {
        return snapshots;
    }
}
