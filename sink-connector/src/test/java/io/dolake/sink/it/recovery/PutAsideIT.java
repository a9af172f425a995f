/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A table whose rows were all put aside has none of its topic, and is not for that taken for one that was dropped (C7,
 * C11).
 */
class PutAsideIT extends LakeTest {
    private static final TableIdentifier ORDERS = TableIdentifier.of("shop", "orders");

    private final FakeTopic topic = Shop.orders();
    private final Map<TopicPartition, Long> group = new HashMap<>();

    @BeforeEach
    void prepare() {
        Types.NestedField time = Types.NestedField.optional(1, "item", Types.TimestampType.withZone());
        lake.catalog().createTable(ORDERS, new Schema(time));
    }

    /** Another start; ends the test if anything is suspended. */
    private void run() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(DeadLetterConfig.TABLE, "shop.dead");
        try (Worker worker = new Worker(settings, group, UnaryOperator.identity(), topic)) {
            worker.drain();
            for (int turn = 0; turn < 20; turn++) { // it looks at the topic's start
                worker.poll(2);
                worker.commit();
            }
        }
    }

    @Test
    void aTableWhoseRowsWereAllPutAsideIsNotTakenForOneThatWasDropped() {
        topic.upsert("c", 1L, "no time");
        run();
        run();
        assertThat(Lake.rows(lake.table("dead"), null)).hasSize(1);
        topic.upsert("c", 2L, "2026-01-01T00:00:00Z");
        run();
        assertThat(lake.rows("orders"))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("id", "2"));
    }

    /** Only its offset identifies it: once recreated, it has none. */
    @Test
    void madeAnewItIsTold() {
        topic.upsert("c", 1L, "no time").upsert("c", 2L, "2026-01-01T00:00:00Z");
        run();
        Schema schema = lake.table("orders").schema();
        lake.catalog().dropTable(ORDERS, true);
        lake.catalog().createTable(ORDERS, schema);
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(DeadLetterConfig.TABLE, "shop.dead");
        try (Worker worker = new Worker(settings, group, UnaryOperator.identity(), topic)) {
            worker.toleratesSuspension = true;
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders")).containsEntry("code", "TABLE_REPLACED");
        }
    }
}
