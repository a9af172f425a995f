/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dolake.sink.DoLakeSinkConnector;
import io.dolake.sink.testkit.KafkaNode;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LiveTopic;
import io.dolake.sink.testkit.WorkerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between two runs of a real worker a real topic (FAULTS C12) or its table (C11) is dropped. */
class ReplacedIT {
    @TempDir
    Path directory;

    @AutoClose
    private KafkaNode broker;

    @AutoClose
    private Lake lake;

    private boolean mayAskKafka = true;
    private final List<WorkerProcess> workers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        broker = new KafkaNode(directory.resolve("kafka"));
        lake = new Lake(directory);
    }

    @AfterEach
    void stop() throws Exception {
        for (WorkerProcess worker : workers) {
            worker.kill();
        }
    }

    /** Its records are the same to the byte and to the millisecond: only its id tells. */
    @Test
    void aTopicThatWasMadeAnewIsKnownByItsId() throws Exception {
        try (LiveTopic topic = new LiveTopic(broker, "dosql.shop.orders")) {
            topic.mark();
            topic.mark();
            runUntilThereAre(6);
        }
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.address()))) {
            admin.deleteTopics(List.of("dosql.shop.orders")).all().get();
            await().atMost(30, SECONDS)
                    .until(() -> !admin.listTopics().names().get().contains("dosql.shop.orders"));
        }
        try (LiveTopic anew = new LiveTopic(broker, "dosql.shop.orders")) {
            anew.mark();
            anew.mark();
            anew.mark();
            WorkerProcess worker = worker();
            await().atMost(60, SECONDS).until(() -> worker.lastWords().contains("TOPIC_REPLACED"));
            assertThat(worker.lastWords()).contains("its id is ");
            assertThat(lake.rows("orders")).hasSize(6);
        }
    }

    /** No new record arrives, and Kafka may not be queried: the topic itself shows it. */
    @Test
    void aTableThatWasDroppedWaitsToBeToldFromWhere() throws Exception {
        mayAskKafka = false;
        try (LiveTopic topic = new LiveTopic(broker, "dosql.shop.orders")) {
            topic.mark();
            topic.mark();
            runUntilThereAre(6);
            lake.catalog().dropTable(TableIdentifier.of("shop", "orders"), true);
            WorkerProcess worker = worker();
            await().atMost(60, SECONDS).until(() -> worker.lastWords().contains("TABLE_REPLACED"));
            assertThat(worker.lastWords())
                    .containsPattern("dosql.shop.orders-\\d up to offset 2")
                    .contains("it was dropped");
            worker.kill();
            topic.mark();
            WorkerProcess next = worker();
            await().atMost(60, SECONDS).until(() -> next.lastWords().contains("TABLE_REPLACED"));
            assertThat(lake.exists("orders")).isFalse();
            assertThat(groupOffsets()).isEqualTo(6);
        }
    }

    private void runUntilThereAre(int rows) throws Exception {
        WorkerProcess worker = worker();
        await().atMost(60, SECONDS).until(() -> {
            worker.isStopped();
            return lake.exists("orders") && lake.rows("orders").size() == rows;
        });
        // Until the group's offsets are committed too.
        await().atMost(60, SECONDS).until(() -> groupOffsets() == rows);
        worker.kill();
    }

    /** Of all partitions together. */
    private long groupOffsets() throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.address()))) {
            return admin
                    .listConsumerGroupOffsets("connect-dolake-sink")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(offset -> offset.offset())
                    .sum();
        }
    }

    private WorkerProcess worker() throws Exception {
        Path own = directory.resolve("worker-" + workers.size());
        Map<String, String> worker = WorkerProcess.settings(broker, own, JsonConverter.class);
        worker.put("offset.flush.interval.ms", "500");
        Map<String, String> sink = lake.settings("dolake-sink");
        sink.put("connector.class", DoLakeSinkConnector.class.getName());
        sink.put("tasks.max", "1");
        sink.put("topics", "dosql.shop.orders");
        if (mayAskKafka) {
            sink.put("iceberg.kafka.bootstrap.servers", broker.address());
        }
        sink.put("consumer.override.session.timeout.ms", "3000");
        sink.put("consumer.override.heartbeat.interval.ms", "500");
        WorkerProcess process = new WorkerProcess(own, worker, sink);
        workers.add(process);
        return process;
    }
}
