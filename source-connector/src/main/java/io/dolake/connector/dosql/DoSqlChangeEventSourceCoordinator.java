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
import io.debezium.relational.TableId;
import io.debezium.snapshot.SnapshotterService;
import io.debezium.util.LoggingContext;
import io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode;
import io.dolake.engine.client.DatabaseStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all databases of a task on one thread: first those that only stream, then snapshots one after the other, between
 * whose rows the streams already begun go on.
 */
final class DoSqlChangeEventSourceCoordinator extends ChangeEventSourceCoordinator<DoSqlPartition, DoSqlOffsetContext> {
    private static final Logger LOGGER = LoggerFactory.getLogger(DoSqlChangeEventSourceCoordinator.class);
    private static final long IDLE_MS = 5;

    private final DoSqlConnectorConfig config;
    private final Engine engine;
    private final DoSqlStreamingChangeEventSource streaming;

    DoSqlChangeEventSourceCoordinator(
            Offsets<DoSqlPartition, DoSqlOffsetContext> previousOffsets,
            ErrorHandler errorHandler,
            DoSqlConnectorConfig config,
            Engine engine,
            DoSqlChangeEventSourceFactory factory,
            EventDispatcher<DoSqlPartition, TableId> dispatcher,
            DoSqlDatabaseSchema schema,
            SignalProcessor<DoSqlPartition, DoSqlOffsetContext> signals,
            NotificationService<DoSqlPartition, DoSqlOffsetContext> notifications,
            SnapshotterService snapshotters) {
        super(
                previousOffsets,
                errorHandler,
                DoSqlConnector.class,
                config,
                factory,
                new DoSqlMetricsFactory(),
                dispatcher,
                schema,
                signals,
                notifications,
                snapshotters);
        this.config = config;
        this.engine = engine;
        this.streaming = factory.getStreamingChangeEventSource();
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
            for (Map.Entry<DoSqlPartition, DoSqlOffsetContext> entry : streamingFirst(previousOffsets)) {
                previousLogContext.set(taskContext.configureLoggingContext("snapshot", entry.getKey()));
                begin(snapshots, context, entry.getKey(), entry.getValue());
            }
            previousLogContext.set(taskContext.configureLoggingContext("streaming"));
            if (!snapshotterService.getSnapshotter().shouldStream()) {
                LOGGER.info(
                        "Snapshot mode {} does not stream",
                        config.getSnapshotMode().getValue());
                return;
            }
            signalProcessor.setContext(Offsets.of(streaming.offsets()));
            registerSignalActionsAndStartProcessor(signalProcessor, eventDispatcher, this, connectorConfig);
            while (context.isRunning()) {
                turn(snapshots, context);
            }
        } catch (RuntimeException e) {
            if (!context.isRunning() && isInterruption(e)) {
                throw (InterruptedException) new InterruptedException("Stopped").initCause(e);
            }
            throw e;
        } finally {
            streaming.close();
        }
    }

    /** Databases that have an offset to go on from come first. */
    private static List<Map.Entry<DoSqlPartition, DoSqlOffsetContext>> streamingFirst(
            Offsets<DoSqlPartition, DoSqlOffsetContext> offsets) {
        List<Map.Entry<DoSqlPartition, DoSqlOffsetContext>> entries =
                new ArrayList<>(offsets.getOffsets().entrySet());
        entries.sort(Comparator.comparing(
                        (Map.Entry<DoSqlPartition, DoSqlOffsetContext> entry) -> needsSnapshot(entry.getValue()))
                .thenComparing(entry -> entry.getKey().database()));
        return entries;
    }

    private static boolean needsSnapshot(DoSqlOffsetContext offset) {
        return offset == null || offset.isInitialSnapshotRunning();
    }

    /** Takes the snapshot that the mode asks for, then lets the stream of the database begin. */
    private void begin(
            SnapshotChangeEventSource<DoSqlPartition, DoSqlOffsetContext> snapshots,
            ChangeEventSourceContext context,
            DoSqlPartition partition,
            DoSqlOffsetContext previous)
            throws InterruptedException {
        SnapshotResult<DoSqlOffsetContext> result = doSnapshot(snapshots, context, partition, previous);
        if (!result.isCompletedOrSkipped()
                || !snapshotterService.getSnapshotter().shouldStream()) {
            return;
        }
        DoSqlOffsetContext offset = result.getOffset() == null ? head(partition) : result.getOffset();
        streaming.add(partition, offset);
        initStreamEvents(partition, offset);
    }

    /** Without a snapshot, streaming begins at the newest transaction. */
    private DoSqlOffsetContext head(DoSqlPartition partition) throws InterruptedException {
        DatabaseStatus status = engine.status(partition.database());
        DoSqlOffsetContext offset =
                new DoSqlOffsetContext(config, partition.database(), status.epoch(), status.durableLsn(), 0);
        eventDispatcher.alwaysDispatchHeartbeatEvent(partition, offset);
        return offset;
    }

    private void turn(
            SnapshotChangeEventSource<DoSqlPartition, DoSqlOffsetContext> snapshots, ChangeEventSourceContext context)
            throws InterruptedException {
        try {
            boolean progressed = streaming.turn();
            if (!progressed && !streaming.waitsInTurn()) {
                Thread.sleep(IDLE_MS);
            }
        } catch (PositionLostException e) {
            if (config.getSnapshotMode() != SnapshotMode.WHEN_NEEDED) {
                throw e;
            }
            LOGGER.warn("Reading {} anew: {}", e.partition(), e.getMessage());
            streaming.remove(e.partition());
            begin(snapshots, context, e.partition(), null);
        }
        if (context.isPaused()) {
            context.streamingPaused();
            context.waitSnapshotCompletion();
        }
    }

    private static boolean isInterruption(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }
}
