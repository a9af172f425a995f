/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topic partitions of a task and how far it has read them. Used by the task's thread. */
final class Partitions {
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

        private boolean skipsBatch;
        private boolean isSeekRepeated;
        private boolean isSeekDone;

        State(long epoch) {
            this.epoch = epoch;
        }

        /** The offset that is to be read next, -1 if it is not known. At the start one record is read once more. */
        private long expected() {
            return Math.max(delivered, position >= 0 || startAt < 0 ? position : startAt + 1);
        }
    }

    /** Offsets that the end of a transaction takes behind its last record; a topic may have expired up to there. */
    private static final int TRANSACTION_END = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    private final boolean forgetsOffsetsAhead;
    private final boolean failsOnGaps;
    private final SinkStatus status;
    private final LogStarts logStarts;
    private final Map<TopicPartition, State> states = new HashMap<>();
    private final Set<TopicPartition> forgotten = new HashSet<>();
    private final Map<TopicPartition, Long> offered = new HashMap<>();
    private final Set<TopicPartition> offeredAgain = new HashSet<>();
    private TopicPartition lastPartition;
    private State lastState;

    Partitions(SinkConfig config, SinkStatus status, LogStarts logStarts) {
        this.forgetsOffsetsAhead = "forget".equals(config.getString(SinkConfig.OFFSETS_AHEAD));
        this.failsOnGaps = "fail".equals(config.getString(SinkConfig.OFFSETS_BEHIND));
        this.status = status;
        this.logStarts = logStarts;
    }

    void open(TopicPartition partition, long epoch) {
        states.put(partition, new State(epoch));
        lastPartition = null;
    }

    void close(TopicPartition partition) {
        states.remove(partition);
        logStarts.close(partition);
        lastPartition = null;
        forgotten.remove(partition);
    }

    Set<TopicPartition> all() {
        return Set.copyOf(states.keySet());
    }

    boolean contains(TopicPartition partition) {
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
    void offered(Map<TopicPartition, Long> ends) {
        offeredAgain.clear();
        offeredAgain.addAll(offered.keySet());
        offered.putAll(ends);
    }

    /** Says how far the framework has got with a partition: transforms and converters may have left out what it read last. */
    void delivered(TopicPartition partition, long end) {
        State state = state(partition);
        state.delivered = Math.max(state.delivered, end);
    }

    /** Says that the batch offered was taken. */
    void taken() {
        offered.clear();
        states.values().forEach(state -> {
            state.skipsBatch = false;
            state.isSeekDone |= state.isSeekRepeated;
        });
    }

    /** Says that the consumer was told to go on at an offset; records offered already are not from there. */
    void rewound(TopicPartition partition, long offset) {
        State state = state(partition);
        state.startAt = offset;
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
    boolean isBeforeSeek(TopicPartition partition, long offset) {
        State state = state(partition);
        if (state.position >= 0 || offset < state.readBefore || state.readBefore < 0 || state.isSeekDone) {
            return false;
        }
        state.isSeekRepeated = true;
        return true;
    }

    /** Where reading was told to start. */
    long startAt(TopicPartition partition) {
        return state(partition).startAt;
    }

    /** Whether a record is new to this task; the framework offers records again after some failures. */
    boolean isNew(TopicPartition partition, long offset) {
        State state = state(partition);
        return !state.skipsBatch && offset >= state.position;
    }

    /**
     * Throws if a record that is not new should be: the framework does not offer it again, and the consumer was not sent back.
     * The topic was created anew then, or has lost its end.
     */
    void checkRepeated(TopicPartition partition, long offset) {
        State state = state(partition);
        if (!state.skipsBatch && !offeredAgain.contains(partition)) {
            throw startsOver(partition, offset, state.position);
        }
    }

    /**
     * Moves on behind a record, if it is new. An offset below the start that was asked for shows that the topic ends before
     * it.
     */
    boolean advance(TopicPartition partition, long offset) {
        if (!isNew(partition, offset)) {
            return false;
        }
        State state = state(partition);
        if (state.position < 0 && offset < state.startAt) {
            offsetsAhead(partition, offset, state.startAt);
            state.startAt = -1;
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

    private void offsetsAhead(TopicPartition partition, long offset, long startAt) {
        if (!forgetsOffsetsAhead) {
            throw startsOver(partition, offset, startAt);
        }
        forgotten.add(partition);
    }

    private static DoLakeException startsOver(TopicPartition partition, long offset, long expected) {
        return new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot go on with " + partition + " at offset " + expected
                                + ", up to which its tables have it: the topic starts over at " + offset)
                .withHint("If the topic was created anew, start the task with " + SinkConfig.OFFSETS_AHEAD
                        + "=forget once");
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
    Set<TopicPartition> forgotten() {
        return Set.copyOf(forgotten);
    }

    long epoch(TopicPartition partition) {
        return state(partition).epoch;
    }

    /** The offset after the last one taken; -1 if none was. */
    long position(TopicPartition partition) {
        return state(partition).position;
    }

    /** The highest offset that can be said to be done while nothing waits: where reading was told to start, until it has. */
    long bound(TopicPartition partition) {
        State state = state(partition);
        return state.position < 0 && state.startAt >= 0 ? state.startAt : Long.MAX_VALUE;
    }
}
