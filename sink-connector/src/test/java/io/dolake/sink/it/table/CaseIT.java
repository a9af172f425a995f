/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Columns whose names have another case in records than in the table, or in other records. */
class CaseIT extends LakeTest {
    private final FakeTopic topic = Shop.orders();

    @Test
    void columnsHaveTheSpellingOfTheTable() {
        createTable();
        topic.upsert("c", 1L, "tea")
                .upsert("c", 2L, "rice")
                .shape(row("ID", "ITEM"), "ID")
                .upsert("u", 1L, "green tea")
                .delete(2L);
        drain();
        topic.upsert("u", 1L, "black tea").upsert("c", 3L, "salt");
        drain();
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(Map.of("Id", "1", "Item", "black tea"), Map.of("Id", "3", "Item", "salt"));
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    @Test
    void columnsOfANewTableHaveThatOfTheFirstRecord() {
        topic.upsert("c", 1L, "tea")
                .shape(row("ID", "Item", "Note"), "ID")
                .upsert("u", 1L, "green tea", "sencha")
                .shape(row("id", "ITEM", "NOTE"), "id")
                .upsert("c", 2L, "rice", "long grain");
        drain();
        topic.upsert("u", 2L, "rice", "brown");
        drain();
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "item", "green tea", "Note", "sencha"),
                        Map.of("id", "2", "item", "rice", "Note", "brown"));
    }

    @Test
    void keyColumnsOfTheSettingsHaveAnyCase() {
        createTable();
        topic.upsert("c", 1L, "tea").upsert("u", 1L, "green tea").delete(1L).upsert("c", 2L, "rice");
        drain("iceberg.table.shop.orders.id-columns", "iD");
        assertThat(lake.rows("orders")).containsExactly(Map.of("Id", "2", "Item", "rice"));
    }

    @Test
    void theKeyOfTheTableIsThatOfRecordsWithoutOne() {
        createTable();
        FakeTopic plain = new FakeTopic("shop.orders", 0, "orders");
        Schema schema = row("ID", "ITEM");
        for (String item : new String[] {"tea", "green tea"}) {
            plain.add(null, null, schema, new Struct(schema).put("ID", 1L).put("ITEM", item));
        }
        Worker.drain(settings(), plain);
        assertThat(lake.rows("orders")).containsExactly(Map.of("Id", "1", "Item", "green tea"));
    }

    @Test
    void aColumnThatSomebodyHasGivenTheTableMeanwhileIsTaken() {
        topic.upsert("c", 1L, "tea");
        try (Worker worker = new Worker(settings(), topic)) {
            worker.drain();
            lake.table("orders")
                    .updateSchema()
                    .addColumn("Note", Types.StringType.get())
                    .commit();
            topic.shape(row("id", "item", "NOTE"), "id").upsert("c", 2L, "rice", "brown");
            worker.drain();
        }
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "item", "tea", "Note", "null"),
                        Map.of("id", "2", "item", "rice", "Note", "brown"));
    }

    @Test
    void aSpellingThatChangesUnderATaskStopsIt() {
        topic.upsert("c", 1L, "tea");
        try (Worker worker = new Worker(settings(), topic)) {
            worker.drain();
            lake.table("orders").updateSchema().renameColumn("item", "Item").commit();
            topic.upsert("c", 2L, "rice");
            assertThatThrownBy(worker::drain)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("Item, new or renamed, differs from item of the rows only in case")
                    .hasMessageContaining("Restart the task");
        }
        drain();
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(Map.of("id", "1", "Item", "tea"), Map.of("id", "2", "Item", "rice"));
    }

    @Test
    void twoColumnsOfARowCannotBeOne() {
        topic.shape(row("id", "item", "ITEM"), "id").upsert("c", 1L, "tea", "TEA");
        assertThatThrownBy(this::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("two of its columns would be item");
    }

    @Test
    void fieldsOfStructsAreMatchedExactly() {
        topic.shape(outer("n"), "id")
                .upsert("c", 1L, new Struct(outer("n").field("outer").schema()).put("n", 1));
        drain();
        topic.shape(outer("N"), "id")
                .upsert("c", 2L, new Struct(outer("N").field("outer").schema()).put("N", 2));
        assertThatThrownBy(this::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("their outer.N and the table's outer.n differ only in case");
    }

    private void createTable() {
        ((SupportsNamespaces) lake.catalog()).createNamespace(Namespace.of("shop"));
        lake.catalog()
                .createTable(
                        TableIdentifier.of("shop", "orders"),
                        new org.apache.iceberg.Schema(
                                List.of(
                                        Types.NestedField.required(1, "Id", Types.LongType.get()),
                                        Types.NestedField.optional(2, "Item", Types.StringType.get())),
                                Set.of(1)),
                        null,
                        Map.of("format-version", "3"));
    }

    private static Schema row(String key, String... columns) {
        SchemaBuilder row = SchemaBuilder.struct().field(key, Schema.INT64_SCHEMA);
        Arrays.stream(columns).forEach(name -> row.field(name, Schema.OPTIONAL_STRING_SCHEMA));
        return row.build();
    }

    private static Schema outer(String field) {
        return SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field(
                        "outer",
                        SchemaBuilder.struct().field(field, Schema.INT32_SCHEMA).build())
                .build();
    }

    private Map<String, String> settings() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.CASE_INSENSITIVE, "true");
        return settings;
    }

    private void drain(String key, String value) {
        Map<String, String> settings = settings();
        settings.put(key, value);
        Worker.drain(settings, topic);
    }

    private void drain() {
        drain(SinkConfig.CASE_INSENSITIVE, "true");
    }
}
