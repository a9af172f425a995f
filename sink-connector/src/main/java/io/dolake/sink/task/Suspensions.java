/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Suspension;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.status.SinkStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Suspended tables and partitions: those that cannot continue on their own while everything else does. A partition is
 * suspended if its records cannot be assigned to any table. The offsets of both are held: the group's offset stays at
 * the first record that is lacking, so that the next reader comes back to it. Suspensions are not stored: the next task
 * tries again.
 */
final class Suspensions {
    private static final Logger LOG = LoggerFactory.getLogger(Suspensions.class);

    private final SinkTaskContext context;
    private final TableWriters writers;
    private final SinkStatus status;
    private final String connector;
    private final Map<TopicPartition, Held> partitions = new HashMap<>();
    private boolean hasChanged;

    /** A partition that is suspended at a record. */
    record Held(Suspension why, long offset) {}

    Suspensions(SinkTaskContext context, TableWriters writers, SinkStatus status, String connector) {
        this.context = context;
        this.writers = writers;
        this.status = status;
        this.connector = connector;
    }

    /** Suspends a table because of a record that it cannot accept; what came before it may still be committed. */
    void table(TableIdentifier name, DoLakeException reason, RecordPosition place) {
        TableWriter writer = writers.of(name);
        if (!writer.isSuspended()) {
            suspend(writer, reason, place.toString());
        }
        writer.skip(place.partition(), place.offset());
    }

    /** Suspends a table that cannot be read; its records are counted when they arrive. */
    void table(TableIdentifier name, DoLakeException reason, TopicPartition partition) {
        TableWriter writer = writers.of(name);
        if (!writer.isSuspended()) {
            suspend(writer, reason, partition.toString());
        }
    }

    /**
     * Suspends a table that was dropped: it lacks the record at a position and something before it, whatever else is
     * wrong with it.
     */
    void lacking(TableIdentifier name, DoLakeException reason, RecordPosition place) {
        TableWriter writer = writers.of(name);
        if (!writer.isSuspended() || writer.suspension().code() != reason.code()) {
            suspend(writer, reason, place.toString());
        }
        writer.pin(place.partition(), place.offset());
    }

    /** Suspends a table whose commit failed for good. Its buffers are dropped, and may be read again. */
    void failed(TableWriter writer) {
        if (!writer.isSuspended()) {
            Map<TopicPartition, Long> first =
                    new TreeMap<>((left, right) -> left.toString().compareTo(right.toString()));
            first.putAll(writer.inFlight().request().buffer().firstOffsets());
            Map.Entry<TopicPartition, Long> at = first.entrySet().iterator().next();
            suspend(writer, writer.inFlight().failure(), new RecordPosition(at.getKey(), at.getValue()).toString());
        }
        writer.discardInFlight();
        writer.discardActive();
    }

    private void suspend(TableWriter writer, DoLakeException reason, String position) {
        String remedy = "Remove the cause, then: ./dolake resume --lake " + writer.table()
                + " (REST: POST /dolake/connectors/" + connector + "/tables/" + writer.table() + "/resume)";
        String hint = reason.hint().map(text -> text + ". ").orElse("");
        writer.suspend(new Suspension(reason.code(), reason.getMessage(), position, Instant.now(), hint + remedy));
        hasChanged = true;
        status.settled(writer.table());
        LOG.error("Table {} is suspended at {}, all others continue. {}", writer.table(), position, remedy, reason);
    }

    /** Suspends a partition at a record that belongs to no table, or that no table accepts. */
    void partition(TopicPartition partition, DoLakeException reason, long offset) {
        String position = new RecordPosition(partition, offset).toString();
        String remedy = "Remove the cause, then: ./dolake resume --lake " + partition
                + " (REST: POST /dolake/connectors/" + connector + "/tables/" + partition + "/resume)";
        String hint = reason.hint().map(text -> text + ". ").orElse("");
        Suspension why = new Suspension(reason.code(), reason.getMessage(), position, Instant.now(), hint + remedy);
        partitions.put(partition, new Held(why, offset));
        hasChanged = true;
        context.pause(partition);
        LOG.error("Partition {} is suspended at {}, all others continue. {}", partition, position, remedy, reason);
    }

    /** Whether something was suspended or resumed since the last call. */
    boolean hasChanged() {
        boolean was = hasChanged;
        hasChanged = false;
        return was;
    }

    boolean holds(TopicPartition partition) {
        return !partitions.isEmpty() && partitions.containsKey(partition);
    }

    boolean isEmpty() {
        return partitions.isEmpty() && !writers.hasSuspended();
    }

    /** The suspended partitions among those that the task has. */
    Set<TopicPartition> partitions() {
        return Set.copyOf(partitions.keySet());
    }

    /** Null if the partition is not suspended. */
    Held held(TopicPartition partition) {
        return partitions.get(partition);
    }

    /** Makes a table accept changes again. Returns the first offset of each partition that it lacks. */
    Map<TopicPartition, Long> release(TableWriter writer) {
        hasChanged = true;
        return writer.resume();
    }

    /** Resumes a partition. */
    void release(TopicPartition partition) {
        partitions.remove(partition);
        hasChanged = true;
        if (!status.isBufferFull()) {
            context.resume(partition);
        }
    }

    /** The partition now belongs to another task. */
    void forget(TopicPartition partition) {
        partitions.remove(partition);
        writers.all().forEach(writer -> writer.unpin(partition));
    }

    /** One entry for each suspended partition, in the form of {@link TableStates}. */
    Map<String, Map<String, String>> states() {
        Map<String, Map<String, String>> states = new LinkedHashMap<>();
        partitions.forEach((partition, held) -> states.put(partition.toString(), TableStates.suspended(held.why())));
        return states;
    }
}
