/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.catalog.Catalogs;
import io.dolake.sink.catalog.LazyCatalog;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.status.Version;
import io.dolake.sink.task.SinkWriter;
import java.util.Collection;
import java.util.Map;
import org.apache.iceberg.catalog.Catalog;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * A task of the sink: passes Kafka Connect's calls to the {@link SinkWriter}, and turns its errors into Connect's
 * exceptions.
 */
public class DoLakeSinkTask extends SinkTask {
    private SinkWriter writer;

    @Override
    public String version() {
        return Version.VERSION;
    }

    @Override
    public void start(Map<String, String> props) {
        SinkConfig config = new SinkConfig(props);
        writer = new SinkWriter(config, context, new LazyCatalog(() -> openCatalog(config)));
    }

    /** The catalog to write to; tests inject faults here. */
    protected Catalog openCatalog(SinkConfig config) {
        return Catalogs.open(config);
    }

    /** The status of the task; for tests, which may run several tasks of one name. */
    public SinkStatus status() {
        return writer.status();
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        writer.open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            writer.put(records);
        } catch (DoLakeException e) {
            throw e.retryAfter().isPresent() ? new RetriableException(e.toString(), e) : failed(e);
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        return writer.heldOffsets(currentOffsets);
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        writer.close(partitions);
    }

    @Override
    public void stop() {
        if (writer != null) {
            writer.stop();
        }
    }

    private static ConnectException failed(DoLakeException e) {
        return new ConnectException(e.toString(), e);
    }
}
