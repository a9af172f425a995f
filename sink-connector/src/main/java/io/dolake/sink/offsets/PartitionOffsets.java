/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.table.RecordMark;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topic partitions of a task and how far it has read them. Used by the task's thread. */
public final class PartitionOffsets {
    /**
     * Number of offsets that the end of a transaction may use after its last record; a topic may have expired up to
     * there.
     */
    private static final int TRANSACTION_END = 1;

    /** Number of positions remembered per partition. */
    static final int MAX_MARKS = 64;

    private static final Duration WANTED = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(PartitionOffsets.class);

    private final boolean forgetsOffsetsAhead;
    private final boolean failsOnGaps;
    private final SinkStatus status;
    private final LogStartOffsets logStarts;
    private final Map<TopicPartition, PartitionState> states = new HashMap<>();
    private final Set<TopicPartition> forgotten = new HashSet<>();
    /** Until when a request to read from the start holds; see {@link #startIsWanted}. */
    private final Map<TopicPartition, Long> wantedUntilNs = new HashMap<>();

    private final Map<TopicPartition, Long> offered = new HashMap<>();
    private final Set<TopicPartition> offeredAgain = new HashSet<>();
    private TopicPartition lastPartition;
    private PartitionState lastState;

    public PartitionOffsets(SinkConfig config, SinkStatus status, LogStartOffsets logStarts) {
        this.forgetsOffsetsAhead = config.forgetsOffsetsAhead();
        this.failsOnGaps = config.failsOnOffsetGaps();
        this.status = status;
        this.logStarts = logStarts;
    }

    public void open(TopicPartition partition, long epoch) {
        states.put(partition, new PartitionState(epoch));
        lastPartition = null;
    }

    public void close(TopicPartition partition) {
        states.remove(partition);
        logStarts.close(partition);
        lastPartition = null;
        forgotten.remove(partition);
    }

    public Set<TopicPartition> all() {
        return Set.copyOf(states.keySet());
    }

    public boolean isEmpty() {
        return states.isEmpty();
    }

    public boolean contains(TopicPartition partition) {
        return state(partition) != null;
    }

    /** State of the partition asked for last, mostly the same one; null if it does not belong to this task. */
    private PartitionState state(TopicPartition partition) {
        if (partition != lastPartition) {
            lastState = states.get(partition);
            lastPartition = partition;
        }
        return lastState;
    }

    /**
     * Sets the records that the framework offers: in this call, and again in the next ones if they are refused.
     *
     * @param ends the offsets after the last record of each
     */
    public void offered(Map<TopicPartition, Long> ends) {
        offeredAgain.clear();
        offeredAgain.addAll(offered.keySet());
        offered.putAll(ends);
    }

    /**
     * Sets how far the framework has got with a partition: transforms and converters may have dropped the last records.
     */
    public void delivered(TopicPartition partition, long end) {
        PartitionState state = state(partition);
        state.delivered = Math.max(state.delivered, end);
    }

    /** Reports that the offered batch was accepted. */
    public void taken() {
        offered.clear();
        states.values().forEach(state -> {
            state.skipsBatch = false;
            state.isSeekDone |= state.isSeekRepeated;
        });
    }

    /** Reports that the consumer was set to an offset; records offered already do not come from there. */
    public void rewound(TopicPartition partition, long offset) {
        PartitionState state = state(partition);
        state.startAt = offset;
        state.isEmpty = false;
        state.told = null;
        // One record is read a second time.
        state.needed = offset + 1;
        state.last = null;
        state.witness = null;
        state.delivered = -1;
        state.readBefore = Math.max(state.readBefore, state.position);
        state.position = -1;
        state.skipsBatch = offered.containsKey(partition);
        state.isSeekRepeated = false;
        state.isSeekDone = false;
    }

    /**
     * Whether a record may have been fetched before the consumer was sent back to its start offset. In a cooperative
     * rebalance the framework delivers what the consumer has of a partition that stays before it seeks. Such a record
     * lies where reading had got to, and the consumer has to seek again; if it has done so, and the first record still
     * lies there, those before are deleted from the topic.
     */
    public boolean isBeforeSeek(TopicPartition partition, long offset) {
        PartitionState state = state(partition);
        if (state.position >= 0 || offset < state.readBefore || state.readBefore < 0 || state.isSeekDone) {
            return false;
        }
        state.isSeekRepeated = true;
        return true;
    }

