/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.it.recovery.FaultIT;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class SinkTaskIT extends LakeTest {
    private final FakeTopic topic = Shop.orders();

    @Test
    void createsAVersion3TableWithTheKeyAsIdentifier() {
        topic.upsert("c", 1L, "tea");
        drain();
        Table table = lake.table("orders");
        assertThat(TableUtil.formatVersion(table)).isEqualTo(3);
        assertThat(table.schema().identifierFieldNames()).containsExactly("id");
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "1", "item", "tea"));
    }

    @Test
    void writesUpdatesAndDeletesAsDeletionVectors() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        drain();
        topic.upsert("u", 1L, "green tea").delete(2L);
        drain();
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(Map.of("id", "1", "item", "green tea"), Map.of("id", "3", "item", "salt"));
        Map<String, String> summary = lake.table("orders").currentSnapshot().summary();
        assertThat(summary).containsEntry("added-dvs", "1").doesNotContainKey("added-equality-deletes");
    }

    @Test
    void holdsTheOffsetsInTheSnapshotAndInTheTable() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        Table table = lake.table("orders");
        Snapshot snapshot = table.currentSnapshot();
        assertThat(snapshot.summary()).containsEntry(TableOffsets.SUMMARY_OFFSETS, "{\"dosql.shop.orders-0\":2}");
        assertThat(TableOffsets.read(table.properties(), "dolake-sink", topic.partition))
                .hasValueSatisfying(position -> assertThat(position.next()).isEqualTo(2));
    }

    private void drain() {
        drain(topic);
    }

    @Test
    void returnsOnlyOffsetsThatTheLakeHolds() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "600000");
        try (Worker worker = new Worker(settings, topic)) {
            worker.poll(10);
            assertThat(worker.commit().getOrDefault(topic.partition, 0L)).isZero();
        }
    }

    @Test
    void commitsNothingForTheDeleteOfAnUnknownKey() {
        topic.upsert("c", 1L, "tea");
        drain();
        long snapshot = lake.table("orders").currentSnapshot().snapshotId();
        topic.delete(7L);
        drain();
        assertThat(lake.table("orders").currentSnapshot().snapshotId()).isEqualTo(snapshot);
    }

    @Test
    void createsNoTableForDeletesAlone() {
        topic.delete(7L);
        drain();
        assertThat(lake.exists("orders")).isFalse();
    }

    @Test
    void commitsOneFileForAllChangesOfAnInterval() {
        for (long id = 0; id < 50; id++) {
            topic.upsert("c", id, "a").upsert("u", id, "b");
        }
        drain();
        assertThat(lake.table("orders").currentSnapshot().summary())
                .containsEntry("added-data-files", "1")
                .containsEntry("added-records", "50");
    }

    @Test
    void appendsRowsWithoutAKey() {
        FakeTopic log = new FakeTopic("dosql.shop.log", 0, "log").shape(Shop.ORDERS);
        log.upsert("c", 1L, "tea").upsert("c", 1L, "tea");
        drain(log);
        assertThat(lake.rows("log")).hasSize(2);
    }

    @Test
    void emptiesATableInOrderWithTheRowsAroundIt() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        topic.upsert("c", 3L, "salt").truncate().upsert("c", 1L, "new tea");
        drain();
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "1", "item", "new tea"));
        topic.truncate();
        drain();
        assertThat(lake.rows("orders")).isEmpty();
    }

    @Test
    void seeksToTheOffsetOfTheLakeWhateverTheGroupSays() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        try (Worker worker = new Worker(lake.settings("dolake-sink"), topic)) {
            assertThat(worker.context.seeks).containsEntry(topic.partition, 1L);
        }
    }

    @Test
    void keepsOffsetsOfConnectorsApart() {
        topic.upsert("c", 1L, "tea");
        drain();
        Worker.drain(lake.settings("another"), topic);
        Map<String, String> properties = lake.table("orders").properties();
        assertThat(TableOffsets.read(properties, "dolake-sink", topic.partition))
                .isPresent();
        assertThat(TableOffsets.read(properties, "another", topic.partition)).isPresent();
        assertThat(lake.rows("orders")).hasSize(1);
    }

    @Test
    void refusesATopicThatStartsOver() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        drain();
        FakeTopic again = Shop.orders().upsert("c", 9L, "pepper");
        try (Worker worker = new Worker(lake.settings("dolake-sink"), again)) {
            assertThatThrownBy(() -> worker.poll(10))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("starts over")
                    .hasMessageContaining(SinkConfig.OFFSETS_AHEAD);
        }
    }

    @Test
    void failsWhenATopicStartsOverUnderIt() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.OFFSETS_AHEAD, "forget");
        FakeTopic again = Shop.orders().upsert("c", 9L, "pepper");
        try (Worker worker = new Worker(settings, topic)) {
            worker.drain();
            worker.replace(again);
            assertThatThrownBy(() -> worker.poll(10))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("at offset 3")
                    .hasMessageContaining("the topic now starts over at offset 0");
        }
        Worker.drain(settings, again);
        assertThat(lake.rows("orders")).hasSize(4);
    }

    @Test
    void takesATopicThatStartsOverWhenTold() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        drain();
        FakeTopic again = Shop.orders().upsert("c", 9L, "pepper");
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.OFFSETS_AHEAD, "forget");
        Worker.drain(settings, again);
        assertThat(lake.rows("orders")).hasSize(4);
        assertThat(TableOffsets.read(lake.table("orders").properties(), "dolake-sink", topic.partition))
                .hasValueSatisfying(position -> assertThat(position.next()).isEqualTo(1));
    }

    @Test
    void countsATopicThatHasLostWhatWasNotRead() throws Exception {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        topic.upsert("c", 3L, "salt").upsert("c", 4L, "pepper").removeBelow(3);
        try (Worker worker = new Worker(lake.settings("dolake-sink"), topic)) {
            worker.drain();
            assertThat(FaultIT.attribute("OffsetGaps")).isEqualTo(1L);
        }
        assertThat(lake.rows("orders")).hasSize(3);
    }

    @Test
    void refusesATopicThatHasLostWhatWasNotReadWhenTold() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        topic.upsert("c", 3L, "salt").upsert("c", 4L, "pepper").removeBelow(3);
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.OFFSETS_BEHIND, "fail");
        try (Worker worker = new Worker(settings, topic)) {
            assertThatThrownBy(() -> worker.poll(10))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("CDC_LSN_NOT_FOUND")
                    .hasMessageContaining("offset 2: the topic begins again at offset 3")
                    .hasMessageContaining(SinkConfig.OFFSETS_BEHIND);
        }
    }

    @Test
    void losesNothingWithRecordsThatAreGoneOnceRead() throws Exception {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        topic.upsert("c", 3L, "salt").removeBelow(2);
        try (Worker worker = new Worker(lake.settings("dolake-sink"), topic)) {
            worker.drain();
            assertThat(FaultIT.attribute("OffsetGaps")).isEqualTo(0L);
        }
        assertThat(lake.rows("orders")).hasSize(3);
    }

    @Test
    void handsARecordThatIsNoEnvelopeToTheDeadLetterQueue() {
        topic.upsert("c", 1L, "tea")
                .add(null, new Struct(Shop.ORDERS).put("id", 5L))
                .upsert("c", 2L, "rice");
        try (Worker worker = new Worker(envelopesOnly(), topic)) {
            worker.context.hasReporter = true;
            worker.drain();
            assertThat(worker.context.errant).hasSize(1);
        }
        assertThat(lake.rows("orders")).hasSize(2);
    }

    @Test
    void failsOnARecordThatIsNoEnvelopeWithoutADeadLetterQueue() {
        topic.add(null, new Struct(Shop.ORDERS).put("id", 5L));
        try (Worker worker = new Worker(envelopesOnly(), topic)) {
            assertThatThrownBy(() -> worker.poll(10))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("not a Debezium envelope");
        }
    }

    private Map<String, String> envelopesOnly() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(InputConfig.FORMAT, "debezium");
        return settings;
    }

    private void drain(FakeTopic other) {
        Worker.drain(lake.settings("dolake-sink"), other);
    }
}
