/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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
        private boolean skipsBatch;
        private boolean isSeekRepeated;
        private boolean isSeekDone;

        State(long epoch) {
            this.epoch = epoch;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    private final boolean forgetsOffsetsAhead;
    private final boolean failsOnGaps;
    private final SinkStatus status;
    private final Map<TopicPartition, State> states = new HashMap<>();
    private final Set<TopicPartition> forgotten = new HashSet<>();
    private final Set<TopicPartition> offered = new HashSet<>();
    private TopicPartition lastPartition;
    private State lastState;

    Partitions(SinkConfig config, SinkStatus status) {
        this.forgetsOffsetsAhead = "forget".equals(config.getString(SinkConfig.OFFSETS_AHEAD));
        this.failsOnGaps = "fail".equals(config.getString(SinkConfig.OFFSETS_BEHIND));
        this.status = status;
    }

    void open(TopicPartition partition, long epoch) {
        states.put(partition, new State(epoch));
        lastPartition = null;
    }

    void close(TopicPartition partition) {
        states.remove(partition);
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

    /** Says whose records the framework offers: in this call, and if it is refused in the next ones too. */
    void offered(Set<TopicPartition> batch) {
        offered.addAll(batch);
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
        state.readBefore = Math.max(state.readBefore, state.position);
        state.position = -1;
        state.skipsBatch = offered.contains(partition);
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
     * Moves on behind a record, if it is new. An offset below the start that was asked for shows that the topic ends before
     * it. The record at the start was read before, or the one after it was: where both are gone, unread ones may be.
     */
    boolean advance(TopicPartition partition, long offset) {
        if (!isNew(partition, offset)) {
            return false;
        }
        State state = state(partition);
        if (state.position < 0 && offset < state.startAt) {
            offsetsAhead(partition, offset, state.startAt);
            state.startAt = -1;
        } else if (state.position < 0 && state.startAt >= 0 && offset > state.startAt + 1) {
            offsetsBehind(partition, state.startAt + 1, offset);
        }
        state.position = offset + 1;
        state.readBefore = -1;
        return true;
    }

    private void offsetsAhead(TopicPartition partition, long offset, long startAt) {
        if (!forgetsOffsetsAhead) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot go on with " + partition + " at offset " + startAt
                                    + ", up to which its tables have it: the topic starts over at " + offset)
                    .withHint("If the topic was created anew, set " + SinkConfig.OFFSETS_AHEAD + "=forget once");
        }
        forgotten.add(partition);
    }

    private void offsetsBehind(TopicPartition partition, long expected, long offset) {
        String what = "the topic begins again at offset " + offset + ". What retention removed unread is lost,"
                + " what compaction removed has a later change of its key";
        if (failsOnGaps) {
            throw new DoLakeException(
                            ErrorCode.CDC_LSN_NOT_FOUND,
                            "Cannot go on with " + partition + " at offset " + expected + ": " + what)
                    .withHint(
                            "If changes were lost, take a new snapshot of the source; then, or if the topic is compacted, set "
                                    + SinkConfig.OFFSETS_BEHIND + "=warn");
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
