/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.InputConfig;
import io.dolake.sink.record.ChangelogColumns;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Snapshot;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tables keep of the changes of rows, by their mode. */
class ModesIT extends LakeTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private FakeTopic topic;
    private Map<String, String> settings;

    @BeforeEach
    void prepare() {
        topic = Shop.orders();
        settings = lake.settings("dolake-sink");
    }

    private void drain() {
        Worker.drain(settings, topic);
    }

    @Test
    void appendKeepsEveryImageAndNoDeletes() {
        settings.put(InputConfig.MODE, "append");
        topic.upsert("c", 1L, "tea")
                .upsert("u", 1L, "green tea")
                .delete(1L)
                .truncate()
                .upsert("r", 2L, "rice");
        drain();
        assertThat(lake.rows("orders"))
                .extracting(row -> row.get("item"))
                .containsExactlyInAnyOrder("tea", "green tea", "rice");
        assertThat(lake.table("orders").schema().identifierFieldIds()).isEmpty();
    }

    @Test
    void changelogTellsWhatHappenedWhereAndWhen() {
        settings.put("dolake.table.shop.orders.mode", "changelog");
        topic.upsert("c", 1L, "tea").upsert("u", 1L, "green tea").delete(1L).truncate();
        drain();
        List<Map<String, String>> rows = new ArrayList<>(lake.rows("orders"));
        rows.sort(java.util.Comparator.comparing(row -> row.get("__offset")));
        assertThat(rows)
                .extracting(row -> row.get("__op") + " " + row.get("id") + " " + row.get("item"))
                .containsExactly("c 1 tea", "u 1 green tea", "d 1 null", "t null null");
        assertThat(rows.get(1))
                .containsEntry("__lsn", "00000000000000000001")
                .containsEntry("__ts", "1970-01-01T00:16:40.001Z")
                .containsEntry("__topic", "dosql.shop.orders")
                .containsEntry("__partition", "0")
                .containsEntry("__offset", "1");
    }

    @Test
    void aTableOfAnotherModeIsRefused() {
        topic.upsert("c", 1L, "tea");
        drain();
        settings.put(InputConfig.MODE, "changelog");
        topic.upsert("c", 2L, "rice");
        try (Worker worker = new Worker(settings, topic)) {
            assertThatThrownBy(worker::drain)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("created for mode upsert")
                    .hasMessageContaining("changelog");
        }
        assertThat(lake.rows("orders")).hasSize(1);
    }

    @Test
    void aTableThatIsNotNamedHasTheDefault() {
        settings.put("dolake.table.shop.other.mode", "append");
        topic.upsert("c", 1L, "tea").upsert("u", 1L, "green tea");
        drain();
        assertThat(lake.rows("orders")).hasSize(1);
    }

    /**
     * Tasks that die at any moment: every offset of the topic that is a change of a row is there once, in order of
     * snapshots.
     */
    @Test
    void changelogHasEveryChangeOnceWhateverDies() {
        System.out.println("ModesIT seed=" + SEED);
        Random random = new Random(SEED);
        settings.put(InputConfig.MODE, "changelog");
        Map<TopicPartition, Long> group = new HashMap<>();
        for (int round = 0; round < 6; round++) {
            Shop.change(topic, random, 200, 0, true);
            Worker worker = new Worker(settings, group, catalog -> catalog, topic);
            for (int i = random.nextInt(8); i > 0; i--) {
                worker.poll(1 + random.nextInt(100));
                if (random.nextBoolean()) {
                    worker.commit();
                }
            }
            worker.abandon();
        }
        try (Worker worker = new Worker(settings, group, catalog -> catalog, topic)) {
            worker.drain();
        }
        List<String> expected = topic.records.stream()
                .filter(record -> record.value() != null)
                .map(record -> "" + record.kafkaOffset())
                .toList();
        assertThat(lake.rows("orders"))
                .as("seed %d", SEED)
                .extracting(row -> row.get("__offset"))
                .containsExactlyInAnyOrderElementsOf(expected);
        for (Snapshot snapshot : lake.table("orders").snapshots()) {
            assertThat(snapshot.operation()).isEqualTo("append");
        }
    }

    @Test
    void positionsSortAsTheyFollowEachOther() {
        assertThat(ChangelogColumns.position(Map.of("file", "mysql-bin.000003", "pos", 484L, "row", 1)))
                .isLessThan(ChangelogColumns.position(Map.of("file", "mysql-bin.000003", "pos", 10_000L, "row", 0)));
        assertThat(ChangelogColumns.position(Map.of("scn", "999")))
                .isLessThan(ChangelogColumns.position(Map.of("scn", "1000")));
        assertThat(ChangelogColumns.position(Map.of("change_lsn", "00000027:00000758:0003")))
                .isEqualTo("00000027:00000758:0003");
        assertThat(ChangelogColumns.position(Map.of("db", "x"))).isNull();
    }
}
