/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.record.RecordTables;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.status.SinkStatus;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Handles a record that cannot be accepted: it goes to the dead letters; without these its tables are suspended, or its
 * partition if it has no table. Used by the task's thread.
 */
final class RecordRejection {
    private final RecordTables tables;
    private final TableWriters writers;
    private final PartitionOffsets partitions;
    private final LookBack lookBack;
    private final Suspensions suspensions;
    private final ErrantRecords refused;
    private final SinkStatus status;

    RecordRejection(
            RecordTables tables,
            TableWriters writers,
            PartitionOffsets partitions,
            LookBack lookBack,
            Suspensions suspensions,
            ErrantRecords refused,
            SinkStatus status) {
        this.tables = tables;
        this.writers = writers;
        this.partitions = partitions;
        this.lookBack = lookBack;
        this.suspensions = suspensions;
        this.refused = refused;
        this.status = status;
    }

    /** Why a commit refused this change when the record was read before; null if none did. */
    DoLakeException ofCommit(Change change, RecordPosition place) {
        return refused.reason(change, place.partition(), place.offset()).orElse(null);
    }

    /**
     * Handles a record that cannot be read. Records read before the task started went to the dead letters at that time,
     * if they were refused.
     */
    void unread(SinkRecord record, RecordPosition place, DoLakeException refusal) {
        List<TableIdentifier> of = tables.of(record);
        List<TableIdentifier> lacking =
                of.stream().filter(table -> !lookBack.isPast(table, place)).toList();
        if (!lacking.isEmpty() || of.isEmpty() && !lookBack.isPast(place)) {
            reject(record, place, refusal, lacking);
        }
    }

    /** Sends the record to the dead letters; without these, its tables or its partition are suspended. */
    void reject(SinkRecord record, RecordPosition place, DoLakeException refusal, List<TableIdentifier> of) {
        status.refused();
        if (refused.canPutAside(writers)) {
            refused.putAside(record, place, refusal).ifPresent(row -> writers.buffer(row, place, record.timestamp()));
        } else if (of.isEmpty()) {
            partitions.retract(place.partition(), place.offset());
            suspensions.partition(place.partition(), RowsRejectedException.located(refusal, place), place.offset());
        } else {
            of.forEach(table -> suspensions.table(table, RowsRejectedException.located(refusal, place), place));
        }
    }
}
