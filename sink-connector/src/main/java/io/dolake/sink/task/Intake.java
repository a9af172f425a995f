/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.buffer.TaskBudget;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.record.RecordReader;
import io.dolake.sink.record.RecordRouter;
import io.dolake.sink.record.RecordTables;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableUnusable;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;
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
    private final RecordTables tables;
    /** Null if tables may be shared. */
    private final SourceTables sources;

    private final TableWriters writers;
    private final PartitionOffsets partitions;
    private final PartitionAssignment assignment;
    private final LookBack lookBack;
    private final Suspensions suspensions;
    private final ErrantRecords refused;
    private final TaskBudget budget;
    private final SinkStatus status;
    private TopicPartition lastPartition;

    Intake(
            SinkConfig config,
            SinkTaskContext context,
            RecordReader reader,
            TableAccess access,
            RecordRouter router,
            TableWriters writers,
            PartitionOffsets partitions,
            PartitionAssignment assignment,
            LookBack lookBack,
            Suspensions suspensions,
            ErrantRecords refused,
            TaskBudget budget,
            SinkStatus status) {
        this.context = context;
        this.reader = reader;
        this.access = access;
        this.tables = new RecordTables(router);
        boolean isShared = config.allowsSharedTables() || !router.isByTemplate();
        this.sources = isShared ? null : new SourceTables();
        this.writers = writers;
        this.partitions = partitions;
        this.assignment = assignment;
        this.lookBack = lookBack;
        this.suspensions = suspensions;
        this.refused = refused;
        this.budget = budget;
        this.status = status;
    }

    /**
     * Accepts a record, or suspends what cannot accept it. Throws if it has to wait for the catalog: then the record is
     * offered again.
     */
    void take(SinkRecord record) {
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
            refuse(record, place, refusal);
        } else {
            for (Change change : changes) {
                take(change, record, place, source);
            }
            if (all.isEmpty() || !changes.isEmpty()) {
                status.taken(!changes.isEmpty());
            }
        }
    }

    /** Records read before the task started went to the dead letters at that time, if they were refused. */
    private void refuse(SinkRecord record, RecordPosition place, DoLakeException refusal) {
        List<TableIdentifier> of = tables.of(record);
        List<TableIdentifier> lacking =
                of.stream().filter(table -> !lookBack.isPast(table, place)).toList();
        if (!lacking.isEmpty() || of.isEmpty() && !lookBack.isPast(place)) {
            putAside(record, place, refusal, lacking);
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
            putAside(record, place, SourceTables.refusal(change.table(), writer.source(), source), List.of());
            return;
        }
        DoLakeException refusal =
                refused.reason(change, place.partition(), place.offset()).orElse(null);
        if (refusal == null) {
            try {
                buffer(change, record);
                return;
            } catch (DoLakeException e) {
                refusal = e;
            } catch (RuntimeException | StackOverflowError e) {
                refusal = RecordReader.refusal(e);
            }
        }
        putAside(record, place, refusal, List.of(change.table()));
        if (!writer.isSuspended()) {
            active(writer).passOver(place.partition(), place.offset());
        }
    }

    /** Sends the record to the dead letters; without these, its table or partition is suspended. */
    private void putAside(SinkRecord record, RecordPosition place, DoLakeException refusal, List<TableIdentifier> of) {
        status.refused();
        if (refused.canPutAside(writers)) {
            refused.putAside(record, place, refusal).ifPresent(row -> buffer(row, record));
        } else if (of.isEmpty()) {
            partitions.retract(place.partition(), place.offset());
            suspensions.partition(place.partition(), RowsRejectedException.located(refusal, place), place.offset());
        } else {
            of.forEach(table -> suspensions.table(table, RowsRejectedException.located(refusal, place), place));
        }
    }

    private void buffer(Change change, SinkRecord record) {
        budget.grow(active(writers.of(change.table()))
                .add(change, partition(record), record.originalKafkaOffset(), record.timestamp()));
    }

    private static TableBuffer active(TableWriter writer) {
        return writer.active() == null ? writer.open(System.currentTimeMillis()) : writer.active();
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
