/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.record.RecordReader;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableUnusable;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Adds records to the buffers of their tables, one by one. A refused record goes to the dead letters; without these its
 * table is suspended, or its partition if it has no table, and nothing else. Used by the task's thread.
 */
final class Intake {
    private final SinkTaskContext context;
    private final RecordReader reader;
    private final TableAccess access;
    /** Null if tables may be shared. */
    private final SourceTables sources;

    private final TableWriters writers;
    private final PartitionOffsets partitions;
    private final PartitionAssignment assignment;
    private final LookBack lookBack;
    private final Suspensions suspensions;
    private final RecordRejection rejection;
    private final SinkStatus status;
    private TopicPartition lastPartition;

    Intake(
            SinkTaskContext context,
            RecordReader reader,
            TableAccess access,
            SourceTables sources,
            TableWriters writers,
            PartitionOffsets partitions,
            PartitionAssignment assignment,
            LookBack lookBack,
            Suspensions suspensions,
            RecordRejection rejection,
            SinkStatus status) {
        this.context = context;
        this.reader = reader;
        this.access = access;
        this.sources = sources;
        this.writers = writers;
        this.partitions = partitions;
        this.assignment = assignment;
        this.lookBack = lookBack;
        this.suspensions = suspensions;
        this.rejection = rejection;
        this.status = status;
    }

    /**
     * Accepts records, or suspends what cannot accept them. Throws if it has to wait for the catalog: then the record
     * that waits is offered again, and those before it are recognized.
     */
    void take(Collection<SinkRecord> records) {
        reader.preview(records);
        for (SinkRecord record : records) {
            take(record);
        }
    }

    private void take(SinkRecord record) {
        TopicPartition partition = partition(record);
        long offset = record.originalKafkaOffset();
        if (!partitions.contains(partition) || suspensions.holds(partition)) {
            return;
        }
        try {
            if (!partitions.isNew(partition, offset)) {
                partitions.checkRepeated(partition, offset);
                return;
            }
            if (partitions.isBeforeSeek(partition, offset)) {
                context.offset(partition, partitions.startAt(partition));
                return;
            }
            partitions.checkStart(partition, record);
        } catch (DoLakeException e) {
            cannotGoOn(partition, e, offset);
            return;
        }
        RecordPosition place = new RecordPosition(partition, offset);
        if (!lookBack.sendsBack(place)) {
            read(record, place);
        }
    }

    private void cannotGoOn(TopicPartition partition, DoLakeException reason, long offset) {
        if (reason.code() == ErrorCode.TOPIC_REPLACED && partitions.forgets(partition)) {
            assignment.readAnew(partition);
        } else {
            suspensions.partition(partition, reason, offset);
        }
    }

    private void read(SinkRecord record, RecordPosition place) {
        List<Change> all = List.of();
        List<Change> changes = List.of();
        String source = null;
        DoLakeException refusal = null;
        TableUnusable unusable = null;
        try {
            // Read before the partition advances: if that has to wait for the catalog, the record is offered again.
            all = reader.read(record);
            changes = lookBack.wanted(all, place);
            if (lookBack.isWanted(place.partition())) {
                return;
            }
            source = sources == null ? null : sources.of(record);
            if (source != null) {
                learnOwners(changes, source);
            }
        } catch (TableUnusable e) {
            unusable = e;
        } catch (DoLakeException e) {
            if (e.retryAfter().isPresent()) {
                context.timeout(e.retryAfter().get().toMillis());
                throw e;
            }
            refusal = e;
        } catch (RuntimeException | StackOverflowError e) {
            refusal = RecordReader.refusal(e);
        }
        try {
            partitions.advance(place.partition(), place.offset());
            partitions.note(place.partition(), record);
        } catch (DoLakeException e) {
            cannotGoOn(place.partition(), e, place.offset());
            return;
        }
        if (unusable != null) {
            suspensions.table(unusable.table(), unusable.error(), lookBack.heldAt(unusable.table(), place));
        } else if (refusal != null) {
            rejection.unread(record, place, refusal);
        } else {
            for (Change change : changes) {
                take(change, record, place, source);
            }
            if (all.isEmpty() || !changes.isEmpty()) {
                status.taken(!changes.isEmpty());
            }
        }
    }

    /** Before one of two source tables is refused, the lake table is read for its owner: it may be the later one. */
    private void learnOwners(List<Change> changes, String source) {
        for (Change change : changes) {
            TableWriter writer = writers.of(change.table());
            if (!writer.takes(source) && !writer.isSourceSure()) {
                String owner = access.lookUp(change.table(), "the source")
                        .map(table -> table.properties().get(SourceTables.PROPERTY))
                        .orElse(writer.source());
                writer.belongsTo(owner);
            }
        }
    }

    private void take(Change change, SinkRecord record, RecordPosition place, String source) {
        TableWriter writer = writers.of(change.table());
        if (writer.isSuspended()) {
            writer.skip(place.partition(), place.offset());
            return;
        }
        if (source != null && !writer.takes(source)) {
            rejection.reject(record, place, SourceTables.refusal(change.table(), writer.source(), source), List.of());
            return;
        }
        DoLakeException refusal = rejection.ofCommit(change, place);
        if (refusal == null) {
            try {
                writers.buffer(change, place, record.timestamp());
                return;
            } catch (DoLakeException e) {
                refusal = e;
            } catch (RuntimeException | StackOverflowError e) {
                refusal = RecordReader.refusal(e);
            }
        }
        rejection.reject(record, place, refusal, List.of(change.table()));
        if (!writer.isSuspended()) {
            writer.buffer().passOver(place.partition(), place.offset());
        }
    }

    /** Mostly the same object as for the previous record: hashing the topic name for every record is expensive. */
    TopicPartition partition(SinkRecord record) {
        boolean isLast = lastPartition != null
                && lastPartition.partition() == record.originalKafkaPartition()
                && lastPartition.topic().equals(record.originalTopic());
        if (!isLast) {
            lastPartition = new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
        }
        return lastPartition;
    }
}
