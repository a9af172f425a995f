/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.table.RecordMark;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FAULTS C12: what goes with the group's offsets, by which others tell whether they are those of the topic that is there. */
class GroupOffsetIT extends LakeTest {
    private static final String NO_RECORD = "{}";

    private Map<String, String> settings;
    private final Map<TopicPartition, Long> group = new HashMap<>();
    private final FakeTopic orders = Shop.orders();

    @BeforeEach
    void prepare() {
        settings = new HashMap<>(lake.settings("dolake-sink"));
    }

    private Worker worker(FakeTopic... topics) {
        return new Worker(settings, group, catalog -> catalog, topics);
    }

    /** The record before an offset, as it is reported. */
    private static String at(FakeTopic topic, long next) {
        SinkRecord record = topic.records.get((int) next - 1);
        return RecordMark.of(record).toJson().toString();
    }

    private void awaitTold(Worker worker, FakeTopic topic, String expected) {
        await().untilAsserted(() -> {
            worker.poll(2);
            worker.commit();
            assertThat(worker.groupMetadata).containsEntry(topic.partition, expected);
            assertThat(group).containsEntry(topic.partition, topic.end());
        });
    }

    @Test
    void theLastRecordIsToldWhateverItLeavesInTheLake() throws JsonProcessingException {
        try (Worker worker = worker(orders)) {
            orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
            worker.drain();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 2));
            assertThat(new ObjectMapper()
                            .readTree(worker.groupMetadata.get(orders.partition))
                            .path("source")
                            .asText())
                    .contains("\"db\":\"shop\"");
            orders.delete(1L);
            worker.drain();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 4));
            orders.delete(77L);
            worker.drain();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 6));
            orders.truncate();
            worker.drain();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 7));
        }
    }

    @Test
    void onlyRecordsBelowTheOffsetAreTold() {
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "3600000");
        try (Worker worker = worker(orders)) {
            orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
            worker.poll(500);
            worker.commit();
            assertThat(group.getOrDefault(orders.partition, 0L)).isZero();
            assertThat(worker.groupMetadata).doesNotContainKey(orders.partition);
        }
    }

    @Test
    void aTaskThatStartsTellsAgainThoughNothingNewComes() {
        orders.upsert("c", 1L, "tea").delete(1L).delete(77L);
        try (Worker worker = worker(orders)) {
            worker.drain();
        }
        try (Worker worker = worker(orders)) {
            awaitTold(worker, orders, at(orders, 5));
        }
    }

    @Test
    void soItDoesOfATopicThatHasLeftNothingInTheLake() {
        orders.delete(1L).delete(2L);
        try (Worker worker = worker(orders)) {
            worker.drain();
            assertThat(lake.exists("orders")).isFalse();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 4));
        }
        try (Worker worker = worker(orders)) {
            awaitTold(worker, orders, at(orders, 4));
        }
    }

    /** The topic's name leads to no table; the table of its rows tells it all the same. */
    @Test
    void soItDoesWhereTheTableHasAnotherNameThanItsTopic() {
        FakeTopic odd = new FakeTopic("dosql.shop.odd-x20-name", 0, "odd name").shape(Shop.ORDERS, "id");
        odd.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        try (Worker worker = worker(odd)) {
            worker.drain();
        }
        try (Worker worker = worker(odd)) {
            awaitTold(worker, odd, at(odd, 2));
        }
        FakeTopic anew = new FakeTopic("dosql.shop.odd-x20-name", 0, "odd name")
                .startingAt(2_000_000L)
                .shape(Shop.ORDERS, "id");
        anew.upsert("u", 1L, "later").upsert("u", 2L, "later").upsert("u", 3L, "later");
        try (Worker worker = worker(anew)) {
            worker.toleratesSuspension = true;
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get(anew.partition.toString())).containsEntry("code", "TOPIC_REPLACED");
        }
    }

    @Test
    void whereNobodyLooksBackItIsToldThatNoRecordIsKnown() {
        settings.put(SuspensionConfig.WITHOUT_TABLE, "continue");
        orders.delete(1L);
        try (Worker worker = worker(orders)) {
            worker.drain();
        }
        try (Worker worker = worker(orders)) {
            awaitTold(worker, orders, NO_RECORD);
            orders.delete(2L);
            worker.drain();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 4));
        }
    }

    @Test
    void aPartitionThatIsEmptyIsNotToldOf() {
        try (Worker worker = worker(orders)) {
            for (int turn = 0; turn < 20; turn++) {
                worker.poll(2);
                worker.commit();
            }
            assertThat(worker.groupMetadata.getOrDefault(orders.partition, "")).isEmpty();
        }
    }

    /** Like a transform that leaves out all records of a topic. */
    @Test
    void whereNothingIsHandedOverThatIsTold() {
        orders.skip(3);
        group.put(orders.partition, 3L);
        try (Worker worker = worker(orders)) {
            await().atMost(java.time.Duration.ofSeconds(30)).untilAsserted(() -> {
                worker.poll(0);
                worker.commit();
                assertThat(worker.groupMetadata).containsEntry(orders.partition, NO_RECORD);
            });
            assertThat(group).containsEntry(orders.partition, 3L);
            orders.upsert("c", 1L, "tea");
            worker.drain();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 4));
            assertThat(lake.rows("orders")).hasSize(1);
        }
    }

    /** Other topics come and go: what was resumed must not be suspended again before its first commit. */
    @Test
    void aRebalanceDoesNotUndoTheResumptionOfARecreatedTopic() {
        orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        try (Worker worker = worker(orders)) {
            worker.drain();
        }
        FakeTopic anew = Shop.orders().startingAt(2_000_000L);
        anew.upsert("u", 1L, "later");
        try (Worker worker = worker(anew)) {
            worker.toleratesSuspension = true;
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get(anew.partition.toString())).containsEntry("code", "TOPIC_REPLACED");
            assertThat(worker.resume(anew.partition.toString(), "start")).isEmpty();
            worker.rebalance();
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(anew, 1));
        }
        assertThat(lake.rows("orders").toString()).contains("later");
    }

    /** For a recreated topic the record of the old one is reported, until somebody decides how to continue. */
    @Test
    void nothingIsSaidOfATopicThatIsAnother() {
        orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        try (Worker worker = worker(orders)) {
            worker.drain();
        }
        FakeTopic anew = Shop.orders().startingAt(2_000_000L);
        anew.upsert("u", 1L, "later").upsert("u", 2L, "later").upsert("u", 3L, "later");
        try (Worker worker = worker(anew)) {
            worker.toleratesSuspension = true;
            worker.commit();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 3));
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get(anew.partition.toString())).containsEntry("code", "TOPIC_REPLACED");
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(orders, 3));
            assertThat(worker.resume(anew.partition.toString(), "start")).isEmpty();
            worker.drain();
            assertThat(worker.groupMetadata).containsEntry(orders.partition, at(anew, 3));
        }
        assertThat(lake.rows("orders").toString()).doesNotContain("tea");
    }
}
