/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Takes records into the buffers of their tables, one by one. A record that cannot be taken is a dead letter; where there are none
 * its table is set aside, or its partition if it has no table: nothing else. Used by the task's thread.
 */
final class Intake {
    private final SinkTaskContext context;
    private final RecordReader reader;
    private final TableAccess access;
    private final RecordTables tables;
    /** Null if tables may be shared. */
    private final SourceTables sources;

    private final Lanes lanes;
    private final Partitions partitions;
    private final Assignment assignment;
    private final LookBack lookBack;
    private final SetAside aside;
    private final RefusedRecords refused;
    private final Pressure pressure;
    private final SinkStatus status;
    private TopicPartition lastPartition;

    Intake(
            SinkConfig config,
            SinkTaskContext context,
            RecordReader reader,
            TableAccess access,
            Routing routing,
            Lanes lanes,
            Partitions partitions,
            Assignment assignment,
            LookBack lookBack,
            SetAside aside,
            RefusedRecords refused,
            Pressure pressure,
            SinkStatus status) {
        this.context = context;
        this.reader = reader;
        this.access = access;
        this.tables = new RecordTables(routing);
        boolean isShared = config.getBoolean(SuspensionConfig.SHARED) || !routing.isByTemplate();
        this.sources = isShared ? null : new SourceTables();
        this.lanes = lanes;
        this.partitions = partitions;
        this.assignment = assignment;
        this.lookBack = lookBack;
        this.aside = aside;
        this.refused = refused;
        this.pressure = pressure;
        this.status = status;
    }

    /** Takes a record, or sets aside what cannot. Throws if it has to wait for the catalog: then it is offered again. */
    void take(SinkRecord record) {
        TopicPartition partition = partition(record);
        long offset = record.originalKafkaOffset();
        if (!partitions.contains(partition) || aside.holds(partition)) {
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
        RowsRefused.Place place = new RowsRefused.Place(partition, offset);
        if (!lookBack.sendsBack(place)) {
            read(record, place);
        }
    }

    private void cannotGoOn(TopicPartition partition, DoLakeException reason, long offset) {
        if (reason.code() == ErrorCode.TOPIC_REPLACED && partitions.forgets(partition)) {
            assignment.readAnew(partition);
        } else {
            aside.partition(partition, reason, offset);
        }
    }

    private void read(SinkRecord record, RowsRefused.Place place) {
        List<Change> all = List.of();
        List<Change> changes = List.of();
        String source = null;
        DoLakeException refusal = null;
        TableUnusable unusable = null;
        try {
            // Read before the partition moves on: if that has to wait for the catalog, the record is offered again.
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
            aside.table(unusable.table(), unusable.error(), lookBack.heldAt(unusable.table(), place));
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

    /** What was read before the task began was put aside then, if it could not be taken. */
    private void refuse(SinkRecord record, RowsRefused.Place place, DoLakeException refusal) {
        List<TableIdentifier> of = tables.of(record);
        List<TableIdentifier> lacking =
                of.stream().filter(table -> !lookBack.isPast(table, place)).toList();
        if (!lacking.isEmpty() || of.isEmpty() && !lookBack.isPast(place)) {
            putAside(record, place, refusal, lacking);
        }
    }

    /** Before one of two source tables is refused the lake table is asked which one it belongs to: it may be the later one. */
    private void learnOwners(List<Change> changes, String source) {
        for (Change change : changes) {
            Lane lane = lanes.of(change.table());
            if (!lane.takes(source) && !lane.isSourceSure()) {
                String owner = access.lookUp(change.table(), "the source")
                        .map(table -> table.properties().get(SourceTables.PROPERTY))
                        .orElse(lane.source());
                lane.belongsTo(owner);
            }
        }
    }

    private void take(Change change, SinkRecord record, RowsRefused.Place place, String source) {
        Lane lane = lanes.of(change.table());
        if (lane.isSuspended()) {
            lane.skip(place.partition(), place.offset());
            return;
        }
        if (source != null && !lane.takes(source)) {
            putAside(record, place, SourceTables.refusal(change.table(), lane.source(), source), List.of());
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
        if (!lane.isSuspended()) {
            active(lane).passOver(place.partition(), place.offset());
        }
    }

    /** To the dead letters; where there are none, what the record was for cannot go on. */
    private void putAside(
            SinkRecord record, RowsRefused.Place place, DoLakeException refusal, List<TableIdentifier> of) {
        status.refused();
        if (refused.canPutAside(lanes)) {
            refused.putAside(record, place, refusal).ifPresent(row -> buffer(row, record));
        } else if (of.isEmpty()) {
            partitions.retract(place.partition(), place.offset());
            aside.partition(place.partition(), RowsRefused.located(refusal, place), place.offset());
        } else {
            of.forEach(table -> aside.table(table, RowsRefused.located(refusal, place), place));
        }
    }

    private void buffer(Change change, SinkRecord record) {
        pressure.grow(active(lanes.of(change.table()))
                .add(change, partition(record), record.originalKafkaOffset(), record.timestamp()));
    }

    private static TableBuffer active(Lane lane) {
        return lane.active() == null ? lane.open(System.currentTimeMillis()) : lane.active();
    }

    /** The same object as for the record before, mostly: hashes of topics are dear. */
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
