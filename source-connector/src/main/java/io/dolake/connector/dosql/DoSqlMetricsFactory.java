/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.base.ChangeEventQueueMetrics;
import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.pipeline.metrics.CapturedTablesSupplier;
import io.debezium.pipeline.metrics.DefaultSnapshotChangeEventSourceMetrics;
import io.debezium.pipeline.metrics.DefaultStreamingChangeEventSourceMetrics;
import io.debezium.pipeline.metrics.SnapshotChangeEventSourceMetrics;
import io.debezium.pipeline.metrics.StreamingChangeEventSourceMetrics;
import io.debezium.pipeline.metrics.spi.ChangeEventSourceMetricsFactory;
import io.debezium.pipeline.source.spi.EventMetadataProvider;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Debezium's metrics with the task in their names: {@code
 * debezium.dosql:type=connector-metrics,server=<prefix>,task=<number>,context=<snapshot|streaming>}. Otherwise the
 * names of tasks on one worker would collide.
 */
final class DoSqlMetricsFactory implements ChangeEventSourceMetricsFactory<DoSqlPartition> {
    private final DatabaseStates states;

    DoSqlMetricsFactory(DatabaseStates states) {
        this.states = states;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public <T extends CdcSourceTaskContext> SnapshotChangeEventSourceMetrics<DoSqlPartition> getSnapshotMetrics(
            T context, ChangeEventQueueMetrics queue, EventMetadataProvider metadata) {
        return new DefaultSnapshotChangeEventSourceMetrics<>(context, queue, metadata, tags(context, "snapshot"));
    }

    @Override
    @SuppressWarnings("rawtypes")
    public <T extends CdcSourceTaskContext> StreamingChangeEventSourceMetrics<DoSqlPartition> getStreamingMetrics(
            T context, ChangeEventQueueMetrics queue, EventMetadataProvider metadata, CapturedTablesSupplier tables) {
        return new Streaming(context, queue, metadata, tags(context, "streaming"), tables, states);
    }

    /** Connection and lag are those of the streams: an old event does not show the current state. */
    private static final class Streaming extends DefaultStreamingChangeEventSourceMetrics<DoSqlPartition> {
        private final DatabaseStates states;

        @SuppressWarnings("rawtypes")
        <T extends CdcSourceTaskContext> Streaming(
                T context,
                ChangeEventQueueMetrics queue,
                EventMetadataProvider metadata,
                Map<String, String> tags,
                CapturedTablesSupplier tables,
                DatabaseStates states) {
            super(context, queue, metadata, tags, tables);
            this.states = states;
        }

        @Override
        public boolean isConnected() {
            return states.isConnected();
        }

        @Override
        public long getMilliSecondsBehindSource() {
            return states.lagMs();
        }
    }

    @SuppressWarnings("rawtypes")
    private static Map<String, String> tags(CdcSourceTaskContext context, String phase) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("server", context.getConnectorLogicalName());
        tags.put("task", context.getTaskId());
        tags.put("context", phase);
        return tags;
    }
}