    /** Notes that no record before the start is delivered: they expired, or transforms drop them. */
    public void isEmpty(TopicPartition partition) {
        state(partition).isEmpty = true;
    }

    /** The offset at which reading was set to start. */
    public long startAt(TopicPartition partition) {
        return state(partition).startAt;
    }

    /** Whether a record is new to this task; the framework offers records again after some failures. */
    public boolean isNew(TopicPartition partition, long offset) {
        PartitionState state = state(partition);
        return !state.skipsBatch && offset >= state.position;
    }

    /**
     * Throws if a record that should be new is not: the framework does not offer it again, and the consumer was not
     * sent back. Then the topic was recreated, or has lost its end.
     */
    public void checkRepeated(TopicPartition partition, long offset) {
        PartitionState state = state(partition);
        if (!state.skipsBatch && !offeredAgain.contains(partition)) {
            throw startsOver(partition, offset, state.position);
        }
    }

    /**
     * Advances past a record, if it is new. An offset below the requested start shows that the topic ends before it.
     */
    public boolean advance(TopicPartition partition, long offset) {
        if (!isNew(partition, offset)) {
            return false;
        }
        PartitionState state = state(partition);
        if (state.position < 0 && offset < state.startAt) {
            throw startsOver(partition, offset, state.startAt);
        } else if (isGap(partition, state, offset)) {
            offsetsBehind(partition, state.expected(), offset);
        }
        state.position = offset + 1;
        state.readBefore = -1;
        return true;
    }

    /**
     * Whether the topic has lost records up to this one. Where that cannot be known, offsets missing at the start count
     * as lost.
     */
    private boolean isGap(TopicPartition partition, PartitionState state, long offset) {
        long expected = state.expected();
        if (expected < 0 || offset <= expected) {
            return false;
        }
        OptionalLong first = logStarts.of(partition, offered.getOrDefault(partition, offset + 1));
        return first.isPresent() ? first.getAsLong() > expected + TRANSACTION_END : state.position < 0;
    }

    private static DoLakeException startsOver(TopicPartition partition, long offset, long expected) {
        return new DoLakeException(
                        ErrorCode.TOPIC_REPLACED,
                        "Cannot resume " + partition + " at offset " + expected
                                + ": its tables are complete up to there, but the topic now starts over at offset "
                                + offset)
                .withHint("If the topic was recreated, resume it with --from start, or start the task with "
                        + SinkConfig.OFFSETS_AHEAD + "=forget once");
    }

    private void offsetsBehind(TopicPartition partition, long expected, long offset) {
        String what =
                "the topic begins again at offset " + offset + "; changes between were removed before they were read";
        if (failsOnGaps) {
            throw new DoLakeException(
                            ErrorCode.CDC_LSN_NOT_FOUND,
                            "Cannot resume " + partition + " at offset " + expected + ": " + what)
                    .withHint("Take a new snapshot of the source, and set " + SinkConfig.OFFSETS_BEHIND
                            + "=warn for the restart");
        }
        status.offsetGap();
        LOG.warn("{} does not continue at offset {}: {}", partition, expected, what);
    }

    /** Partitions whose offsets in the tables are those of a deleted topic. */
    public Set<TopicPartition> forgotten() {
        return Set.copyOf(forgotten);
    }

    public long epoch(TopicPartition partition) {
        return state(partition).epoch;
    }

    /** The next offset: after the last record processed, or where reading was set to start; the largest if unknown. */
    public long next(TopicPartition partition) {
        PartitionState state = state(partition);
        if (state.position >= 0) {
            return state.position;
        }
        return state.startAt >= 0 ? state.startAt : Long.MAX_VALUE;
    }

    /** Undoes the processing of a record. */
    public void retract(TopicPartition partition, long offset) {
        PartitionState state = state(partition);
        state.position = offset;
        state.last = null;
    }

    /** Sets the offset that is missing when reading starts; -1: the first record of the topic is the next one. */
    public void needs(TopicPartition partition, long offset) {
        state(partition).needed = offset;
    }

    /** Sets the record at which reading starts: another record there shows that the topic is another one. */
    public void startsAt(TopicPartition partition, RecordMark mark) {
        PartitionState state = state(partition);
        state.witness = mark;
        state.marks.put(mark.offset(), mark);
    }

