/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.catalog.FailureClassifier;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.offsets.StartLookUps;
import io.dolake.sink.offsets.StartOffsets;
import io.dolake.sink.offsets.TopicIds;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.support.Backoff;
import io.dolake.sink.table.RecordMark;
import io.dolake.sink.table.TableOffsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes assigned partitions over: sets the consumer to the offset that the lake holds before the first record is
 * processed. While the catalog does not answer, partitions stay paused and the lookup is repeated.
 */
final class PartitionAssignment {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionAssignment.class);
    private static final long RETRY_FIRST_MS = 200;
    private static final long RETRY_LONGEST_MS = 5_000;
    /** How long a start, or a call of the task, may wait for tables. */
    private static final long OPEN_WAIT_MS = 5_000;

    private static final long RESOLVE_WAIT_MS = 500;

    private final SinkTaskContext context;
    private final StartOffsets startOffsets;
    private final PartitionOffsets partitions;
    private final SinkStatus status;
    private final TableWriters writers;
    private final Suspensions suspensions;
    private final TopicIds topicIds;
    private final LookBack lookBack;
    private final int unknownRetries;
    /** Consecutive faults of which it is not known whether they are transient. */
    private int unknown;

    /** Outcome of the lookup of a partition's start offset. */
    private enum Answer {
        SETTLED,
        /** The lookup takes long, as with a table whose files cannot be read: other partitions need not wait for it. */
        NOT_YET,
        CATALOG_IS_DOWN
    }

    private final StartLookUps lookUps;
    private final Set<TopicPartition> waiting = new HashSet<>();
    /**
     * Partitions that were paused when they were revoked. Connect keeps those paused that come back in the same
     * rebalance.
     */
    private final Set<TopicPartition> leftPaused = new HashSet<>();

    private Backoff backoff = new Backoff(RETRY_FIRST_MS, RETRY_LONGEST_MS);
    private long retryAtNs;

    PartitionAssignment(
            SinkTaskContext context,
            StartOffsets startOffsets,
            PartitionOffsets partitions,
            SinkStatus status,
            TableWriters writers,
            Suspensions suspensions,
            TopicIds topicIds,
            LookBack lookBack,
            int unknownRetries) {
        this.topicIds = topicIds;
        this.lookBack = lookBack;
        this.writers = writers;
        this.suspensions = suspensions;
        this.unknownRetries = unknownRetries;
        this.context = context;
        this.startOffsets = startOffsets;
        this.lookUps = new StartLookUps(startOffsets);
        this.partitions = partitions;
        this.status = status;
    }

    void open(Collection<TopicPartition> opened) {
        long nowMs = System.currentTimeMillis();
        for (TopicPartition partition : opened) {
            partitions.open(partition, nowMs);
            lookBack.open(partition);
        }
        topicIds.forget(opened);
        boolean isDown = isWaiting();
        lookUps.begin(opened, OPEN_WAIT_MS);
        for (TopicPartition partition : opened) {
            Answer answer = isDown ? Answer.CATALOG_IS_DOWN : settle(partition);
            isDown |= answer == Answer.CATALOG_IS_DOWN;
            boolean isPaused = leftPaused.remove(partition);
            if (answer != Answer.SETTLED) {
                waiting.add(partition);
                context.pause(partition);
            } else if (isPaused && !suspensions.holds(partition)) {
                context.resume(partition);
            }
        }
        status.waitingForCatalog(isWaiting());
    }

    /** Repeats the lookup for the partitions that wait, if it is due. */
    void resolve() {
        if (!isWaiting() || System.nanoTime() - retryAtNs < 0) {
            return;
        }
        lookUps.begin(waiting, RESOLVE_WAIT_MS);
        for (TopicPartition partition : Set.copyOf(waiting)) {
            Answer answer = settle(partition);
            if (answer == Answer.CATALOG_IS_DOWN) {
                return;
            }
            if (answer == Answer.SETTLED) {
                waiting.remove(partition);
                if (!status.isBufferFull() && !suspensions.holds(partition)) {
                    context.resume(partition);
                }
            }
        }
        if (isWaiting()) {
            retryAtNs = System.nanoTime() + RETRY_FIRST_MS * 1_000_000;
            return;
        }
        backoff = new Backoff(RETRY_FIRST_MS, RETRY_LONGEST_MS);
        status.settled(SinkStatus.CATALOG);
        status.waitingForCatalog(false);
    }

    /**
     * Sets the consumer to the lake's offset, if that is known yet. If only the table is at fault, it is suspended:
     * without its offset, reading starts at the group's offset. Throws if the catalog itself cannot be used.
     */
    private Answer settle(TopicPartition partition) {
        try {
            String topicId = topicId(partition);
            Optional<StartOffsets.Found> found = lookUps.of(partition);
            if (found.isEmpty()) {
                return Answer.NOT_YET;
            }
            Optional<TableOffsets.Position> position = found.get().position();
            if (position.isPresent()) {
                // Later than every previous owner, whatever their clocks said.
                partitions.open(
                        partition,
                        Math.max(partitions.epoch(partition), position.get().epoch() + 1));
                TableWriter writer = writers.of(startOffsets.table(partition).orElseThrow());
                writer.holds(partition, position.get().last());
                writer.takes(partition, TableWriter.FROM_BASE);
                writer.committer().isSeen(found.get().table().orElseThrow());
                lookBack.startsAt(partition, position.get().held());
                startAt(partition, position.get(), topicId);
            } else if (found.get().isLacking()) {
                lookBack.suspect(partition);
            }
            partitions.topicId(partition, topicId);
            return Answer.SETTLED;
        } catch (KafkaRefuses e) {
            throw e.reason;
        } catch (RuntimeException e) {
            FailureClassifier fault =
                    FailureClassifier.explain("look up the offsets of " + partition, e, "the catalog");
            unknown = fault.kind() == FailureClassifier.Kind.UNKNOWN ? unknown + 1 : 0;
            if (fault.kind() == FailureClassifier.Kind.PERMANENT || unknown > unknownRetries) {
                unknown = 0;
                if (!startOffsets.isCatalogOpen()) {
                    throw fault.error();
                }
                suspensions.table(startOffsets.table(partition).orElseThrow(), fault.error(), partition);
                return Answer.SETTLED;
            }
            status.fault(SinkStatus.CATALOG, fault.error());
            long delayMs = backoff.nextMs();
            retryAtNs = System.nanoTime() + delayMs * 1_000_000;
            LOG.warn("Cannot look up the offsets of {}, next attempt in {} ms: {}", partition, delayMs, e.toString());
            LOG.debug("Cause", fault.error());
            return Answer.CATALOG_IS_DOWN;
        }
    }

    /**
     * A record is read again. It shows that the topic is still the same one, and it moves the group's offset: the
     * worker commits that offset only when it moves, so until then the group may stay where it was before a crash.
     */
    private void startAt(TopicPartition partition, TableOffsets.Position position, String topicId) {
        boolean isOther = topicId != null
                && position.topicId() != null
                && !position.topicId().equals(topicId);
        if (isOther && partitions.forgets(partition)) {
            readAnew(partition);
            return;
        }
        if (isOther) {
            String why = "its id is " + topicId + ", and was " + position.topicId();
            rewind(partition, position.held());
            suspensions.partition(
                    partition, PartitionOffsets.replaced(partition, position.held(), why), position.held());
            return;
        }
        RecordMark before = position.before();
        boolean isKnown = before != null && before.offset() < position.held();
        rewind(partition, isKnown ? before.offset() : Math.max(0, position.held() - 1));
        partitions.needs(partition, position.held());
        if (isKnown) {
            partitions.startsAt(partition, before);
        }
    }

    private String topicId(TopicPartition partition) {
        try {
            return topicIds.of(partition, partitions.all());
        } catch (DoLakeException e) {
            if (e.code().isRetriable()) {
                throw e;
            }
            throw new KafkaRefuses(e);
        }
    }

    /** Kafka cannot be queried with these settings: only the settings are at fault. */
    private static final class KafkaRefuses extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final DoLakeException reason;

        KafkaRefuses(DoLakeException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** Reads a topic from its start because it is not the one that the tables know. */
    void readAnew(TopicPartition partition) {
        LOG.warn("{} is read from its start: its topic is not the one that the tables know", partition);
        forgetOffsets(partition);
        rewind(partition, 0);
        partitions.needs(partition, -1);
    }

    /** From now on, what is known of a partition refers to a deleted topic. */
    void forgetOffsets(TopicPartition partition) {
        partitions.forgetOffsets(partition);
        lookBack.startsAt(partition, 0);
    }

    void rewind(TopicPartition partition, long offset) {
        context.offset(partition, offset);
        partitions.rewound(partition, offset);
    }

    /** Call this while it is known whether the partition is suspended. */
    void close(TopicPartition partition) {
        if (waiting.remove(partition) || suspensions.holds(partition)) {
            leftPaused.add(partition);
        }
        lookUps.forget(partition);
        partitions.close(partition);
        lookBack.close(partition);
        if (waiting.isEmpty()) {
            status.settled(SinkStatus.CATALOG);
        }
        status.waitingForCatalog(isWaiting());
    }

    void stop() {
        lookUps.close();
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    boolean isWaiting(TopicPartition partition) {
        return waiting.contains(partition);
    }
}
