/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dolake.sink.config.InputConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * FAULTS C11, as {@link LookBackIT}, where a topic has many tables or a table many partitions, and where the start of a
 * topic is gone.
 */
class LookBackTopicsIT extends LookBackTasks {
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
}
