/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes partitions over: the consumer is set to the offset that the lake holds before the first record is taken. While the
 * catalog does not answer, partitions wait, paused, and the question is repeated.
 */
final class Assignment {
    private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);
    private static final long RETRY_FIRST_MS = 200;
    private static final long RETRY_LONGEST_MS = 5_000;

    private final SinkTaskContext context;
    private final StartOffsets startOffsets;
    private final Partitions partitions;
    private final SinkStatus status;
    private final Set<TopicPartition> waiting = new HashSet<>();
    private Backoff backoff = new Backoff(RETRY_FIRST_MS, RETRY_LONGEST_MS);
    private long retryAtNs;

    Assignment(SinkTaskContext context, StartOffsets startOffsets, Partitions partitions, SinkStatus status) {
        this.context = context;
        this.startOffsets = startOffsets;
        this.partitions = partitions;
        this.status = status;
    }

    void open(Collection<TopicPartition> opened) {
        long nowMs = System.currentTimeMillis();
        for (TopicPartition partition : opened) {
            partitions.open(partition, nowMs);
        }
        for (TopicPartition partition : opened) {
            if (!waiting.isEmpty() || !settle(partition)) {
                waiting.add(partition);
                context.pause(partition);
            }
        }
        status.waitingForCatalog(isWaiting());
    }

    /** Asks again for the partitions that wait, if it is time. */
    void resolve() {
        if (!isWaiting() || System.nanoTime() - retryAtNs < 0) {
            return;
        }
        for (TopicPartition partition : Set.copyOf(waiting)) {
            if (!settle(partition)) {
                return;
            }
            waiting.remove(partition);
            if (!status.isBufferFull()) {
                context.resume(partition);
            }
        }
        backoff = new Backoff(RETRY_FIRST_MS, RETRY_LONGEST_MS);
        status.waitingForCatalog(false);
    }

    /** Sets the consumer to where the lake is; false if the catalog does not say. */
    private boolean settle(TopicPartition partition) {
        try {
            Optional<TableOffsets.Position> position = startOffsets.find(partition);
            if (position.isPresent()) {
                // Later than every owner before, whatever their clocks said.
                partitions.open(
                        partition,
                        Math.max(partitions.epoch(partition), position.get().epoch() + 1));
                // One record is read again: the worker commits the group's offset only when it moves, and until then
                // the
                // group may stand where it stood before a crash.
                rewind(partition, Math.max(0, position.get().held() - 1));
            }
            return true;
        } catch (RuntimeException e) {
            status.fault(Faults.classify("of " + partition, e));
            long delayMs = backoff.nextMs();
            retryAtNs = System.nanoTime() + delayMs * 1_000_000;
            LOG.warn("Cannot look up the offsets of {}, next attempt in {} ms: {}", partition, delayMs, e.toString());
            LOG.debug("Cause", e);
            return false;
        }
    }

    void rewind(TopicPartition partition, long offset) {
        context.offset(partition, offset);
        partitions.rewound(partition, offset);
    }

    void close(TopicPartition partition) {
        waiting.remove(partition);
        partitions.close(partition);
        status.waitingForCatalog(isWaiting());
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    boolean isWaiting(TopicPartition partition) {
        return waiting.contains(partition);
    }
}
