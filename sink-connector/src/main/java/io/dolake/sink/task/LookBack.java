/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.commit.OffsetFence;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.offsets.StartOffsets;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.table.RecordMark;
import io.dolake.sink.table.TableAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects tables that were dropped or recreated while no task was reading. All tables are complete below a partition's
 * base, the offset at which the task starts to read it. A table without any offset of that partition either never
 * received a row from it, or it was recreated. The topic shows which: the partition is read from its start up to the
 * base. None of these records are written, but a table that lacks one of the rows found is suspended, with its offset
 * held at the base. This look-back runs at assignment if the table named after the topic has no offset of the
 * partition, and otherwise when the first row for such a table arrives. Used by the task's thread.
 */
final class LookBack {
    private static final Logger LOG = LoggerFactory.getLogger(LookBack.class);
    /** A look-back without any record for this long is given up until a row arrives: the range may be empty. */
    private static final long IDLE_MS = 10_000;

    private final boolean isOn;
    private final SinkTaskContext context;
    private final PartitionOffsets partitions;
    private final TableWriters writers;
    private final Suspensions suspensions;
    private final TableAccess access;
    private final String connector;
    private final Map<TopicPartition, LookBackState> states = new HashMap<>();
    /** Partitions whose table by name has no offset, and whose base is not known yet. */
    private final Set<TopicPartition> suspects = new HashSet<>();
    /** Partitions whose look-back is due, under way, or has just ended. */
    private final Set<TopicPartition> active = new HashSet<>();

    private TopicPartition lastPartition;
    private LookBackState lastState;

    LookBack(
            SinkConfig config,
            SinkTaskContext context,
            PartitionOffsets partitions,
            TableWriters writers,
            Suspensions suspensions,
            TableAccess access,
            String connector) {
        this.isOn = SuspensionConfig.looksBack(config);
        this.context = context;
        this.partitions = partitions;
        this.writers = writers;
        this.suspensions = suspensions;
        this.access = access;
        this.connector = connector;
    }

    void open(TopicPartition partition) {
        close(partition);
        states.put(partition, new LookBackState());
    }

    void close(TopicPartition partition) {
        states.remove(partition);
        suspects.remove(partition);
        active.remove(partition);
        lastPartition = null;
    }

    /** LookBackState of the partition asked for last, which is mostly the same one. */
    private LookBackState state(TopicPartition partition) {
        if (partition != lastPartition) {
            lastState = states.get(partition);
            lastPartition = partition;
        }
        return lastState;
    }

    /** Sets the offset below which all tables are complete; 0: the topic was recreated, none of it has been read. */
    void startsAt(TopicPartition partition, long base) {
        LookBackState state = state(partition);
        state.base = base;
        suspects.remove(partition);
        ended(partition, state, LookBackState.Phase.NONE);
    }

    /** Reports that the table named after the topic has no offset; the look-back starts once the base is known. */
    void suspect(TopicPartition partition) {
        if (!isOn) {
            return;
        }
        suspects.add(partition);
        if (state(partition).base != LookBackState.UNKNOWN) {
            baseIs(partition, state(partition), state(partition).base);
        }
    }

    /** Whether there is work to do: the worker should ask for offsets soon, and call again. */
    boolean isBusy() {
        return !active.isEmpty() || asks();
    }

    /** Whether the worker should ask which offsets to commit: only then does it report the group's offsets. */
    boolean asks() {
        return !suspects.isEmpty();
    }

    /** Whether it waits for a partition, or has begun with it. */
    boolean isConcerned(TopicPartition partition) {
        return suspects.contains(partition) || active.contains(partition);
    }

    /** Whether the group's offsets must not move: otherwise a task that ends now would leave them below the base. */
    boolean isUnderWay() {
        return !active.isEmpty()
                && active.stream().map(states::get).anyMatch(state -> state.phase != LookBackState.Phase.WANTED);
    }

    /** Reports how far the worker has delivered; before the first record that is the group's offset. */
    void delivered(TopicPartition partition, long end) {
        LookBackState state = state(partition);
        if (state == null) {
            return; // it is no longer the task's
        }
        if (state.base == LookBackState.UNKNOWN) {
            baseIs(partition, state, end);
        } else if (state.phase == LookBackState.Phase.LEFT && end >= state.base) {
            ended(partition, state, LookBackState.Phase.NONE);
        } else if (state.phase == LookBackState.Phase.UNDER_WAY
                && end >= state.base
                && partitions.position(partition) >= 0) {
            finish(partition, state);
        }
    }

