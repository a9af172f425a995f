/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.buffer.TaskBudget;
import io.dolake.sink.commit.TableCommitter;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.status.SinkStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/** The writers of all tables that the task has met. Used by the task's thread. */
final class TableWriters {
    private final Map<TableIdentifier, TableWriter> writers = new LinkedHashMap<>();
    private final TaskBudget budget;
    private final Function<TableIdentifier, TableCommitter> committers;
    private TableWriter last;

    TableWriters(TaskBudget budget, Function<TableIdentifier, TableCommitter> committers) {
        this.budget = budget;
        this.committers = committers;
    }

    /** The writer of a table. Remembers the last one, as consecutive records mostly have the same table. */
    TableWriter of(TableIdentifier table) {
        if (last == null || last.table() != table) {
            last = writers.computeIfAbsent(table, name -> new TableWriter(name, committers.apply(name)));
        }
        return last;
    }

    /** Adds a change to the buffer of its table. */
    void buffer(Change change, RecordPosition place, Long timestamp) {
        budget.grow(of(change.table()).buffer().add(change, place.partition(), place.offset(), timestamp));
    }

    Collection<TableWriter> all() {
        return writers.values();
    }

    Collection<TableIdentifier> tables() {
        return writers.keySet();
    }

    /** Gives these tables new committers; suspended ones stay suspended. */
    void renew(List<TableWriter> some) {
        for (TableWriter writer : some) {
            if (writer.isSuspended()) {
                writers.put(writer.table(), writer.renewed(committers.apply(writer.table())));
            } else {
                writers.remove(writer.table());
            }
        }
        last = null;
    }

    /** Whether changes are buffered or being committed. */
    boolean isBusy() {
        return writers.values().stream().anyMatch(writer -> writer.active() != null || writer.inFlight() != null);
    }

    /** The first offset of a partition that some table other than {@code except}'s (null: any) does not hold. */
    OptionalLong held(TopicPartition partition, TableWriter except) {
        return writers.values().stream()
                .filter(writer -> writer != except)
                .map(writer -> writer.firstPending(partition))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    /** The first offset of a partition in the buffers of a table that is not suspended. */
    OptionalLong buffered(TopicPartition partition) {
        return writers.values().stream()
                .filter(writer -> !writer.isSuspended())
                .map(writer -> writer.firstBuffered(partition))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    boolean isSuspended(TableIdentifier table) {
        TableWriter writer = writers.get(table);
        return writer != null && writer.isSuspended();
    }

    boolean hasSuspended() {
        return writers.values().stream().anyMatch(TableWriter::isSuspended);
    }

    long bytes() {
        return writers.values().stream().mapToLong(TableWriter::bytes).sum();
    }

    SinkStatus.Buffers buffers() {
        long events = 0;
        long oldestMs = Long.MAX_VALUE;
        long newestMs = 0;
        for (TableWriter writer : writers.values()) {
            events += writer.events();
            for (TableBuffer buffer : writer.buffers()) {
                oldestMs = Math.min(oldestMs, buffer.openedAtMs());
                newestMs = Math.max(newestMs, buffer.openedAtMs());
            }
        }
        return new SinkStatus.Buffers(bytes(), events, oldestMs == Long.MAX_VALUE ? 0 : oldestMs, newestMs);
    }

    SinkStatus.Indexes indexes() {
        SinkStatus.Indexes indexes = SinkStatus.Indexes.NONE;
        for (TableWriter writer : writers.values()) {
            indexes = indexes.plus(writer.committer());
        }
        return indexes;
    }
}
