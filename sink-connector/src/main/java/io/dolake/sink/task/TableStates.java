/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.table.RecordMark;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/** The state of each table of a task, in a form for JMX and REST: maps of text. */
final class TableStates {
    private TableStates() {}

    /**
     * Tables by name, and suspended partitions. Each has a {@code state}; a suspended one also has the fields of {@link
     * Suspension}, {@code lagRecords} and, by partition, the offset at which it is held as {@code
     * held.<topic>-<partition>}. Further, the position in its sources as {@code source.<topic>-<partition>}, and the
     * last error of a commit that is retried.
     */
    static Map<String, Map<String, String>> of(
            TableWriters writers,
            Suspensions suspensions,
            PartitionOffsets partitions,
            Map<TableIdentifier, String> errors) {
        Map<String, Map<String, String>> states = new TreeMap<>(suspensions.states());
        for (TableWriter writer : writers.all()) {
            Map<String, String> state = writer.isSuspended() ? suspended(writer.suspension()) : streaming();
            if (writer.isSuspended()) {
                state.put("lagRecords", Long.toString(writer.skipped()));
                writer.pins().forEach((partition, offset) -> state.put("held." + partition, Long.toString(offset)));
            }
            state.put("bufferedRecords", Long.toString(writer.events()));
            String error = errors.get(writer.table());
            if (error != null) {
                state.put("lastError", error);
            }
            writer.sources().forEach((partition, source) -> {
                String passed = passed(partition, writers, partitions);
                state.put("source." + partition, passed == null ? source : passed);
            });
            states.put(writer.table().toString(), state);
        }
        return states;
    }

    /**
     * Position of the last record if nothing of a partition is buffered: a record without changes, or one that went to
     * the dead letters, is done too. Null otherwise.
     */
    private static String passed(TopicPartition partition, TableWriters writers, PartitionOffsets partitions) {
        RecordMark last =
                partitions.contains(partition) && writers.held(partition, null).isEmpty()
                        ? partitions.mark(partition)
                        : null;
        return last == null ? null : last.source();
    }

    private static Map<String, String> streaming() {
        Map<String, String> state = new LinkedHashMap<>();
        state.put("state", RunState.STREAMING.name());
        return state;
    }

    static Map<String, String> suspended(Suspension why) {
        Map<String, String> state = new LinkedHashMap<>();
        state.put("state", RunState.SUSPENDED.name());
        why.toMap().forEach((name, value) -> state.put(name, String.valueOf(value)));
        return state;
    }
}