    private void baseIs(TopicPartition partition, LookBackState state, long base) {
        state.base = base;
        if (suspects.remove(partition) && base > 0 && state.phase == LookBackState.Phase.NONE) {
            want(partition, state, true);
        }
    }

    private void want(TopicPartition partition, LookBackState state, boolean isByName) {
        state.phase = LookBackState.Phase.WANTED;
        state.isByName = isByName;
        active.add(partition);
        context.timeout(1);
    }

    private void ended(TopicPartition partition, LookBackState state, LookBackState.Phase phase) {
        state.phase = phase;
        state.found.clear();
        active.remove(partition);
    }

    /** Registers the next record. True if the record must not be processed now and will be delivered again. */
    boolean sendsBack(RecordPosition place) {
        TopicPartition partition = place.partition();
        LookBackState state = state(partition);
        if (state.base == LookBackState.UNKNOWN) {
            baseIs(partition, state, place.offset());
        }
        if (active.isEmpty() || state.phase == LookBackState.Phase.NONE || state.phase == LookBackState.Phase.DONE) {
            return false;
        }
        state.movedAtNs = System.nanoTime();
        if (state.phase == LookBackState.Phase.WANTED || place.offset() < state.base) {
            return state.phase == LookBackState.Phase.WANTED;
        }
        boolean isJump = state.phase == LookBackState.Phase.UNDER_WAY
                && partitions.position(partition) < 0
                && place.offset() > state.base;
        if (state.phase == LookBackState.Phase.LEFT) {
            ended(partition, state, LookBackState.Phase.NONE);
        } else {
            finish(partition, state);
        }
        if (isJump) {
            // The start of the topic is gone, and the consumer jumped to where its settings direct it.
            rewind(partition, state.base);
        }
        return isJump;
    }

    /**
     * The changes of a record that its tables lack; empty if the record is to be delivered again ({@link #isWanted}).
     */
    List<Change> wanted(List<Change> changes, RecordPosition place) {
        LookBackState state = state(place.partition());
        if (state.base == 0 || !isOn) {
            return changes;
        }
        List<Change> wanted = null;
        for (int i = 0; i < changes.size(); i++) {
            boolean isTaken = isTaken(changes.get(i), place, state);
            if (!isTaken && wanted == null) {
                wanted = new ArrayList<>(changes.subList(0, i));
            } else if (isTaken && wanted != null) {
                wanted.add(changes.get(i));
            }
        }
        return wanted == null ? changes : state.phase == LookBackState.Phase.WANTED ? List.of() : wanted;
    }

    /** Whether the partition is to be read from its start before any more of it is processed. */
    boolean isWanted(TopicPartition partition) {
        return !active.isEmpty() && state(partition).phase == LookBackState.Phase.WANTED;
    }

    /**
     * The offset below which all tables had everything when the task took the partition over; 0 if that is not known.
     */
    long base(TopicPartition partition) {
        return Math.max(0, state(partition).base);
    }

    /** Whether a record lies before the offset at which the task started to read. */
    boolean isPast(RecordPosition place) {
        return isOn && place.offset() < state(place.partition()).base;
    }

    /**
     * Whether a record lies before the range that a table accepts: the table is complete there unless it is being
     * refilled.
     */
    boolean isPast(TableIdentifier table, RecordPosition place) {
        if (!isPast(place)) {
            return false;
        }
        Long from = writers.of(table).takesFrom(place.partition());
        return from == null || from == TableWriter.FROM_BASE || place.offset() < from;
    }

    /** The offset at which a table that is suspended for a record is held. */
    RecordPosition heldAt(TableIdentifier table, RecordPosition place) {
        return isPast(table, place) ? new RecordPosition(place.partition(), state(place.partition()).base) : place;
    }

    private boolean isTaken(Change change, RecordPosition place, LookBackState state) {
        TableWriter writer = writers.of(change.table());
        Long from = writer.takesFrom(place.partition());
        if (from != null) {
            return place.offset() >= (from == TableWriter.FROM_BASE ? state.base : from);
        }
        boolean isPast = place.offset() < state.base;
        if (!(change instanceof Change.Upsert)) {
            if (change instanceof Change.Truncate) {
                state.found.remove(change.table());
            }
            return !isPast;
        }
        if (isPast && (state.phase != LookBackState.Phase.UNDER_WAY || state.found.containsKey(change.table()))) {
            return false;
        }
        if (writer.isSuspended() && !isPast) {
            return true;
        }
        Optional<Table> table = access.lookUp(change.table(), "the offsets");
        if (StartOffsets.lacks(table, connector, place.partition())) {
            return isPast ? noteLack(writer, place, state) : isNew(writer, place.partition(), state);
        }
        writer.takes(place.partition(), TableWriter.FROM_BASE);
        writer.committer().isSeen(table.orElseThrow());
        if (isPast && state.isByName && state.found.isEmpty()) {
            leave(place.partition(), state);
            StartOffsets.knownBy(table.orElseThrow(), connector, place.partition())
                    .filter(mark -> mark.offset() < state.base)
                    .ifPresent(mark -> startBy(mark, place.partition(), state));
        }
        return !isPast;
    }

