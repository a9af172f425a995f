/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.notification.NotificationService;
import io.debezium.pipeline.source.spi.ChangeEventSourceFactory;
import io.debezium.pipeline.source.spi.SnapshotChangeEventSource;
import io.debezium.pipeline.source.spi.SnapshotProgressListener;
import io.debezium.relational.TableId;
import io.debezium.snapshot.SnapshotterService;

/** Builds the snapshot source, and returns the task's single streaming source. */
final class DoSqlChangeEventSourceFactory implements ChangeEventSourceFactory<DoSqlPartition, DoSqlOffsetContext> {
    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final DoSqlDatabaseSchema schema;
    private final EventDispatcher<DoSqlPartition, TableId> dispatcher;
    private final SnapshotterService snapshotters;
    private final DoSqlStreamingChangeEventSource streaming;
    private DoSqlSnapshotChangeEventSource.Watch watch;

    DoSqlChangeEventSourceFactory(
            DoSqlConnectorConfig config,
            EngineConnection engine,
            DoSqlDatabaseSchema schema,
            EventDispatcher<DoSqlPartition, TableId> dispatcher,
            SnapshotterService snapshotters,
            DoSqlStreamingChangeEventSource streaming) {
        this.config = config;
        this.engine = engine;
        this.schema = schema;
        this.dispatcher = dispatcher;
        this.snapshotters = snapshotters;
        this.streaming = streaming;
    }

    /** Sets the guard of snapshots, before the first one is taken. */
    void watch(DoSqlSnapshotChangeEventSource.Watch watcher) {
        watch = watcher;
    }

    @Override
    public SnapshotChangeEventSource<DoSqlPartition, DoSqlOffsetContext> getSnapshotChangeEventSource(
            SnapshotProgressListener<DoSqlPartition> progress,
            NotificationService<DoSqlPartition, DoSqlOffsetContext> notifications) {
        return new DoSqlSnapshotChangeEventSource(
                config,
                engine,
                schema,
                dispatcher,
                progress,
                notifications,
                snapshotters,
                watch,
                () -> streaming.yieldTo(null));
    }

    @Override
    public DoSqlStreamingChangeEventSource getStreamingChangeEventSource() {
        return streaming;
    }
}
