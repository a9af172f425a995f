/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.SchemaPolicy;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Columns that go, or change to what the table's cannot become: what is done is a setting. */
class SchemaPolicyIT extends LakeTest {
    /** As {@link Shop#ORDERS}, with an item of another type. */
    private static final Schema NUMBERED = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("item", Schema.INT32_SCHEMA)
            .build();

    private final FakeTopic topic = Shop.orders();

    @Test
    void dropsColumnsThatTheSourceHasNoMoreIfTold() {
        topic.shape(
                        Shop.columns()
                                .field("note", Schema.STRING_SCHEMA)
                                .field("size", Schema.INT32_SCHEMA)
                                .build(),
                        "id")
                .upsert("c", 1L, "tea", "green", 1);
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SchemaPolicy.DROP, "drop");
        settings.put("iceberg.table.shop.orders.partition-by", "size");
        drain(settings);
        topic.upsert("u", 1L, "tea", "black", 1).shape(Shop.ORDERS, "id").upsert("c", 2L, "rice");
        drain(settings);
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "item", "tea", "size", "1"),
                        Map.of("id", "2", "item", "rice", "size", "null"));
    }

    @Test
    void putsValuesOfAnotherTypeIntoAColumnOfTheirOwnIfTold() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SchemaPolicy.INCOMPATIBLE, "new-column");
        topic.upsert("c", 1L, "tea");
        drain(settings);
        topic.shape(NUMBERED, "id").upsert("c", 2L, 5);
        drain(settings);
        topic.upsert("u", 1L, 6).shape(Shop.ORDERS, "id").upsert("c", 3L, "salt");
        drain(settings);
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "item", "null", "item_integer", "6"),
                        Map.of("id", "2", "item", "null", "item_integer", "5"),
                        Map.of("id", "3", "item", "salt", "item_integer", "null"));
    }

    @Test
    void keepsBothColumnsOfANameWhereOthersAreDropped() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SchemaPolicy.INCOMPATIBLE, "new-column");
        settings.put(SchemaPolicy.DROP, "drop");
        topic.upsert("c", 1L, "tea");
        drain(settings);
        topic.shape(NUMBERED, "id").upsert("c", 2L, 5);
        drain(settings);
        topic.shape(Shop.ORDERS, "id").upsert("c", 3L, "salt");
        drain(settings);
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "item", "tea", "item_integer", "null"),
                        Map.of("id", "2", "item", "null", "item_integer", "5"),
                        Map.of("id", "3", "item", "salt", "item_integer", "null"));
    }

    @Test
    void putsOtherTypesIntoColumnsOfTheirOwnFromTheFirstCommitOn() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SchemaPolicy.INCOMPATIBLE, "new-column");
        topic.upsert("c", 1L, "tea").shape(NUMBERED, "id").upsert("c", 2L, 5);
        drain(settings);
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "item", "tea", "item_integer", "null"),
                        Map.of("id", "2", "item", "null", "item_integer", "5"));
    }

    @Test
    void refusesAColumnOfItsOwnThatIsSomethingElse() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SchemaPolicy.INCOMPATIBLE, "new-column");
        topic.shape(
                        Shop.columns()
                                .field("item_integer", Schema.OPTIONAL_STRING_SCHEMA)
                                .build(),
                        "id")
                .upsert("c", 1L, "tea", "taken");
        drain(settings);
        topic.shape(NUMBERED, "id").upsert("c", 2L, 5);
        assertThatThrownBy(() -> drain(settings))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("column item_integer is string, the rows have int");
    }

    private void drain(Map<String, String> settings) {
        Worker.drain(settings, topic);
    }
}
