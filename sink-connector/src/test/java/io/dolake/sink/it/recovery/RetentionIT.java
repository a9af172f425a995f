/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dolake.sink.DoLakeSinkConnector;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.testkit.KafkaNode;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LiveTopic;
import io.dolake.sink.testkit.WorkerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker removes records before, or after, a real worker has read them. */
class RetentionIT {
    @TempDir
    Path directory;

    @AutoClose
    private LiveTopic topic;

    @AutoClose
    private KafkaNode broker;

    @AutoClose
    private Lake lake;

    private final List<WorkerProcess> workers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        broker = new KafkaNode(directory.resolve("kafka"));
        topic = new LiveTopic(broker, "dosql.shop.orders");
        lake = new Lake(directory);
        topic.mark();
        topic.mark();
        WorkerProcess worker = worker("fail");
        awaitRows(6, worker);
        worker.kill();
    }

    @AfterEach
    void stop() throws Exception {
        for (WorkerProcess worker : workers) {
            worker.kill();
        }
    }

    @Test
    void aTopicWithoutWhatWasReadGoesOn() throws Exception {
        removeBelow(2);
        topic.mark();
        WorkerProcess worker = worker("fail");
        awaitRows(9, worker);
        worker.kill();
        assertThat(worker.lastWords()).doesNotContain("does not continue", "CDC_LSN_NOT_FOUND");
    }

    @Test
    void aTopicWithoutWhatWasNotReadIsToldOfOrRefused() throws Exception {
        topic.mark();
        topic.mark();
        topic.mark();
        removeBelow(4);
        WorkerProcess strict = worker("fail");
        await().atMost(60, SECONDS).until(() -> strict.lastWords().contains("CDC_LSN_NOT_FOUND"));
        strict.kill();
        assertThat(lake.rows("orders")).hasSize(6);
        WorkerProcess worker = worker("warn");
        awaitRows(9, worker);
        worker.kill();
        assertThat(worker.lastWords()).contains("does not continue at offset 2: the topic begins again at offset 4");
    }

    @Test
    void recordsThatAreGoneBeforeARunningTaskHasReadThemAreToldOf() throws Exception {
        WorkerProcess worker = worker("warn");
        topic.mark();
        awaitRows(9, worker);
        worker.freeze();
        // Longer than the broker waits for records to answer with.
        Thread.sleep(1000);
        topic.mark();
        topic.mark();
        topic.mark();
        removeBelow(5);
        worker.thaw();
        awaitRows(12, worker);
        worker.kill();
        assertThat(worker.lastWords()).contains("does not continue at offset 3: the topic begins again at offset 5");
    }

    @Test
    void offsetsOfWhatWasGivenUpAreNotMissed() throws Exception {
        topic.abort(5);
        topic.mark();
        WorkerProcess worker = worker("fail");
        awaitRows(9, worker);
        topic.abort(5);
        topic.mark();
        awaitRows(12, worker);
        worker.kill();
        assertThat(worker.lastWords()).doesNotContain("does not continue", "CDC_LSN_NOT_FOUND");
    }

    @Test
    void theEndOfATransactionThatHasExpiredWithItIsNotMissed() throws Exception {
        WorkerProcess worker = worker("fail");
        topic.markInTransaction();
        awaitRows(9, worker);
        removeBelow(4);
        topic.mark();
        awaitRows(12, worker);
        worker.kill();
        removeBelow(5);
        topic.mark();
        WorkerProcess next = worker("fail");
        awaitRows(15, next);
        next.kill();
        assertThat(worker.lastWords() + next.lastWords()).doesNotContain("does not continue", "CDC_LSN_NOT_FOUND");
    }

    private void awaitRows(int rows, WorkerProcess worker) {
        await().atMost(60, SECONDS).until(() -> {
            worker.isStopped();
            return lake.exists("orders") && lake.rows("orders").size() == rows;
        });
    }

    /** In each partition. */
    private void removeBelow(long offset) throws Exception {
        Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
        topic.partitions.forEach(each -> records.put(each.partition, RecordsToDelete.beforeOffset(offset)));
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.address()))) {
            admin.deleteRecords(records).all().get();
        }
    }

    private WorkerProcess worker(String offsetsBehind) throws Exception {
        Path own = directory.resolve("worker-" + workers.size());
        Map<String, String> worker = WorkerProcess.settings(broker, own, JsonConverter.class);
        Map<String, String> sink = lake.settings("dolake-sink");
        sink.put("connector.class", DoLakeSinkConnector.class.getName());
        sink.put("tasks.max", "1");
        sink.put("topics", topic.name);
        sink.put(SinkConfig.OFFSETS_BEHIND, offsetsBehind);
        sink.put("consumer.override.isolation.level", "read_committed");
        sink.put("consumer.override.session.timeout.ms", "3000");
        sink.put("consumer.override.heartbeat.interval.ms", "500");
        WorkerProcess process = new WorkerProcess(own, worker, sink);
        workers.add(process);
        return process;
    }
}
