/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.table.CommitClaim;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.WatchedCatalog;
import io.dolake.sink.testkit.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several tasks on one table: those that share it, and those that should be gone. */
class ConcurrencyIT {
    @TempDir
    Path directory;

    @AutoClose
    private Lake lake;

    @BeforeEach
    void openLake() {
        lake = new Lake(directory);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void tasksWithDifferentPartitionsShareATable(int formatVersion) throws Exception {
        lake.close();
        lake = new Lake(directory, formatVersion);
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ConcurrencyIT seed=" + seed);
        FakeTopic[] topics = {Shop.orders(0), Shop.orders(1), Shop.orders(2)};
        ExecutorService threads = Executors.newFixedThreadPool(topics.length);
        List<Future<?>> tasks = new ArrayList<>();
        for (int i = 0; i < topics.length; i++) {
            int number = i;
            tasks.add(threads.submit(() -> run(topics[number], new Random(seed + number), number)));
        }
        for (Future<?> task : tasks) {
            task.get();
        }
        threads.shutdown();
        List<Map<String, String>> expected = new ArrayList<>();
        for (FakeTopic topic : topics) {
            expected.addAll(Oracle.rows(topic, topic.end()));
        }
        assertThat(lake.rows("orders")).containsExactlyInAnyOrderElementsOf(expected);
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    private Void run(FakeTopic topic, Random random, int number) throws InterruptedException {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.TASK_ID, Integer.toString(number));
        try (Worker worker = new Worker(settings, topic)) {
            for (int turn = 0; turn < 25; turn++) {
                Shop.change(topic, random, 1 + random.nextInt(20), 1000L * number, false);
                worker.poll(1 + random.nextInt(40));
                Thread.sleep(random.nextInt(20));
            }
            worker.drain();
        }
        return null;
    }

    @Test
    void aKeyThatMovedToAnotherPartitionIsStillLiveOnce() throws Exception {
        FakeTopic first = Shop.orders(0);
        FakeTopic second = Shop.orders(1);
        try (Worker one = new Worker(lake.settings("dolake-sink"), first);
                Worker two = new Worker(lake.settings("dolake-sink"), second)) {
            for (int round = 0; round < 10; round++) {
                for (long id = 0; id < 20; id++) {
                    first.upsert("u", id, "first-" + round);
                    second.upsert("u", id, "second-" + round);
                }
                one.poll(100);
                two.poll(100);
                Thread.sleep(15);
            }
            one.drain();
            two.drain();
        }
        assertThat(lake.rows("orders")).hasSize(20);
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    @Test
    void aTaskThatLosesRacesClaimsTheNextCommitAndOthersLetItHaveIt() {
        FakeTopic first = Shop.orders(0);
        FakeTopic second = Shop.orders(1);
        try (Worker one = new Worker(lake.settings("dolake-sink"), first)) {
            first.upsert("c", 1L, "tea");
            one.drain();
            lake.table("orders")
                    .updateProperties()
                    .set(CommitClaim.PROPERTY, "somebody 1500 x")
                    .commit();
            first.upsert("c", 2L, "rice");
            long startedNs = System.nanoTime();
            one.drain();
            assertThat(Duration.ofNanos(System.nanoTime() - startedNs)).isGreaterThan(Duration.ofMillis(1400));
            assertThat(lake.table("orders").properties()).doesNotContainKey(CommitClaim.PROPERTY);
        }
        CatalogRaces races = new CatalogRaces();
        try (Worker loser = new Worker(
                lake.settings("dolake-sink"), new HashMap<>(), catalog -> new WatchedCatalog(catalog, races), second)) {
            second.upsert("c", 1001L, "salt");
            loser.drain();
        }
        assertThat(races.isClaimSeen).isTrue();
        assertThat(lake.table("orders").properties()).doesNotContainKey(CommitClaim.PROPERTY);
        assertThat(lake.rows("orders")).hasSize(3);
    }

    /** Another commit comes before a task's, three times. */
    private final class CatalogRaces implements WatchedCatalog.Watcher {
        private int left = 3;
        private boolean isClaimSeen;

        @Override
        public void committing() {
            if (left-- > 0) {
                lake.table("orders")
                        .updateProperties()
                        .set("touched", Integer.toString(left))
                        .commit();
            }
        }

        @Override
        public void committed() {
            isClaimSeen |= lake.table("orders").properties().containsKey(CommitClaim.PROPERTY);
        }
    }

    @Test
    void aTaskWhosePartitionWasTakenOverIsFenced() {
        FakeTopic topic = Shop.orders();
        Map<TopicPartition, Long> groupOffsets = new HashMap<>();
        Map<String, String> slow = lake.settings("dolake-sink");
        slow.put(SinkConfig.COMMIT_INTERVAL_MS, "400");
        try (Worker zombie = new Worker(slow, groupOffsets, UnaryOperator.identity(), topic)) {
            topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
            zombie.drain();
            topic.upsert("c", 3L, "salt").upsert("u", 1L, "green tea");
            zombie.poll(100);
            try (Worker owner =
                    new Worker(lake.settings("dolake-sink"), groupOffsets, UnaryOperator.identity(), topic)) {
                owner.drain();
            }
            assertThatThrownBy(() -> Awaitility.await()
                            .pollInterval(Duration.ofMillis(20))
                            .until(() -> {
                                zombie.poll(100);
                                return false;
                            }))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("TASK_FENCED");
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }

    @Test
    void theLateCommitOfAnEarlierOwnerIsNotRepeated() {
        FakeTopic topic = Shop.orders();
        Map<TopicPartition, Long> groupOffsets = new HashMap<>();
        topic.upsert("c", 1L, "tea");
        Map<String, String> slow = lake.settings("dolake-sink");
        slow.put(SinkConfig.COMMIT_INTERVAL_MS, "500");
        try (Worker late = new Worker(slow, groupOffsets, UnaryOperator.identity(), topic)) {
            late.drain();
            topic.upsert("c", 2L, "rice");
            late.poll(100);
            try (Worker owner = new Worker(slow, groupOffsets, UnaryOperator.identity(), topic)) {
                topic.upsert("c", 3L, "salt");
                owner.poll(100);
                late.drain();
                owner.drain();
            }
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }

    @Test
    void partitionsThatStayAreReadAgainWhenOthersGo() {
        FakeTopic goes = Shop.orders(0);
        FakeTopic stays = Shop.orders(1);
        Map<String, String> slow = lake.settings("dolake-sink");
        slow.put(SinkConfig.COMMIT_INTERVAL_MS, "600000");
        try (Worker worker = new Worker(slow, goes, stays)) {
            goes.upsert("c", 1L, "tea");
            stays.upsert("c", 2L, "rice").upsert("c", 3L, "salt");
            worker.poll(100);
            worker.task.close(List.of(goes.partition));
            assertThat(worker.context.seeks).containsExactly(Map.entry(stays.partition, 0L));
        }
    }

    @Test
    void recordsThatComeBeforeTheSeekOfAPartitionThatStaysAreNotTakenForThoseBehindIt() {
        FakeTopic goes = Shop.orders(0);
        FakeTopic stays = Shop.orders(1);
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "600000");
        settings.put(SinkConfig.BUFFER_MAX_EVENTS, "6");
        try (Worker worker = new Worker(settings, goes, stays)) {
            goes.upsert("c", 1L, "tea");
            stays.upsert("c", 2L, "rice").upsert("c", 3L, "salt");
            worker.poll(100);
            stays.upsert("c", 4L, "oil").upsert("c", 5L, "flour");
            worker.pollAndLose(goes, 1);
            assertThat(worker.context.seeks).containsExactly(Map.entry(stays.partition, 0L));
            stays.upsert("c", 6L, "corn").upsert("c", 7L, "milk");
            worker.drain();
        }
        Oracle.assertSame(lake, stays, "orders");
    }
}
