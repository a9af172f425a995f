/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
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
 * Finds tables that were dropped, or made anew, while nobody read. All tables have what lies below the offset at which a task begins
 * to read a partition, its base; a table that has nothing of the partition either never had a row from there, or it is another one.
 * Which, the topic tells: it is read from its start up to the base. Nothing of that is taken; but a table that lacks a row which
 * comes is set aside, with its offset held at the base. It is done where the table of the topic's name has nothing of the
 * partition when that is taken over, and else when the first row for such a table comes. Used by the task's thread.
 */
final class LookBack {
    private static final Logger LOG = LoggerFactory.getLogger(LookBack.class);
    private static final long UNKNOWN = -1;
    /** A look that meets no record for so long is given up, until a row comes: the topic may have nothing there any more. */
    private static final long IDLE_MS = 10_000;

    private enum Phase {
        /** Not looked, or not to the end. */
        NONE,
        WANTED,
        UNDER_WAY,
        /** On the way back to the base, before its end. */
        LEFT,
        /** No table lacks anything that was not told. */
        DONE
    }

    private static final class State {
        private long base = UNKNOWN;
        private Phase phase = Phase.NONE;
        /** Whether it is looked only because of the table of the topic's name: that may have none of its rows. */
        private boolean isByName;
        /** While it is looked: the first row of each table that lacks it. */
        private final Map<TableIdentifier, Long> found = new HashMap<>();

        private long movedAtNs;
    }

    private final boolean isOn;
    private final SinkTaskContext context;
    private final Partitions partitions;
    private final Lanes lanes;
    private final SetAside aside;
    private final TableAccess access;
    private final String connector;
    private final Map<TopicPartition, State> states = new HashMap<>();
    /** Those whose table by name has nothing, and whose base is not known yet. */
    private final Set<TopicPartition> suspects = new HashSet<>();
    /** Those that are to be looked at, are being, or were until now. */
    private final Set<TopicPartition> active = new HashSet<>();

    private TopicPartition lastPartition;
    private State lastState;

    LookBack(
            SinkConfig config,
            SinkTaskContext context,
            Partitions partitions,
            Lanes lanes,
            SetAside aside,
            TableAccess access,
            String connector) {
        this.isOn = SuspensionConfig.looksBack(config);
        this.context = context;
        this.partitions = partitions;
        this.lanes = lanes;
        this.aside = aside;
        this.access = access;
        this.connector = connector;
    }

    void open(TopicPartition partition) {
        close(partition);
        states.put(partition, new State());
    }

    void close(TopicPartition partition) {
        states.remove(partition);
        suspects.remove(partition);
        active.remove(partition);
        lastPartition = null;
    }

    /** Of the same partition as before, mostly. */
    private State state(TopicPartition partition) {
        if (partition != lastPartition) {
            lastState = states.get(partition);
            lastPartition = partition;
        }
        return lastState;
    }

    /** Says below which offset all tables have everything; 0: the topic is another one, and nothing of it was read. */
    void startsAt(TopicPartition partition, long base) {
        State state = state(partition);
        state.base = base;
        suspects.remove(partition);
        ended(partition, state, Phase.NONE);
    }

    /** Says that the table of the topic's name has nothing of a partition; it is looked as soon as the base is known. */
    void suspect(TopicPartition partition) {
        if (!isOn) {
            return;
        }
        suspects.add(partition);
        if (state(partition).base != UNKNOWN) {
            baseIs(partition, state(partition), state(partition).base);
        }
    }

    /** Whether it waits for something to do: the worker is to ask for offsets soon, and to come back. */
    boolean isBusy() {
        return !active.isEmpty() || asks();
    }

    /** Whether the worker is to ask what to commit: with that it tells the group's offsets, and in no other way. */
    boolean asks() {
        return !suspects.isEmpty();
    }

    /** Whether it waits for a partition, or has begun with it. */
    boolean isConcerned(TopicPartition partition) {
        return suspects.contains(partition) || active.contains(partition);
    }

    /** Whether the group's offsets have to stay: else a task that ends now would leave them below the base. */
    boolean isUnderWay() {
        return !active.isEmpty() && active.stream().map(states::get).anyMatch(state -> state.phase != Phase.WANTED);
    }

