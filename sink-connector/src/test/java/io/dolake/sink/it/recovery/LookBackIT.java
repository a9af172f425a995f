/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * FAULTS C11: a table that is dropped, or made anew, while no task runs is told, and never begins in the middle without
 * a word.
 */
class LookBackIT extends LakeTest {
    private Map<String, String> settings;
    private final Map<TopicPartition, Long> group = new HashMap<>();
    private final FakeTopic orders = Shop.orders();

    @BeforeEach
    void prepare() {
        settings = lake.settings("dolake-sink");
    }

    private Worker worker(FakeTopic... topics) {
        Worker worker = new Worker(settings, group, catalog -> catalog, topics);
        worker.toleratesSuspension = true;
        return worker;
    }

    private void run(FakeTopic... topics) {
        try (Worker worker = worker(topics)) {
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
        }
    }

    private void drop(String table) {
        lake.catalog().dropTable(TableIdentifier.of("shop", table), true);
    }

    /** Polls until a table has this number of rows, whatever the group's offset is. */
    private void fill(Worker worker, String table, int rows) {
        await().until(() -> {
            worker.poll(50);
            worker.commit();
            return lake.exists(table) && lake.rows(table).size() == rows;
        });
    }

    /** A few turns in which nothing may happen. */
    private static void idle(Worker worker) {
        for (int turn = 0; turn < 20; turn++) {
            worker.poll(2);
            worker.commit();
        }
    }

