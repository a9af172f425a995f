/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/**
 * The way of a table's changes: a buffer that fills while the one before it is committed. Lanes do not wait for each other.
 * Used by the task's thread.
 */
final class Lane {
    private final TableIdentifier table;
    private final TableCommitter committer;
    private TableBuffer active;
    private Flush inFlight;

    Lane(TableIdentifier table, TableCommitter committer) {
        this.table = table;
        this.committer = committer;
    }

    TableIdentifier table() {
        return table;
    }

    /** A buffer to fill, where none is active. */
    TableBuffer open(long nowMs) {
        active = new TableBuffer(table, committer.softDeletes(), nowMs);
        return active;
    }

    /** Null if no change waits. */
    TableBuffer active() {
        return active;
    }

    /** Null if no commit is under way. */
    Flush inFlight() {
        return inFlight;
    }

    TableCommitter committer() {
        return committer;
    }

    boolean canFlush() {
        return active != null && inFlight == null;
    }

    /** The active buffer becomes the one that is committed. */
    void started(Flush flush) {
        inFlight = flush;
        active = null;
    }

    void finished() {
        inFlight = null;
    }

    /** Drops the changes that wait. */
    void discardActive() {
        active = null;
    }

    /** The first offset of a partition that this table does not hold yet; empty if it holds all that it was given. */
    OptionalLong firstPending(TopicPartition partition) {
        if (inFlight != null) {
            Long first = inFlight.request().buffer().firstOffsets().get(partition);
            if (first != null) {
                return OptionalLong.of(first);
            }
        }
        Long first = active == null ? null : active.firstOffsets().get(partition);
        return first == null ? OptionalLong.empty() : OptionalLong.of(first);
    }

    /** What it holds: the buffer that is committed, and the one that fills. */
    List<TableBuffer> buffers() {
        List<TableBuffer> buffers = new ArrayList<>();
        if (inFlight != null) {
            buffers.add(inFlight.request().buffer());
        }
        if (active != null) {
            buffers.add(active);
        }
        return buffers;
    }

    long bytes() {
        return buffers().stream().mapToLong(TableBuffer::bytes).sum();
    }

    long events() {
        return buffers().stream().mapToLong(TableBuffer::events).sum();
    }
}