    /** Says up to where the worker has delivered; before the first record that is the group's offset. */
    void delivered(TopicPartition partition, long end) {
        State state = state(partition);
        if (state == null) {
            return; // it is no longer the task's
        }
        if (state.base == UNKNOWN) {
            baseIs(partition, state, end);
        } else if (state.phase == Phase.LEFT && end >= state.base) {
            ended(partition, state, Phase.NONE);
        } else if (state.phase == Phase.UNDER_WAY && end >= state.base && partitions.position(partition) >= 0) {
            finish(partition, state);
        }
    }

    private void baseIs(TopicPartition partition, State state, long base) {
        state.base = base;
        if (suspects.remove(partition) && base > 0 && state.phase == Phase.NONE) {
            want(partition, state, true);
        }
    }

    private void want(TopicPartition partition, State state, boolean isByName) {
        state.phase = Phase.WANTED;
        state.isByName = isByName;
        active.add(partition);
        context.timeout(1);
    }

    private void ended(TopicPartition partition, State state, Phase phase) {
        state.phase = phase;
        state.found.clear();
        active.remove(partition);
    }

    /** Notes a record that comes next; true if it is not to be taken now, and comes again. */
    boolean sendsBack(RowsRefused.Place place) {
        TopicPartition partition = place.partition();
        State state = state(partition);
        if (state.base == UNKNOWN) {
            baseIs(partition, state, place.offset());
        }
        if (active.isEmpty() || state.phase == Phase.NONE || state.phase == Phase.DONE) {
            return false;
        }
        state.movedAtNs = System.nanoTime();
        if (state.phase == Phase.WANTED || place.offset() < state.base) {
            return state.phase == Phase.WANTED;
        }
        boolean isJump =
                state.phase == Phase.UNDER_WAY && partitions.position(partition) < 0 && place.offset() > state.base;
        if (state.phase == Phase.LEFT) {
            ended(partition, state, Phase.NONE);
        } else {
            finish(partition, state);
        }
        if (isJump) {
            // The start is gone, and the consumer went wherever its settings say.
            rewind(partition, state.base);
        }
        return isJump;
    }

    /** Those changes of a record that its tables lack; none if it is to come again ({@link #isWanted}). */
    List<Change> wanted(List<Change> changes, RowsRefused.Place place) {
        State state = state(place.partition());
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
        return wanted == null ? changes : state.phase == Phase.WANTED ? List.of() : wanted;
    }

    /** Whether the partition is to be read from its start before any more of it is taken. */
    boolean isWanted(TopicPartition partition) {
        return !active.isEmpty() && state(partition).phase == Phase.WANTED;
    }

    /** The offset below which all tables had everything when the task took the partition over; 0 if that is not known. */
    long base(TopicPartition partition) {
        return Math.max(0, state(partition).base);
    }

    /** Whether a record lies before where the task began to read. */
    boolean isPast(RowsRefused.Place place) {
        return isOn && place.offset() < state(place.partition()).base;
    }

    /** Whether a record lies before what a table takes: there if it is not read anew. */
    boolean isPast(TableIdentifier table, RowsRefused.Place place) {
        if (!isPast(place)) {
            return false;
        }
        Long from = lanes.of(table).takesFrom(place.partition());
        return from == null || from == Lane.FROM_BASE || place.offset() < from;
    }

    /** Where a table that is set aside for a record is to be held. */
    RowsRefused.Place heldAt(TableIdentifier table, RowsRefused.Place place) {
        return isPast(table, place) ? new RowsRefused.Place(place.partition(), state(place.partition()).base) : place;
    }

    private boolean isTaken(Change change, RowsRefused.Place place, State state) {
        Lane lane = lanes.of(change.table());
        Long from = lane.takesFrom(place.partition());
        if (from != null) {
            return place.offset() >= (from == Lane.FROM_BASE ? state.base : from);
        }
        boolean isPast = place.offset() < state.base;
        if (!(change instanceof Change.Upsert)) {
            if (change instanceof Change.Truncate) {
                state.found.remove(change.table());
            }
            return !isPast;
        }
        if (isPast && (state.phase != Phase.UNDER_WAY || state.found.containsKey(change.table()))) {
            return false;
        }
        if (lane.isSuspended() && !isPast) {
            return true;
        }
        Optional<Table> table = access.lookUp(change.table(), "the offsets");
        if (StartOffsets.lacks(table, connector, place.partition())) {
            return isPast ? noteLack(lane, place, state) : isNew(lane, place.partition(), state);
        }
        lane.takes(place.partition(), Lane.FROM_BASE);
        lane.committer().isSeen(table.orElseThrow());
        if (isPast && state.isByName && state.found.isEmpty()) {
            leave(place.partition(), state);
            StartOffsets.knownBy(table.orElseThrow(), connector, place.partition())
                    .filter(mark -> mark.offset() < state.base)
                    .ifPresent(mark -> startBy(mark, place.partition(), state));
        }
        return !isPast;
    }