    @Test
    void aTableThatWasDroppedIsToldThoughNothingNewComes() {
        orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        run(orders);
        drop("orders");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders"))
                    .containsEntry("code", "TABLE_REPLACED")
                    .containsEntry("position", orders.partition + "@3")
                    .containsEntry("held." + orders.partition, "3")
                    .containsEntry("lagRecords", "0")
                    .hasEntrySatisfying(
                            "reason",
                            reason -> assertThat(reason)
                                    .contains("shop.orders")
                                    .contains(orders.partition + " up to offset 3")
                                    .contains("the row at offset 0"));
            idle(worker);
            assertThat(lake.exists("orders")).isFalse();
        }
        assertThat(group).containsEntry(orders.partition, 3L);
        // The next task says the same, with what has come since.
        orders.upsert("c", 4L, "oil");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.resume("shop.orders", "")).contains("INVALID_ARGUMENT");
            assertThat(worker.resume("shop.orders", "start")).isEmpty();
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
        }
        Oracle.assertSame(lake, orders, "orders");
        run(orders);
    }

    @Test
    void aTableThatWasDroppedGoesOnFromWhereTheGroupIsWhenTold() {
        orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        run(orders);
        drop("orders");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.resume("shop.orders", "held")).isEmpty();
            orders.upsert("c", 3L, "salt");
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
        }
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "3", "item", "salt"));
        orders.upsert("c", 4L, "oil");
        run(orders);
        assertThat(lake.rows("orders")).hasSize(2);
    }

    @Test
    void aTableThatWasMadeAnewIsTold() {
        orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        run(orders);
        Schema schema = lake.table("orders").schema();
        drop("orders");
        lake.catalog().createTable(TableIdentifier.of("shop", "orders"), schema);
        orders.upsert("c", 3L, "salt");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders")).containsEntry("code", "TABLE_REPLACED");
            assertThat(worker.resume("shop.orders", "start")).isEmpty();
            worker.drain();
        }
        Oracle.assertSame(lake, orders, "orders");
    }

    /** What has no row looks like a table that was dropped until the topic was read. */
    @Test
    void aTableThatNeverHadARowIsNotTold() {
        settings.put("errors.tolerance", "all");
        orders.truncate().delete(7L).truncate().delete(8L);
        run(orders);
        run(orders);
        orders.upsert("c", 1L, "tea");
        run(orders);
        assertThat(lake.rows("orders")).hasSize(1);
    }

    /** Both in one commit: nothing is left of them, and nothing was lost. */
    @Test
    void aTableWhoseRowsWentAsTheyCameIsNotTold() {
        orders.upsert("c", 1L, "tea").delete(1L);
        run(orders);
        assertThat(lake.rows("orders")).isEmpty();
        run(orders);
        orders.upsert("c", 2L, "rice");
        run(orders);
        Oracle.assertSame(lake, orders, "orders");
    }

    /** Its source has dropped it too: who tidies up is not bothered. */
    @Test
    void aTableThatWasEmptiedBeforeItWasDroppedIsNotTold() {
        orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice").truncate();
        run(orders);
        drop("orders");
        run(orders);
        orders.upsert("c", 3L, "salt");
        run(orders);
        Oracle.assertSame(lake, orders, "orders");
    }

    @Test
    void aTableOfATopicOfManyIsToldWhenItsNextRowComes() {
        settings.put("iceberg.tables", "shop.a,shop.b,shop.c");
        settings.put(InputConfig.ROUTE_FIELD, "item");
        settings.put("dolake.table.mode", "append");
        List.of("a", "b", "c")
                .forEach(table -> settings.put("iceberg.table.shop." + table + ".route-regex", table + ".*"));
        orders.upsert("c", 1L, "a1").upsert("c", 2L, "b1").upsert("c", 3L, "a2").upsert("c", 4L, "b2");
        try (Worker worker = worker(orders)) {
            worker.drain();
            // By now the table that is asked at the start knows how far the others are.
            orders.upsert("c", 5L, "a3");
            worker.drain();
        }
        drop("b");
        orders.upsert("c", 6L, "b3").upsert("c", 7L, "c1").upsert("c", 8L, "a4");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended()).containsOnlyKeys("shop.b");
            await().until(() -> {
                worker.poll(3);
                worker.commit();
                return lake.exists("c") && lake.rows("a").size() == 4;
            });
            assertThat(lake.rows("c")).hasSize(1);
            // b3 itself is lacking too, and is not to be passed.
            assertThat(worker.commit().get(orders.partition)).isLessThanOrEqualTo(5L);
            assertThat(worker.resume("shop.b", "start")).isEmpty();
            worker.drain();
        }
        assertThat(lake.rows("a")).hasSize(4);
        assertThat(lake.rows("b")).hasSize(3);
        assertThat(lake.rows("c")).hasSize(1);
    }

    /** The other table says that all tables were further than this one is now. */
    @Test
    void aTableOfATopicOfManyThatIsNotFilledToTheEndIsToldAgain() {
        settings.put("iceberg.tables", "shop.a,shop.b");
        settings.put(InputConfig.ROUTE_FIELD, "item");
        settings.put("dolake.table.mode", "append");
        List.of("a", "b").forEach(table -> settings.put("iceberg.table.shop." + table + ".route-regex", table + ".*"));
        // So many that the first commit is in long before the last row is read, on a busy machine too.
        for (long id = 1; id <= 600; id++) {
            orders.upsert("c", id, id % 2 == 0 ? "b" : "a");
        }
        try (Worker worker = worker(orders)) {
            worker.drain();
            orders.upsert("c", 601L, "a");
            worker.drain();
        }
        drop("b");
        orders.upsert("c", 602L, "b");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.resume("shop.b", "start")).isEmpty();
        }
        Worker killed = worker(orders);
        killed.awaitSuspended(1);
        assertThat(killed.resume("shop.b", "start")).isEmpty();
        await().pollInterval(java.time.Duration.ofMillis(5)).until(() -> {
            killed.poll(1);
            killed.commit();
            return lake.exists("b") && !lake.rows("b").isEmpty();
        });
        killed.abandon();
        assertThat(lake.rows("b")).hasSizeLessThan(300);
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.b"))
                    .containsEntry("code", "TABLE_REPLACED")
                    .extractingByKey("reason")
                    .asString()
                    .contains("not filled to the end");
            assertThat(worker.resume("shop.b", "start")).isEmpty();
            fill(worker, "b", 301);
            assertThat(worker.suspended()).isEmpty();
        }
        assertThat(lake.rows("a")).hasSize(301);
        run(orders);
    }

    @Test
    void aTableOfSeveralPartitionsIsFilledFromAllOfThem() {
        FakeTopic more = new FakeTopic(orders.partition.topic(), 1, "orders").shape(Shop.ORDERS, "id");
        orders.upsert("c", 1L, "tea");
        more.upsert("c", 2L, "rice");
        run(orders, more);
        drop("orders");
        try (Worker worker = worker(orders, more)) {
            worker.awaitSuspended(1);
            await().until(() -> {
                worker.poll(2);
                worker.commit();
                return worker.suspended().get("shop.orders").containsKey("held." + more.partition);
            });
            assertThat(worker.resume("shop.orders", "start")).isEmpty();
            fill(worker, "orders", 2);
        }
    }

    /** Another task has filled it from its own partitions meanwhile. */
    @Test
    void aPartitionThatATableMadeAnewLacksIsTold() {
        FakeTopic more = new FakeTopic(orders.partition.topic(), 1, "orders").shape(Shop.ORDERS, "id");
        orders.upsert("c", 1L, "tea");
        more.upsert("c", 2L, "rice");
        run(orders, more);
        drop("orders");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.resume("shop.orders", "start")).isEmpty();
            fill(worker, "orders", 1);
        }
        try (Worker worker = worker(more)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders")).containsEntry("position", more.partition + "@1");
            assertThat(worker.resume("shop.orders", "start")).isEmpty();
            fill(worker, "orders", 2);
        }
    }

    @Test
    void whatWasRefusedIsNotRefusedAgain() {
        FakeTopic odd = new FakeTopic("dosql.shop.odd", 0, "odd").shape(Shop.ORDERS, "id");
        settings.put("errors.tolerance", "all");
        odd.add(null, null, org.apache.kafka.connect.data.Schema.STRING_SCHEMA, "no row")
                .upsert("c", 1L, "tea")
                .add(null, null, org.apache.kafka.connect.data.Schema.STRING_SCHEMA, "no row either");
        try (Worker worker = worker(odd)) {
            worker.context.hasReporter = true;
            worker.drain();
            assertThat(worker.context.errant).hasSize(2);
        }
        drop("odd");
        odd.add(null, null, org.apache.kafka.connect.data.Schema.STRING_SCHEMA, "nor this");
        try (Worker worker = worker(odd)) {
            worker.context.hasReporter = true;
            worker.awaitSuspended(1);
            idle(worker);
            assertThat(worker.context.errant).hasSize(1);
        }
    }

    @Test
    void aTopicWhoseStartIsGoneIsToldByWhatIsLeft() {
        for (long id = 1; id <= 10; id++) {
            orders.upsert("c", id, "tea");
        }
        run(orders);
        drop("orders");
        orders.removeBelow(6);
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders").get("reason")).contains("the row at offset 6");
            assertThat(worker.resume("shop.orders", "start")).isEmpty();
            fill(worker, "orders", 4);
        }
    }

    @Test
    void aNewTopicWhoseStartIsGoneIsTakenAsItIs() {
        for (long id = 1; id <= 10; id++) {
            orders.upsert("c", id, "tea");
        }
        orders.removeBelow(6);
        group.put(orders.partition, 6L);
        run(orders);
        assertThat(lake.rows("orders")).hasSize(4);
    }

    /** Whoever sets the group's offset means it, and says so. */
    @Test
    void aTableMayBeginInTheMiddleIfThatIsWished() {
        orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        group.put(orders.partition, 2L);
        settings.put(SuspensionConfig.WITHOUT_TABLE, "continue");
        run(orders);
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "3", "item", "salt"));
        settings.remove(SuspensionConfig.WITHOUT_TABLE);
        run(orders);
    }

    @Test
    void aConsumerThatWouldNotFindTheStartIsNotSentThere() {
        orders.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        group.put(orders.partition, 1L);
        settings.put("consumer.override.auto.offset.reset", "latest");
        run(orders);
        assertThat(lake.rows("orders")).hasSize(1);
    }

    /** By a router: the table of its name is none of those that its rows go to. */
    @Test
    void aTopicThatIsCalledOtherwiseThanItsTablesIsNotReadAgain() {
        FakeTopic all = new FakeTopic("dosql.shop.all", 0, "orders").shape(Shop.ORDERS, "id");
        for (long id = 1; id <= 50; id++) {
            all.upsert("c", id, "tea");
        }
        run(all);
        try (Worker worker = worker(all)) {
            idle(worker);
            assertThat(worker.context.timeoutMs).isNotZero();
            all.upsert("c", 51L, "rice");
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
        }
        Oracle.assertSame(lake, all, "orders");
    }

    /** A task that ends while it looks, or before anybody has answered, leaves the group where it was. */
    @Test
    void aTaskThatEndsWhileItLooksChangesNothing() {
        FakeTopic other = new FakeTopic("dosql.shop.items", 0, "items").shape(Shop.ORDERS, "id");
        for (long id = 1; id <= 40; id++) {
            orders.upsert("c", id, "tea");
        }
        other.upsert("c", 1L, "tea");
        run(orders, other);
        drop("orders");
        for (int turns = 1; turns < 14; turns++) {
            other.upsert("c", turns + 1L, "more");
            Worker worker = worker(orders, other);
            for (int turn = 0; turn < turns; turn++) {
                worker.poll(7);
                worker.commit();
            }
            worker.close();
            assertThat(group).as("after %s turns", turns).containsEntry(orders.partition, 40L);
        }
        try (Worker worker = worker(orders, other)) {
            worker.awaitSuspended(1);
            assertThat(worker.resume("shop.orders", "start")).isEmpty();
            fill(worker, "orders", 40);
            worker.drain();
        }
        Oracle.assertSame(lake, orders, "orders");
        Oracle.assertSame(lake, other, "items");
    }
}