    /** Throws if the record at which reading starts is not the expected one. */
    public void checkStart(TopicPartition partition, SinkRecord record) {
        PartitionState state = state(partition);
        RecordMark witness = state.witness;
        if (witness == null) {
            return;
        }
        state.witness = null;
        if (record.originalKafkaOffset() == witness.offset() && !witness.fits(record)) {
            throw replaced(partition, state.needed, "the record at offset " + witness.offset() + " is another");
        }
    }

    public static DoLakeException replaced(TopicPartition partition, long next, String why) {
        return new DoLakeException(
                        ErrorCode.TOPIC_REPLACED,
                        "Cannot resume " + partition + " at offset " + next
                                + ": its tables are complete up to there, but the topic was recreated or has lost its data: "
                                + why)
                .withHint(
                        "--from start reads the topic from its start, --from held treats it as the same topic; or start the"
                                + " task with " + SinkConfig.OFFSETS_AHEAD + "=forget once");
    }

    /** Whether a recreated topic is to be read from its start; false once it is being read. */
    public boolean forgets(TopicPartition partition) {
        Long untilNs = wantedUntilNs.get(partition);
        boolean isWanted = untilNs != null && System.nanoTime() - untilNs < 0;
        return (forgetsOffsetsAhead || isWanted) && state(partition).position < 0;
    }

    /**
     * Somebody has resumed a recreated topic from its start. Until something of it is committed, the tables know only
     * the old one; a rebalance in that time closes and opens the partition, and must not undo the request. It holds for
     * a minute, so that it is not taken for an answer to what happens to the topic later.
     */
    public void startIsWanted(TopicPartition partition) {
        wantedUntilNs.values().removeIf(untilNs -> System.nanoTime() - untilNs > 0);
        wantedUntilNs.put(partition, System.nanoTime() + WANTED.toNanos());
    }

    /** From now on the tables know the topic that is being read. */
    public void committed(Set<TopicPartition> partitions) {
        wantedUntilNs.keySet().removeAll(partitions);
    }

    /** Sets the last record processed. */
    public void note(TopicPartition partition, SinkRecord record) {
        state(partition).last = record;
    }

    /** The position of reading: the last record processed; null if it is not known. It is remembered. */
    public RecordMark mark(TopicPartition partition) {
        PartitionState state = state(partition);
        if (state.last == null) {
            return null;
        }
        RecordMark mark = state.atLast();
        state.marks.put(mark.offset(), mark);
        if (state.marks.size() > MAX_MARKS) {
            // The lowest may be where a suspended table is held.
            state.marks.remove(state.marks.higherKey(state.marks.firstKey()));
        }
        return mark;
    }

    /** The last position remembered before an offset, which never goes back; null if there is none. */
    public RecordMark markBefore(TopicPartition partition, long offset) {
        TreeMap<Long, RecordMark> marks = state(partition).marks;
        Map.Entry<Long, RecordMark> found = marks.lowerEntry(offset);
        return found == null ? null : found.getValue();
    }

    /** An offset for the group, below which the lake has all. */
    public OffsetAndMetadata groupOffset(TopicPartition partition, long next, boolean isLookedAt) {
        PartitionState state = state(partition);
        if (state.witness != null) {
            return GroupOffset.of(next, state.witness);
        } else if (state.position < 0 && (isLookedAt || state.startAt >= 0 && !state.isEmpty)) {
            return new OffsetAndMetadata(next); // it is to take a record yet
        } else if (state.position < 0) {
            return GroupOffset.withoutRecord(next);
        }
        boolean isAllHeld = state.last != null && state.last.originalKafkaOffset() < next;
        return GroupOffset.of(next, isAllHeld ? state.atLast() : markBefore(partition, next));
    }

    public void topicId(TopicPartition partition, String id) {
        state(partition).topicId = id;
    }

    /** Null if it is not known. */
    public String topicId(TopicPartition partition) {
        return state(partition).topicId;
    }

    /** From now on, offsets in the tables for a partition refer to a deleted topic. */
    public void forgetOffsets(TopicPartition partition) {
        forgotten.add(partition);
        state(partition).marks.clear();
    }

    /** The offset after the last record processed; -1 if there is none. */
    public long position(TopicPartition partition) {
        return state(partition).position;
    }

    /**
     * The highest offset that counts as done while nothing is buffered: the start of reading, until a record is
     * processed.
     */
    public long bound(TopicPartition partition) {
        PartitionState state = state(partition);
        return state.position < 0 && state.startAt >= 0 && !state.isEmpty ? state.startAt : Long.MAX_VALUE;
    }
}
