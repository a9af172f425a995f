/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.junit.jupiter.api.Test;

/**
 * FAULTS C11: a table that is dropped, or made anew, while no task runs is told, and never begins in the middle without
 * a word.
 */
class LookBackIT extends LookBackTasks {
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
