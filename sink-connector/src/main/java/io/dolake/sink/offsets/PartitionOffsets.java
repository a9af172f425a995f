/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.table.RecordMark;
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
     * A partition: where reading was told to start (-1: not told), and the next offset expected (-1: none seen yet).
     * {@code readBefore}: how far it had been read before it was sent back (-1: it was not, or has gone on).
     */
    private static final class State {
        private final long epoch;
        private long startAt = -1;
        private long position = -1;
        private long readBefore = -1;
        /** How far the framework has got, records included that were not handed over. */
        private long delivered = -1;

        /** The offset that is lacking after the start; -1: nothing is known to be. */
        private long needed = -1;
        /** The last record taken; null if it is not known. */
        private SinkRecord last;
        /** The last mark made of one. */
        private RecordMark told;
        /** The record at which reading starts, if it is to be known again; null if not. */
        private RecordMark witness;
        /** Where reading has been, by offset; at most {@link #MAX_MARKS}. */
        private final TreeMap<Long, RecordMark> marks = new TreeMap<>();

        private String topicId;
        /** Whether the task was handed nothing of what lies before the start. */
        private boolean isEmpty;

        private boolean skipsBatch;
        private boolean isSeekRepeated;
        private boolean isSeekDone;

        State(long epoch) {
            this.epoch = epoch;
        }

        /** The offset that is to be read next, -1 if it is not known. */
        private long expected() {
            return Math.max(delivered, position >= 0 ? position : needed);
        }

        private RecordMark atLast() {
            if (told == null || told.offset() != last.originalKafkaOffset()) {
                told = RecordMark.of(last);
            }
            return told;
        }
    }

    /** Offsets that the end of a transaction takes behind its last record; a topic may have expired up to there. */
    private static final int TRANSACTION_END = 1;

    /** Places remembered of a partition. */
    private static final int MAX_MARKS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(PartitionOffsets.class);

    private final boolean forgetsOffsetsAhead;
    private final boolean failsOnGaps;
    private final SinkStatus status;
    private final LogStartOffsets logStarts;
    private final Map<TopicPartition, State> states = new HashMap<>();
    private final Set<TopicPartition> forgotten = new HashSet<>();
    private final Map<TopicPartition, Long> offered = new HashMap<>();
    private final Set<TopicPartition> offeredAgain = new HashSet<>();
    private TopicPartition lastPartition;
    private State lastState;

    public PartitionOffsets(SinkConfig config, SinkStatus status, LogStartOffsets logStarts) {
        this.forgetsOffsetsAhead = config.forgetsOffsetsAhead();
        this.failsOnGaps = config.failsOnOffsetGaps();
        this.status = status;
        this.logStarts = logStarts;
    }

    public void open(TopicPartition partition, long epoch) {
        states.put(partition, new State(epoch));
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

    /** Of the same partition as before, mostly; null if it is not this task's. */
    private State state(TopicPartition partition) {
        if (partition != lastPartition) {
            lastState = states.get(partition);
            lastPartition = partition;
        }
        return lastState;
    }

    /**
     * Says whose records the framework offers: in this call, and if it is refused in the next ones too.
     *
     * @param ends the offsets after the last record of each
     */
    public void offered(Map<TopicPartition, Long> ends) {
        offeredAgain.clear();
        offeredAgain.addAll(offered.keySet());
        offered.putAll(ends);
    }

    /** Says how far the framework has got with a partition: transforms and converters may have left out what it read last. */
    public void delivered(TopicPartition partition, long end) {
        State state = state(partition);
        state.delivered = Math.max(state.delivered, end);
    }

    /** Says that the batch offered was taken. */
    public void taken() {
        offered.clear();
        states.values().forEach(state -> {
            state.skipsBatch = false;
            state.isSeekDone |= state.isSeekRepeated;
        });
    }

    /** Says that the consumer was told to go on at an offset; records offered already are not from there. */
    public void rewound(TopicPartition partition, long offset) {
        State state = state(partition);
        state.startAt = offset;
        state.isEmpty = false;
        state.told = null;
        // One record is read once more.
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
     * Whether a record may have been fetched before the consumer went back to where it was told to. In a cooperative
     * rebalance the framework hands out what the consumer has of a partition that stays before it has it seek. Such a record
     * lies where reading had got to, and the consumer is to be told again; if it has been, and still the first record lies
     * there, those before are gone from the topic.
     */
    public boolean isBeforeSeek(TopicPartition partition, long offset) {
        State state = state(partition);
        if (state.position >= 0 || offset < state.readBefore || state.readBefore < 0 || state.isSeekDone) {
            return false;
        }
        state.isSeekRepeated = true;
        return true;
    }

    /** Says that nothing is handed over of what lies before the start: it expired, or transforms leave it out. */
    public void isEmpty(TopicPartition partition) {
        state(partition).isEmpty = true;
    }

    /** Where reading was told to start. */
    public long startAt(TopicPartition partition) {
        return state(partition).startAt;
    }

    /** Whether a record is new to this task; the framework offers records again after some failures. */
    public boolean isNew(TopicPartition partition, long offset) {
        State state = state(partition);
        return !state.skipsBatch && offset >= state.position;
    }

    /**
     * Throws if a record that is not new should be: the framework does not offer it again, and the consumer was not sent back.
     * The topic was created anew then, or has lost its end.
     */
    public void checkRepeated(TopicPartition partition, long offset) {
        State state = state(partition);
        if (!state.skipsBatch && !offeredAgain.contains(partition)) {
            throw startsOver(partition, offset, state.position);
        }
    }

    /**
     * Moves on behind a record, if it is new. An offset below the start that was asked for shows that the topic ends before
     * it.
     */
    public boolean advance(TopicPartition partition, long offset) {
        if (!isNew(partition, offset)) {
            return false;
        }
        State state = state(partition);
        if (state.position < 0 && offset < state.startAt) {
            throw startsOver(partition, offset, state.startAt);
        } else if (isGap(partition, state, offset)) {
            offsetsBehind(partition, state.expected(), offset);
        }
        state.position = offset + 1;
        state.readBefore = -1;
        return true;
    }

    /** Whether the topic has lost records up to this one. Where that cannot be known, offsets left out at the start are taken for lost. */
    private boolean isGap(TopicPartition partition, State state, long offset) {
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
                        "Cannot go on with " + partition + " at offset " + expected
                                + ", up to which its tables have it: the topic starts over at " + offset)
                .withHint("If the topic was created anew, resume it with --from start, or start the task with "
                        + SinkConfig.OFFSETS_AHEAD + "=forget once");
    }

    private void offsetsBehind(TopicPartition partition, long expected, long offset) {
        String what =
                "the topic begins again at offset " + offset + "; changes between were removed before they were read";
        if (failsOnGaps) {
            throw new DoLakeException(
                            ErrorCode.CDC_LSN_NOT_FOUND,
                            "Cannot go on with " + partition + " at offset " + expected + ": " + what)
                    .withHint("Take a new snapshot of the source, and set " + SinkConfig.OFFSETS_BEHIND
                            + "=warn for the restart");
        }
        status.offsetGap();
        LOG.warn("{} does not go on at offset {}: {}", partition, expected, what);
    }

    /** Partitions whose offsets in the tables are those of a topic that is gone. */
    public Set<TopicPartition> forgotten() {
        return Set.copyOf(forgotten);
    }

    public long epoch(TopicPartition partition) {
        return state(partition).epoch;
    }

    /** The offset that comes next: after the last one taken, or where reading was told to start; the largest if nobody knows. */
    public long next(TopicPartition partition) {
        State state = state(partition);
        if (state.position >= 0) {
            return state.position;
        }
        return state.startAt >= 0 ? state.startAt : Long.MAX_VALUE;
    }

    /** Takes back that a record was taken. */
    public void retract(TopicPartition partition, long offset) {
        State state = state(partition);
        state.position = offset;
        state.last = null;
    }

    /** Says which offset is lacking when reading starts; -1: what the topic has first is what comes next. */
    public void needs(TopicPartition partition, long offset) {
        state(partition).needed = offset;
    }

    /** Says which record reading starts at: another one there shows that the topic is another. */
    public void startsAt(TopicPartition partition, RecordMark mark) {
        State state = state(partition);
        state.witness = mark;
        state.marks.put(mark.offset(), mark);
    }

    /** Throws if the record at which reading starts is not the one that it should be. */
    public void checkStart(TopicPartition partition, SinkRecord record) {
        State state = state(partition);
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
                        "Cannot go on with " + partition + " at offset " + next
                                + ", up to which its tables have it: the topic was made anew or has lost its data, "
                                + why)
                .withHint(
                        "--from start reads the topic from its start, --from held takes it for the same one; or start the"
                                + " task with " + SinkConfig.OFFSETS_AHEAD + "=forget once");
    }

    /** Whether a topic that is another one is to be read from its start; not once it is being read. */
    public boolean forgets(TopicPartition partition) {
        return forgetsOffsetsAhead && state(partition).position < 0;
    }

    /** Says which record was taken last. */
    public void note(TopicPartition partition, SinkRecord record) {
        state(partition).last = record;
    }

    /** Where reading is: the last record taken; null if it is not known. It is remembered. */
    public RecordMark mark(TopicPartition partition) {
        State state = state(partition);
        if (state.last == null) {
            return null;
        }
        RecordMark mark = state.atLast();
        state.marks.put(mark.offset(), mark);
        if (state.marks.size() > MAX_MARKS) {
            // The lowest may be what a suspended table is held at.
            state.marks.remove(state.marks.higherKey(state.marks.firstKey()));
        }
        return mark;
    }

    /** The last place remembered before an offset, which never goes back; null if none is. */
    public RecordMark markBefore(TopicPartition partition, long offset) {
        TreeMap<Long, RecordMark> marks = state(partition).marks;
        Map.Entry<Long, RecordMark> found = marks.lowerEntry(offset);
        return found == null ? null : found.getValue();
    }

    /** An offset for the group, below which the lake has all. */
    public OffsetAndMetadata groupOffset(TopicPartition partition, long next, boolean isLookedAt) {
        State state = state(partition);
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

    /** From now on, what the tables say about a partition is about a topic that is gone. */
    public void forgetOffsets(TopicPartition partition) {
        forgotten.add(partition);
        state(partition).marks.clear();
    }

    /** The offset after the last one taken; -1 if none was. */
    public long position(TopicPartition partition) {
        return state(partition).position;
    }

    /** The highest offset that can be said to be done while nothing waits: where reading was told to start, until it has. */
    public long bound(TopicPartition partition) {
        State state = state(partition);
        return state.position < 0 && state.startAt >= 0 && !state.isEmpty ? state.startAt : Long.MAX_VALUE;
    }
}