    private static boolean noteLack(TableWriter writer, RecordPosition place, LookBackState state) {
        state.found.put(writer.table(), place.offset());
        return false;
    }

    private boolean isNew(TableWriter writer, TopicPartition partition, LookBackState state) {
        if (state.phase == LookBackState.Phase.DONE) {
            writer.takes(partition, TableWriter.FROM_BASE);
            return true;
        }
        want(partition, state, false);
        return false;
    }

    /** Does the work that is due between two batches. */
    void look(Runnable dropBuffers) {
        if (active.isEmpty()) {
            return;
        }
        long nowNs = System.nanoTime();
        for (TopicPartition partition : Set.copyOf(active)) {
            LookBackState state = state(partition);
            if (state.phase == LookBackState.Phase.WANTED) {
                if (writers.all().stream()
                        .anyMatch(writer -> writer.firstBuffered(partition).isPresent())) {
                    dropBuffers.run();
                }
                begin(partition, state);
            } else if (state.phase == LookBackState.Phase.UNDER_WAY && partitions.position(partition) >= state.base) {
                finish(partition, state);
            } else if (state.phase == LookBackState.Phase.UNDER_WAY
                    && nowNs - state.movedAtNs > TimeUnit.MILLISECONDS.toNanos(IDLE_MS)) {
                boolean isEmpty = partitions.position(partition) < 0;
                leave(partition, state);
                if (isEmpty) {
                    partitions.isEmpty(partition);
                }
            }
        }
    }

    private void begin(TopicPartition partition, LookBackState state) {
        LOG.info(
                "{} is read from its start up to offset {}, to see whether a table that has nothing of it was dropped",
                partition,
                state.base);
        state.phase = LookBackState.Phase.UNDER_WAY;
        state.movedAtNs = System.nanoTime();
        state.found.clear();
        rewind(partition, 0);
        partitions.needs(partition, -1);
    }

    private void finish(TopicPartition partition, LookBackState state) {
        // In the order of names, so that the message does not differ from start to start.
        new TreeMap<>(byName(state.found)).forEach((name, table) -> {
            DoLakeException reason = new DoLakeException(
                            ErrorCode.TABLE_REPLACED,
                            "Cannot resume table " + table + ": the connector has read " + partition
                                    + " up to offset " + state.base
                                    + ", but the table lacks what was there, from the row at offset "
                                    + state.found.get(table) + " on: it was dropped, or not filled to the end")
                    .withHint(OffsetFence.REPLACED_HINT);
            suspensions.lacking(table, reason, new RecordPosition(partition, state.base));
        });
        LOG.info("{} was read up to offset {}: {} table(s) lack rows of it", partition, state.base, state.found.size());
        ended(partition, state, LookBackState.Phase.DONE);
    }

    private static Map<String, TableIdentifier> byName(Map<TableIdentifier, Long> found) {
        Map<String, TableIdentifier> names = new HashMap<>();
        found.keySet().forEach(table -> names.put(table.toString(), table));
        return names;
    }

    /** Seeks back to the base. */
    private void leave(TopicPartition partition, LookBackState state) {
        state.phase = LookBackState.Phase.LEFT;
        rewind(partition, state.base);
    }

    /** Starts by the mark of a table that is not named after the topic, but knows it as well. */
    private void startBy(RecordMark mark, TopicPartition partition, LookBackState state) {
        rewind(partition, mark.offset());
        partitions.needs(partition, state.base);
        partitions.startsAt(partition, mark);
    }

    /**
     * The partition is read again on request. If its look-back was under way, the next row of such a table starts it
     * again.
     */
    void giveUp(TopicPartition partition) {
        if (active.contains(partition)) {
            ended(partition, state(partition), LookBackState.Phase.NONE);
        }
    }

    private void rewind(TopicPartition partition, long offset) {
        context.offset(partition, offset);
        partitions.rewound(partition, offset);
        partitions.needs(partition, offset);
    }
}
