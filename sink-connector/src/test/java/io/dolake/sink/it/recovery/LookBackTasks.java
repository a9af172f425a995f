/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;

/** Tasks that come and go with one consumer group; suspended tables and partitions do not end a test. */
abstract class LookBackTasks extends LakeTest {
    Map<String, String> settings;
    final Map<TopicPartition, Long> group = new HashMap<>();
    final FakeTopic orders = Shop.orders();

    @BeforeEach
    void prepare() {
        settings = lake.settings("dolake-sink");
    }

    Worker worker(FakeTopic... topics) {
        Worker worker = new Worker(settings, group, catalog -> catalog, topics);
        worker.toleratesSuspension = true;
        return worker;
    }

    void run(FakeTopic... topics) {
        try (Worker worker = worker(topics)) {
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
        }
    }

    void drop(String table) {
        lake.catalog().dropTable(TableIdentifier.of("shop", table), true);
    }

    /** Polls until a table has this number of rows, whatever the group's offset is. */
    void fill(Worker worker, String table, int rows) {
        await().until(() -> {
            worker.poll(50);
            worker.commit();
            return lake.exists(table) && lake.rows(table).size() == rows;
        });
    }

    /** A few turns in which nothing may happen. */
    static void idle(Worker worker) {
        for (int turn = 0; turn < 20; turn++) {
            worker.poll(2);
            worker.commit();
        }
    }
}
