/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import io.dolake.sink.offsets.Partitions;
import io.dolake.sink.table.Mark;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/** How each table of a task is, in a form that JMX and REST can carry: texts by name. */
final class TableStates {
    private TableStates() {}

    /**
     * Tables by name, and partitions that are set aside. Of each {@code state}; while suspended what {@link Suspension} tells,
     * {@code lagRecords} and, by partition, the offset at which it is held as {@code held.<topic>-<partition>}; how far it
     * is in its sources as {@code source.<topic>-<partition>}; the last error of a commit that is tried again.
     */
    static Map<String, Map<String, String>> of(
            Lanes lanes, SetAside aside, Partitions partitions, Map<TableIdentifier, String> errors) {
        Map<String, Map<String, String>> states = new TreeMap<>(aside.states());
        for (Lane lane : lanes.all()) {
            Map<String, String> state = lane.isSuspended() ? suspended(lane.suspension()) : streaming();
            if (lane.isSuspended()) {
                state.put("lagRecords", Long.toString(lane.skipped()));
                lane.pins().forEach((partition, offset) -> state.put("held." + partition, Long.toString(offset)));
            }
            state.put("bufferedRecords", Long.toString(lane.events()));
            String error = errors.get(lane.table());
            if (error != null) {
                state.put("lastError", error);
            }
            lane.sources().forEach((partition, source) -> {
                String passed = passed(partition, lanes, partitions);
                state.put("source." + partition, passed == null ? source : passed);
            });
            states.put(lane.table().toString(), state);
        }
        return states;
    }

    /** Where the last record stands if nothing of a partition waits: what changed nothing, or was put aside, is done too. Else null. */
    private static String passed(TopicPartition partition, Lanes lanes, Partitions partitions) {
        Mark last =
                partitions.contains(partition) && lanes.held(partition, null).isEmpty()
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
