/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.DebeziumException;
import io.debezium.connector.SnapshotRecord;
import io.debezium.data.Envelope.Operation;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.EventDispatcher.SnapshotReceiver;
import io.debezium.pipeline.notification.NotificationService;
import io.debezium.pipeline.signal.actions.snapshotting.SnapshotConfiguration;
import io.debezium.pipeline.source.AbstractSnapshotChangeEventSource;
import io.debezium.pipeline.source.SnapshottingTask;
import io.debezium.pipeline.source.spi.SnapshotProgressListener;
import io.debezium.pipeline.spi.SnapshotResult;
import io.debezium.relational.TableId;
import io.debezium.snapshot.SnapshotterService;
import io.debezium.spi.snapshot.Snapshotter;
import io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode;
import io.dolake.engine.client.Session;
import io.dolake.schemas.TableSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all rows of a database's captured tables at one pinned LSN, where streaming then starts. A table that cannot be
 * read is suspended; the others are read. While a snapshot runs, its offset lists the remaining tables as {@link
 * PendingResnapshots}: an interrupted snapshot continues as a stream from its LSN, which reads those tables as of a
 * later one.
 */
final class DoSqlSnapshotChangeEventSource
        extends AbstractSnapshotChangeEventSource<DoSqlPartition, DoSqlOffsetContext> {
    private static final Logger LOGGER = LoggerFactory.getLogger(DoSqlSnapshotChangeEventSource.class);
    private static final long PROGRESS_EVERY_ROWS = 10_000;
    /** After so long the streams of other databases get a turn. */
    private static final long YIELD_NANOS = 1_000_000;

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final DoSqlDatabaseSchema schema;
    private final EventDispatcher<DoSqlPartition, TableId> dispatcher;
    private final SnapshotProgressListener<DoSqlPartition> progress;
    private final SnapshotterService snapshotters;
    private final YieldPoint yieldPoint;
    private final Watch watch;
    private DoSqlOffsetContext unfinished;

    DoSqlSnapshotChangeEventSource(
            DoSqlConnectorConfig config,
            EngineConnection engine,
            DoSqlDatabaseSchema schema,
            EventDispatcher<DoSqlPartition, TableId> dispatcher,
            SnapshotProgressListener<DoSqlPartition> progress,
            NotificationService<DoSqlPartition, DoSqlOffsetContext> notifications,
            SnapshotterService snapshotters,
            Watch watch,
            YieldPoint yieldPoint) {
        super(config, progress, notifications);
        this.config = config;
        this.engine = engine;
        this.schema = schema;
        this.dispatcher = dispatcher;
        this.progress = progress;
        this.snapshotters = snapshotters;
        this.yieldPoint = yieldPoint;
        this.watch = watch;
    }

    /** The guard of the tables of a database whose snapshot has this offset. */
    interface Watch {
        TableGuard guard(DoSqlPartition partition, DoSqlOffsetContext offset);

        /** Whether something was sent of the database before, which the snapshot does not continue. */
        boolean readsAnew(DoSqlPartition partition);

        /** Another table is being read. */
        void at(DoSqlPartition partition, DoSqlOffsetContext offset);
    }

    /** The offset of the last interrupted snapshot; null if the last snapshot was completed. */
    DoSqlOffsetContext unfinished() {
        return unfinished;
    }

    @Override
    public SnapshottingTask getSnapshottingTask(DoSqlPartition partition, DoSqlOffsetContext previousOffset) {
        unfinished = null;
        Snapshotter snapshotter = snapshotters.getSnapshotter();
        boolean offsetExists = previousOffset != null;
        boolean inProgress = offsetExists && previousOffset.isInitialSnapshotRunning();
        boolean reads = snapshotter.shouldSnapshotData(offsetExists, inProgress);
        if (reads && inProgress && canGoOn(previousOffset)) {
            LOGGER.info(
                    "Snapshot of {} continues: {} tables are left, after LSN {}",
                    partition,
                    previousOffset.pendingResnapshots().pending().size(),
                    previousOffset.lsn());
            previousOffset.goOnAsStream();
            reads = false;
        }
        return new SnapshottingTask(
                false,
                reads,
                config.getDataCollectionsToBeSnapshotted(),
                config.getSnapshotSelectOverridesByTable(),
                false);
    }

    /** Whether the rest of a snapshot can be read by its stream. */
    private boolean canGoOn(DoSqlOffsetContext offset) {
        return offset.namesTablesLeft()
                && snapshotters.getSnapshotter().shouldStream()
                && config.getSnapshotMode() != SnapshotMode.ALWAYS;
    }

    @Override
    public SnapshottingTask getBlockingSnapshottingTask(
            DoSqlPartition partition, DoSqlOffsetContext previousOffset, SnapshotConfiguration configuration) {
        throw new DebeziumException("Cannot take a blocking snapshot of " + partition
                + ": this connector takes snapshots only according to snapshot.mode; streaming continues");
    }

    @Override
    protected SnapshotContext<DoSqlPartition, DoSqlOffsetContext> prepare(DoSqlPartition partition, boolean onDemand) {
        return new SnapshotContext<>(partition);
    }

    @Override
    protected SnapshotResult<DoSqlOffsetContext> doExecute(
            ChangeEventSourceContext context,
            DoSqlOffsetContext previousOffset,
            SnapshotContext<DoSqlPartition, DoSqlOffsetContext> snapshot,
            SnapshottingTask task)
            throws Exception {
        DoSqlPartition partition = snapshot.partition;
        try (SnapshotView view = SnapshotView.open(engine, partition.database())) {
            DoSqlOffsetContext offset =
                    new DoSqlOffsetContext(config, partition.database(), view.epoch(), view.lsn(), 0);
            snapshot.offset = offset;
            if (config.truncatesBeforeSnapshot() && (previousOffset != null || watch.readsAnew(partition))) {
                offset.anew();
            }
            offset.preSnapshotStart(task.isOnDemand());
            TableGuard guard = watch.guard(partition, offset);
            List<TableMapping> tables = capturedTables(partition, view, task, guard);
            unfinished = offset;
            LOGGER.info(
                    "Snapshot of database {} at LSN {} (epoch {}): {} tables",
                    partition.database(),
                    view.lsn(),
                    view.epoch(),
                    tables.size());
            new TableReader(context, partition, offset, view, guard).readAll(tables);
            unfinished = null;
            watch.at(partition, offset);
            dispatcher.alwaysDispatchHeartbeatEvent(partition, offset);
            return SnapshotResult.completed(offset);
        }
    }

    private List<TableMapping> capturedTables(
            DoSqlPartition partition, SnapshotView view, SnapshottingTask task, TableGuard guard) {
        Set<Pattern> wanted = getDataCollectionPattern(task.getDataCollections());
        Map<TableId, TableSchema> captured = new LinkedHashMap<>();
        for (TableSchema table : view.tables()) {
            TableId id = new TableId(partition.database(), null, table.name());
            if (schema.isCaptured(id)) {
                captured.put(id, table);
            }
        }
        List<TableId> read = determineDataCollectionsToBeSnapshotted(captured.keySet(), wanted)
                .toList();
        // before anything that contains the offset
        read.forEach(id -> guard.offset().pendingResnapshots().request(id.table()));
        watch.at(partition, guard.offset());
        captured.forEach((id, table) -> {
            try {
                schema.checkNew(id);
                schema.apply(partition.database(), table);
            } catch (RuntimeException | StackOverflowError | AssertionError e) {
                guard.failed(id, view.lsn(), 0, e);
            }
        });
        List<TableMapping> tables = read.stream()
                .filter(id -> !guard.offset().faults().isSuspended(id.table()))
                .map(schema::mapping)
                .toList();
        progress.monitoredDataCollectionsDetermined(
                partition, tables.stream().map(TableMapping::id).toList());
        return tables;
    }

    /** Reads one database. */
    private final class TableReader {
        private final ChangeEventSourceContext context;
        private final DoSqlPartition partition;
        private final DoSqlOffsetContext offset;
        private final SnapshotView view;
        private final Instant readAt = Instant.now();
        private final SnapshotReceiver<DoSqlPartition> receiver = dispatcher.getSnapshotChangeEventReceiver();
        private final TableGuard guard;
        /** Tables whose last row may still be in the receiver. */
        private final List<String> read = new ArrayList<>();

        private long events;
        private long yieldedNanos = System.nanoTime();

        TableReader(
                ChangeEventSourceContext context,
                DoSqlPartition partition,
                DoSqlOffsetContext offset,
                SnapshotView view,
                TableGuard guard) {
            this.guard = guard;
            this.context = context;
            this.partition = partition;
            this.offset = offset;
            this.view = view;
        }

        void readAll(List<TableMapping> tables) throws InterruptedException {
            for (TableMapping table : tables) {
                try {
                    readOne(table);
                } catch (RuntimeException | StackOverflowError | AssertionError e) {
                    guard.failed(table.id(), view.lsn(), events, e);
                }
                read.add(table.id().table());
            }
            rowsAreOut();
            offset.preSnapshotCompletion();
            receiver.completeSnapshot();
            offset.postSnapshotCompletion();
        }

        private void readOne(TableMapping table) throws InterruptedException {
            if (config.truncatesBeforeSnapshot()) {
                at(table.id());
                dispatcher.dispatchDataChangeEvent(
                        partition, table.id(), DoSqlChangeRecordEmitter.truncate(partition, offset, config));
            }
            long rows = read(table);
            if (!offset.faults().isSuspended(table.id().table())) {
                progress.dataCollectionSnapshotCompleted(partition, table.id(), rows);
                LOGGER.info("Snapshot of {}: {} rows", table.id(), rows);
            }
        }

        private long read(TableMapping table) throws InterruptedException {
            long rows = 0;
            try (Session.Cursor cursor = view.rows(table, null, config.getSnapshotFetchSize())) {
                for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                    checkRunning(table);
                    emit(table, row);
                    if (offset.faults().isSuspended(table.id().table())) {
                        return rows;
                    }
                    rows++;
                    if (rows % PROGRESS_EVERY_ROWS == 0) {
                        progress.rowsScanned(partition, table.id(), rows);
                    }
                    yieldNowAndThen();
                }
            }
            return rows;
        }

        /** A turn of the other streams takes longer than a row. */
        private void yieldNowAndThen() throws InterruptedException {
            if (System.nanoTime() - yieldedNanos >= YIELD_NANOS) {
                yieldPoint.run();
                yieldedNanos = System.nanoTime();
            }
        }

        private void emit(TableMapping mapping, Object[] selected) throws InterruptedException {
            TableId table = mapping.id();
            List<String> before = read.isEmpty() ? List.of() : List.copyOf(read);
            try {
                Object[] row = schema.row(mapping, selected);
                offset.markSnapshotRecord(events == 0 ? SnapshotRecord.FIRST : SnapshotRecord.TRUE);
                rowsAreOut();
                at(table);
                schema.dispatching(table, row);
                dispatcher.dispatchSnapshotEvent(
                        partition,
                        table,
                        new DoSqlChangeRecordEmitter(partition, offset, config, Operation.READ, null, row),
                        receiver);
                if (!before.isEmpty()) {
                    watch.at(partition, offset);
                }
            } catch (RuntimeException | StackOverflowError | AssertionError e) {
                // the previous row is still waiting
                before.forEach(offset.pendingResnapshots()::request);
                read.clear();
                read.addAll(before);
                guard.failed(table, view.lsn(), events, Operation.READ, null, e);
            } finally {
                schema.dispatched();
            }
        }

        /** The receiver emits its waiting row when the next one arrives, with the offset at that time. */
        private void rowsAreOut() {
            if (!read.isEmpty()) {
                read.forEach(offset.pendingResnapshots()::forget);
                read.clear();
            }
        }

        /** Numbers the events of a snapshot, so that each has its own position. */
        private void at(TableId table) {
            offset.source().position(view.lsn(), events++, readAt);
            offset.source().table(table, schema.mapping(table).schema().schemaLsn());
        }

        private void checkRunning(TableMapping table) throws InterruptedException {
            if (!context.isRunning()) {
                throw new InterruptedException("Stopped while reading table " + table.id());
            }
        }
    }
}
