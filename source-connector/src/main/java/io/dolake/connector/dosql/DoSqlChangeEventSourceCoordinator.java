/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.ErrorHandler;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.notification.NotificationService;
import io.debezium.pipeline.signal.SignalProcessor;
import io.debezium.pipeline.source.spi.ChangeEventSource.ChangeEventSourceContext;
import io.debezium.pipeline.source.spi.SnapshotChangeEventSource;
import io.debezium.pipeline.spi.Offsets;
import io.debezium.pipeline.spi.SnapshotResult;
import io.debezium.pipeline.spi.SnapshotResult.SnapshotResultStatus;
import io.debezium.relational.TableId;
import io.debezium.snapshot.SnapshotterService;
import io.debezium.util.LoggingContext;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RunState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all databases of a task on one thread: first those that only stream, then snapshots one after the other; streams
 * that have started continue between their rows. {@link DatabaseRuns} handles databases that cannot continue.
 */
final class DoSqlChangeEventSourceCoordinator extends ChangeEventSourceCoordinator<DoSqlPartition, DoSqlOffsetContext>
        implements DoSqlSnapshotChangeEventSource.Watch {
    private static final Logger LOGGER = LoggerFactory.getLogger(DoSqlChangeEventSourceCoordinator.class);
    private static final long IDLE_MS = 5;
    private static final String NO_EPOCH = "0".repeat(32);

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final DoSqlStreamingChangeEventSource streaming;
    private final DatabaseRuns runs;
    private final DeadLetters deadLetters;
    private final DatabaseRuns.Stored stored;
    private final Discovery discovery;
    private final CaptureChanges changes;

    DoSqlChangeEventSourceCoordinator(
            Offsets<DoSqlPartition, DoSqlOffsetContext> previousOffsets,
            ErrorHandler errorHandler,
            DoSqlConnectorConfig config,
            EngineConnection engine,
            DoSqlChangeEventSourceFactory factory,
            EventDispatcher<DoSqlPartition, TableId> dispatcher,
            DoSqlDatabaseSchema schema,
            SignalProcessor<DoSqlPartition, DoSqlOffsetContext> signals,
            NotificationService<DoSqlPartition, DoSqlOffsetContext> notifications,
            SnapshotterService snapshotters,
            DatabaseStates states,
            DeadLetters deadLetters,
            DatabaseRuns.Stored stored) {
        super(
                previousOffsets,
                errorHandler,
                DoSqlConnector.class,
                config,
                factory,
                new DoSqlMetricsFactory(states),
                dispatcher,
                schema,
                signals,
                notifications,
                snapshotters);
        this.config = config;
        this.engine = engine;
        this.streaming = factory.getStreamingChangeEventSource();
        StateNotices notices = new StateNotices(config, notifications, this::offset);
        this.runs = new DatabaseRuns(config, engine, streaming, states, notices);
        this.deadLetters = deadLetters;
        this.stored = stored;
        this.discovery = new Discovery(config, engine);
        this.changes = new CaptureChanges(config, engine, schema);
        factory.watch(this);
    }

    /** Resumes a database or a table; callable from any thread. */
    boolean resume(String collection) {
        return runs.resume(collection);
    }

    /**
     * The worker has dropped an event of a table, which is therefore not equal to its source; callable from any thread.
     */
    void dropped(TableId table, String position) {
        DatabaseStream stream = streaming.stream(table.catalog());
        if (stream != null) {
            stream.dropped(table, position);
        }
    }

    private DoSqlOffsetContext offset(DoSqlPartition partition) {
        DatabaseRun run = runs.of(partition.database());
        return run == null ? null : run.offset();
    }

    @Override
    protected void executeChangeEventSources(
            CdcSourceTaskContext taskContext,
            SnapshotChangeEventSource<DoSqlPartition, DoSqlOffsetContext> snapshots,
            Offsets<DoSqlPartition, DoSqlOffsetContext> previousOffsets,
            AtomicReference<LoggingContext.PreviousContext> previousLogContext,
            ChangeEventSourceContext context)
            throws InterruptedException {
        try {
            previousOffsets.getOffsets().forEach((partition, offset) -> {
                if (offset == null) {
                    runs.add(partition, stored);
                } else {
                    runs.add(partition, offset);
                }
            });
            startSignals();
            while (context.isRunning()) {
                runs.takeResumed();
                discover();
                Optional<DatabaseRun> next = runs.next();
                if (next.isPresent()) {
                    previousLogContext.set(taskContext.configureLoggingContext(
                            "snapshot", next.get().partition()));
                    begin((DoSqlSnapshotChangeEventSource) snapshots, context, next.get());
                    signalProcessor.setContext(Offsets.of(signalContext()));
                    previousLogContext.set(taskContext.configureLoggingContext("streaming"));
                } else if (!snapshotterService.getSnapshotter().shouldStream()
                        && !runs.isAnyWaiting()
                        && !discovery.looks()) {
                    LOGGER.info(
                            "Snapshot mode {} does not stream",
                            config.getSnapshotMode().getValue());
                    return;
                }
                turn(context);
            }
        } catch (RuntimeException e) {
            if (!context.isRunning() && RunFaults.isInterruption(e)) {
                throw (InterruptedException) new InterruptedException("Stopped").initCause(e);
            }
            throw e;
        } finally {
            streaming.close();
            discovery.close();
        }
    }

    /**
     * Databases that appeared after the task was started, and belong to it. A dropped database is reported by its
     * stream.
     */
    private void discover() {
        List<String> databases = discovery.poll();
        if (databases == null) {
            return;
        }
        for (String database : databases) {
            if (runs.of(database) == null) {
                LOGGER.info("Database {} is new", database);
                runs.add(new DoSqlPartition(config.getLogicalName(), database), stored);
            }
        }
    }

    private void startSignals() {
        signalProcessor.setContext(Offsets.of(signalContext()));
        signalProcessor.registerSignalAction(
                ResumeSignal.TYPE,
                new ResumeSignal(collection -> TasksOfWorker.resume(config.connectorName(), collection)));
        registerSignalActionsAndStartProcessor(signalProcessor, eventDispatcher, this, connectorConfig);
    }

    /**
     * A signal is dispatched only for a database with an offset; a database without one gets an offset that is never
     * stored.
     */
    private Map<DoSqlPartition, DoSqlOffsetContext> signalContext() {
        Map<DoSqlPartition, DoSqlOffsetContext> offsets = new HashMap<>();
        for (DatabaseRun run : runs.all()) {
            offsets.put(
                    run.partition(),
                    run.offset() != null
                            ? run.offset()
                            : new DoSqlOffsetContext(config, run.partition().database(), NO_EPOCH, Lsn.ZERO, 0));
        }
        return offsets;
    }

    /** Takes the snapshot that the mode requires, then lets the stream of the database start. */
    private void begin(DoSqlSnapshotChangeEventSource snapshots, ChangeEventSourceContext context, DatabaseRun run)
            throws InterruptedException {
        DoSqlPartition partition = run.partition();
        DoSqlOffsetContext previous = run.start();
        try {
            run.state().is(run.needsSnapshot() ? RunState.SNAPSHOTTING : RunState.STARTING);
            boolean wasRunning = previous != null && previous.isInitialSnapshotRunning();
            SnapshotResult<DoSqlOffsetContext> result = doSnapshot(snapshots, context, partition, previous);
            if (!result.isCompletedOrSkipped()
                    || !snapshotterService.getSnapshotter().shouldStream()) {
                endWithoutStream(run, result);
                return;
            }
            DoSqlOffsetContext offset =
                    result.getOffset() == null ? head(partition, run.readsAnew()) : result.getOffset();
            changes.apply(partition, guard(partition, offset));
            run.streams(offset);
            if (wasRunning && result.getStatus() == SnapshotResultStatus.SKIPPED) {
                run.lastChance();
            }
            initStreamEvents(partition, offset);
            streaming.add(partition, offset, run.state(), guard(partition, offset));
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            runs.failedToBegin(run, snapshots.unfinished(), e);
        } finally {
            eventDispatcher.setEventListener(streamingMetrics);
        }
    }

    @Override
    public TableGuard guard(DoSqlPartition partition, DoSqlOffsetContext offset) {
        return new TableGuard(config.run().failureMode(), offset, deadLetters.takesRows(), (failure, fault) -> {
            at(partition, offset);
            deadLetters.send(failure, partition, offset);
        });
    }

    @Override
    public boolean readsAnew(DoSqlPartition partition) {
        DatabaseRun run = runs.of(partition.database());
        return run != null && run.readsAnew();
    }

    @Override
    public void at(DoSqlPartition partition, DoSqlOffsetContext offset) {
        DatabaseRun run = runs.of(partition.database());
        if (run != null) {
            run.at(offset);
            run.state().at(offset);
        }
    }

    /** Reports tables that were read from a former database of the name, or with other settings. */
    private void endWithoutStream(DatabaseRun run, SnapshotResult<DoSqlOffsetContext> result) {
        DoSqlPartition partition = run.partition();
        DoSqlOffsetContext offset = result.getOffset();
        if (offset != null && result.getStatus() == SnapshotResultStatus.SKIPPED) {
            String epoch = engine.status(partition.database()).epoch();
            if (!epoch.equals(offset.epoch())) {
                throw new DoLakeException(
                        ErrorCode.CDC_EPOCH_MISMATCH,
                        "Cannot leave " + partition + " as it was read: it was at epoch " + offset.epoch()
                                + " and is at epoch " + epoch);
            }
            changes.apply(partition, guard(partition, offset));
            run.state().at(offset);
        }
        run.ends(offset);
        run.state().is(RunState.STOPPED);
    }

    /**
     * Without a snapshot, streaming begins at the newest transaction.
     *
     * @param readsAnew whether the stream is to read all tables first, on request
     */
    private DoSqlOffsetContext head(DoSqlPartition partition, boolean readsAnew) throws InterruptedException {
        DoSqlOffsetContext offset;
        // not the newest LSN of the change log, which may be behind what is committed
        try (SnapshotView view = SnapshotView.open(engine, partition.database())) {
            offset = new DoSqlOffsetContext(config, partition.database(), view.epoch(), view.lsn(), 0);
            if (readsAnew) {
                offset.anew();
                changes.readAll(view, partition, guard(partition, offset));
            }
        }
        eventDispatcher.alwaysDispatchHeartbeatEvent(partition, offset);
        return offset;
    }

    private void turn(ChangeEventSourceContext context) throws InterruptedException {
        boolean progressed = streaming.turn();
        if (!progressed && !streaming.waitsInTurn()) {
            Thread.sleep(IDLE_MS);
        }
        if (context.isPaused()) {
            context.streamingPaused();
            context.waitSnapshotCompletion();
        }
    }
}
