/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import io.dolake.sink.DoLakeSinkTask;
import io.dolake.sink.config.SinkConfig;
import java.util.Collection;
import java.util.Map;
import org.apache.iceberg.catalog.Catalog;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** The sink's task, in a process of its own, with one place where it stops. */
public final class StoppingTask extends DoLakeSinkTask {
    /** One for all tasks of the process: whoever comes first stops. */
    private static StopPoint point;

    @Override
    public void start(Map<String, String> props) {
        synchronized (StoppingTask.class) {
            if (point == null) {
                point = new StopPoint(props);
                WatchedFileIO.watch(point);
            }
        }
        super.start(props);
    }

    @Override
    public Catalog openCatalog(SinkConfig config) {
        return new WatchedCatalog(super.openCatalog(config), point);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        super.open(partitions);
        point.reached(Step.OPENED);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        super.put(records);
        if (!records.isEmpty()) {
            point.reached(Step.TAKEN);
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        point.reached(Step.OFFSETS_ASKED);
        Map<TopicPartition, OffsetAndMetadata> offsets = super.preCommit(currentOffsets);
        point.reached(Step.OFFSETS_SAID);
        return offsets;
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        point.reached(Step.CLOSING);
        super.close(partitions);
        point.reached(Step.CLOSED);
    }
}
