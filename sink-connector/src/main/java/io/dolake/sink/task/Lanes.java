/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.commit.TableCommitter;
import io.dolake.sink.status.SinkStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/** The lanes of all tables that the task has met. Used by the task's thread. */
final class Lanes {
    private final Map<TableIdentifier, Lane> lanes = new LinkedHashMap<>();
    private final Function<TableIdentifier, TableCommitter> committers;
    private Lane last;

    Lanes(Function<TableIdentifier, TableCommitter> committers) {
        this.committers = committers;
    }

    /** The lane of a table; of the same one as before, mostly. */
    Lane of(TableIdentifier table) {
        if (last == null || last.table() != table) {
            last = lanes.computeIfAbsent(table, name -> new Lane(name, committers.apply(name)));
        }
        return last;
    }

    Collection<Lane> all() {
        return lanes.values();
    }

    Collection<TableIdentifier> tables() {
        return lanes.keySet();
    }

    /** Gives these tables new committers; what is suspended stays so. */
    void renew(List<Lane> some) {
        for (Lane lane : some) {
            if (lane.isSuspended()) {
                lanes.put(lane.table(), lane.renewed(committers.apply(lane.table())));
            } else {
                lanes.remove(lane.table());
            }
        }
        last = null;
    }

    /** Whether changes wait or are being committed. */
    boolean isBusy() {
        return lanes.values().stream().anyMatch(lane -> lane.active() != null || lane.inFlight() != null);
    }

    /** The first offset of a partition that some table other than {@code except}'s (null: any) does not hold. */
    OptionalLong held(TopicPartition partition, Lane except) {
        return lanes.values().stream()
                .filter(lane -> lane != except)
                .map(lane -> lane.firstPending(partition))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    /** The first offset of a partition that waits in the buffers of a table that goes on. */
    OptionalLong buffered(TopicPartition partition) {
        return lanes.values().stream()
                .filter(lane -> !lane.isSuspended())
                .map(lane -> lane.firstBuffered(partition))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    boolean isSuspended(TableIdentifier table) {
        Lane lane = lanes.get(table);
        return lane != null && lane.isSuspended();
    }

    boolean hasSuspended() {
        return lanes.values().stream().anyMatch(Lane::isSuspended);
    }

    long bytes() {
        return lanes.values().stream().mapToLong(Lane::bytes).sum();
    }

    SinkStatus.Buffers buffers() {
        long events = 0;
        long oldestMs = Long.MAX_VALUE;
        long newestMs = 0;
        for (Lane lane : lanes.values()) {
            events += lane.events();
            for (TableBuffer buffer : lane.buffers()) {
                oldestMs = Math.min(oldestMs, buffer.openedAtMs());
                newestMs = Math.max(newestMs, buffer.openedAtMs());
            }
        }
        return new SinkStatus.Buffers(bytes(), events, oldestMs == Long.MAX_VALUE ? 0 : oldestMs, newestMs);
    }

    SinkStatus.Indexes indexes() {
        SinkStatus.Indexes indexes = SinkStatus.Indexes.NONE;
        for (Lane lane : lanes.values()) {
            indexes = indexes.plus(lane.committer());
        }
        return indexes;
    }
}