    private static boolean noteLack(Lane lane, RowsRefused.Place place, State state) {
        state.found.put(lane.table(), place.offset());
        return false;
    }

    private boolean isNew(Lane lane, TopicPartition partition, State state) {
        if (state.phase == Phase.DONE) {
            lane.takes(partition, Lane.FROM_BASE);
            return true;
        }
        want(partition, state, false);
        return false;
    }

    /** Does what is to be done between two batches. */
    void look(Runnable dropBuffers) {
        if (active.isEmpty()) {
            return;
        }
        long nowNs = System.nanoTime();
        for (TopicPartition partition : Set.copyOf(active)) {
            State state = state(partition);
            if (state.phase == Phase.WANTED) {
                if (lanes.all().stream()
                        .anyMatch(lane -> lane.firstBuffered(partition).isPresent())) {
                    dropBuffers.run();
                }
                begin(partition, state);
            } else if (state.phase == Phase.UNDER_WAY && partitions.position(partition) >= state.base) {
                finish(partition, state);
            } else if (state.phase == Phase.UNDER_WAY
                    && nowNs - state.movedAtNs > TimeUnit.MILLISECONDS.toNanos(IDLE_MS)) {
                boolean isEmpty = partitions.position(partition) < 0;
                leave(partition, state);
                if (isEmpty) {
                    partitions.isEmpty(partition);
                }
            }
        }
    }

    private void begin(TopicPartition partition, State state) {
        LOG.info(
                "{} is read from its start up to offset {}, to see whether a table that has nothing of it was dropped",
                partition,
                state.base);
        state.phase = Phase.UNDER_WAY;
        state.movedAtNs = System.nanoTime();
        state.found.clear();
        rewind(partition, 0);
        partitions.needs(partition, -1);
    }

    private void finish(TopicPartition partition, State state) {
        // In the order of names: so that it does not change from start to start what is said.
        new TreeMap<>(byName(state.found)).forEach((name, table) -> {
            DoLakeException reason = new DoLakeException(
                            ErrorCode.TABLE_REPLACED,
                            "Cannot go on with table " + table + ": the connector has read " + partition
                                    + " up to offset " + state.base
                                    + ", and the table lacks what there was, from the row at offset "
                                    + state.found.get(table) + " on: it was dropped, or not filled to the end")
                    .withHint(OffsetFence.REPLACED_HINT);
            aside.lacking(table, reason, new RowsRefused.Place(partition, state.base));
        });
        LOG.info("{} was read up to offset {}: {} table(s) lack rows of it", partition, state.base, state.found.size());
        ended(partition, state, Phase.DONE);
    }

    private static Map<String, TableIdentifier> byName(Map<TableIdentifier, Long> found) {
        Map<String, TableIdentifier> names = new HashMap<>();
        found.keySet().forEach(table -> names.put(table.toString(), table));
        return names;
    }

    /** Goes back to the base. */
    private void leave(TopicPartition partition, State state) {
        state.phase = Phase.LEFT;
        rewind(partition, state.base);
    }

    /** The table is not the one of the topic's name, but it knows the topic as well. */
    private void startBy(Mark mark, TopicPartition partition, State state) {
        rewind(partition, mark.offset());
        partitions.needs(partition, state.base);
        partitions.startsAt(partition, mark);
    }

    /** The partition is read again by somebody's wish; if it was being looked at, the next row of such a table says so again. */
    void giveUp(TopicPartition partition) {
        if (active.contains(partition)) {
            ended(partition, state(partition), Phase.NONE);
        }
    }

    private void rewind(TopicPartition partition, long offset) {
        context.offset(partition, offset);
        partitions.rewound(partition, offset);
        partitions.needs(partition, offset);
    }
}
