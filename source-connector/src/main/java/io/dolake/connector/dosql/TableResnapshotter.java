/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.SnapshotRecord;
import io.debezium.data.Envelope.Operation;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.relational.TableId;
import io.dolake.engine.client.Session;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the rows of the tables in {@link PendingResnapshots}: a truncate event, then every row as of one pinned LSN, as
 * reads. Only the last event of a table carries the offset that marks it as done; after a restart before that, the
 * table is sent again from its truncate event on.
 */
final class TableResnapshotter {
    private static final Logger LOGGER = LoggerFactory.getLogger(TableResnapshotter.class);

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final DoSqlDatabaseSchema schema;
    private final EventDispatcher<DoSqlPartition, TableId> dispatcher;
    private final DoSqlPartition partition;
    private final DoSqlOffsetContext offset;
    private final TableGuard guard;

    TableResnapshotter(
            DoSqlConnectorConfig config,
            EngineConnection engine,
            DoSqlDatabaseSchema schema,
            EventDispatcher<DoSqlPartition, TableId> dispatcher,
            DoSqlPartition partition,
            DoSqlOffsetContext offset,
            TableGuard guard) {
        this.guard = guard;
        this.config = config;
        this.engine = engine;
        this.schema = schema;
        this.dispatcher = dispatcher;
        this.partition = partition;
        this.offset = offset;
    }

    /**
     * Sends all pending tables, as of now.
     *
     * @param transaction is sent completely with the last of it
     */
    void resnapshot(Lsn transaction, YieldPoint yieldPoint) throws InterruptedException {
        try (SnapshotView view = SnapshotView.open(engine, partition.database())) {
            checkEpoch(view);
            List<TableSchema> found = view.tables();
            List<String> pending = offset.pendingResnapshots().pending();
            for (String table : pending) {
                Lsn completed = table.equals(pending.get(pending.size() - 1)) ? transaction : offset.lsn();
                TableId id = new TableId(partition.database(), null, table);
                if (!schema.isCaptured(id)) {
                    offset.pendingResnapshots().forget(table);
                    continue;
                }
                // the table's fault stays in the offset until its first event, which shows that it is being read
                boolean wasAside = offset.faults().isSuspended(table);
                offset.faults().forget(table);
                try {
                    if (wasAside) {
                        schema.checkNew(id);
                    }
                    resnapshot(view, id, found, completed, yieldPoint);
                } catch (RuntimeException | StackOverflowError | AssertionError e) {
                    guard.failed(id, view.lsn(), 0, e);
                }
            }
        } finally {
            offset.source().setSnapshot(SnapshotRecord.FALSE);
        }
    }

    private void resnapshot(
            SnapshotView view, TableId id, List<TableSchema> tables, Lsn completed, YieldPoint yieldPoint)
            throws InterruptedException {
        Optional<TableSchema> found = tables.stream()
                .filter(candidate -> candidate.name().equals(id.table()))
                .findFirst();
        if (found.isPresent()) {
            resnapshot(view, schema.apply(partition.database(), found.get()), completed, yieldPoint);
        } else {
            empty(view, id, completed);
        }
    }

    private void checkEpoch(SnapshotView view) {
        if (!view.epoch().equals(offset.epoch())) {
            throw new DoLakeException(
                    ErrorCode.CDC_EPOCH_MISMATCH,
                    "Cannot read " + partition + " at epoch " + offset.epoch() + ": it is at epoch " + view.epoch());
        }
    }

    private void resnapshot(SnapshotView view, TableMapping table, Lsn completed, YieldPoint yieldPoint)
            throws InterruptedException {
        TableId id = table.id();
        Instant readAt = Instant.now();
        long events = 0;
        Supplier<DoSqlChangeRecordEmitter> waiting = this::truncate;
        try (Session.Cursor cursor = view.rows(table, null, config.getSnapshotFetchSize())) {
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                Object[] selected = row;
                if (fits(view, table, events, selected)) {
                    emit(view.lsn(), events++, readAt, id, waiting.get());
                    // Built when it is sent: a later row may widen the table.
                    waiting = () -> new DoSqlChangeRecordEmitter(
                            partition, offset, config, Operation.READ, null, schema.row(table, selected));
                }
                if (offset.faults().isSuspended(id.table())) {
                    return;
                }
                yieldPoint.run();
            }
        }
        last(view.lsn(), events, readAt, id, waiting.get(), completed);
        LOGGER.info("Sent {} again as of LSN {}: {} rows", id, view.lsn(), events);
    }

    /** Not for a row that is left out, or whose table is being suspended. */
    private boolean fits(SnapshotView view, TableMapping table, long event, Object[] selected) {
        try {
            schema.row(table, selected);
            return true;
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            guard.failed(table.id(), view.lsn(), event, Operation.READ, null, e);
            return false;
        }
    }

    /**
     * The table is gone by the time it is read, at least under this name. The stream will report that later, but its
     * changes up to here count as read: what was sent of the table before is removed now.
     */
    private void empty(SnapshotView view, TableId id, Lsn completed) throws InterruptedException {
        if (schema.mapping(id) == null) {
            schema.apply(partition.database(), StoredRows.unknown(id.table()));
        }
        last(view.lsn(), 0, Instant.now(), id, truncate(), completed);
        LOGGER.info("Emptied {} as of LSN {}: it is gone", id, view.lsn());
    }

    private DoSqlChangeRecordEmitter truncate() {
        return DoSqlChangeRecordEmitter.truncate(partition, offset, config);
    }

    /** Emits the last event of a table, with the offset that marks it as done. */
    private void last(
            Lsn readLsn, long event, Instant readAt, TableId id, DoSqlChangeRecordEmitter emitter, Lsn completed)
            throws InterruptedException {
        offset.pendingResnapshots().done(id.table(), readLsn);
        if (completed.isAfter(offset.lsn())) {
            offset.sentTransaction(completed);
        }
        emit(readLsn, event, readAt, id, emitter);
    }

    private void emit(Lsn lsn, long event, Instant readAt, TableId id, DoSqlChangeRecordEmitter emitter)
            throws InterruptedException {
        offset.source().setSnapshot(SnapshotRecord.INCREMENTAL);
        offset.source().position(lsn, event, readAt);
        offset.source().table(id, schema.mapping(id).schema().schemaLsn());
        try {
            dispatcher.dispatchDataChangeEvent(partition, id, emitter);
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            guard.failed(id, lsn, event, emitter.getOperation(), null, e);
        }
    }
}
