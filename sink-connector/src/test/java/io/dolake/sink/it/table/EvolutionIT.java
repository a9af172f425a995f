/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TableMode;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class EvolutionIT extends LakeTest {
    private final FakeTopic topic = Shop.orders();

    @Test
    void addsAColumnWhoseDefaultOlderRowsReadAs() {
        topic.upsert("c", 1L, "tea");
        drain();
        Schema wider = Shop.columns()
                .field(
                        "stock",
                        SchemaBuilder.int64().optional().defaultValue(5L).build())
                .build();
        topic.shape(wider, "id").upsert("c", 2L, "rice", 7L).upsert("c", 3L, "salt", null);
        drain();
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "item", "tea", "stock", "5"),
                        Map.of("id", "2", "item", "rice", "stock", "7"),
                        Map.of("id", "3", "item", "salt", "stock", "null"));
    }

    @Test
    void fillsTheDefaultIntoRowsOfTheSameCommitThatCameBeforeTheColumn() {
        topic.upsert("c", 1L, "tea");
        Schema wider = Shop.columns()
                .field(
                        "stock",
                        SchemaBuilder.int64().optional().defaultValue(5L).build())
                .build();
        topic.shape(wider, "id").upsert("c", 2L, "rice", 7L);
        drain();
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "item", "tea", "stock", "5"),
                        Map.of("id", "2", "item", "rice", "stock", "7"));
    }

    /** FAULTS C13. */
    @Test
    void leavesStructsWithoutFieldsOutUntilTheyHaveSome() {
        Schema none = SchemaBuilder.struct().optional().build();
        Schema some = SchemaBuilder.struct()
                .field("x", Schema.INT32_SCHEMA)
                .optional()
                .build();
        for (Schema choice : List.of(none, some)) {
            Schema pair = SchemaBuilder.struct()
                    .field("a", Schema.OPTIONAL_INT64_SCHEMA)
                    .field("b", choice)
                    .build();
            topic.shape(
                            Shop.columns()
                                    .field("choice", choice)
                                    .field("list", SchemaBuilder.array(choice).build())
                                    .field(
                                            "map",
                                            SchemaBuilder.map(Schema.STRING_SCHEMA, choice)
                                                    .build())
                                    .field("pair", pair)
                                    .build(),
                            "id")
                    .upsert(
                            "c",
                            (long) topic.records.size(),
                            "tea",
                            null,
                            List.of(choice == none ? new Struct(none) : new Struct(some).put("x", 5)),
                            Map.of(),
                            new Struct(pair).put("a", 1L));
            drain();
        }
        assertThat(lake.rows("orders")).hasSize(2);
        assertThat(lake.table("orders").schema().findType("list.element.x")).isEqualTo(Types.IntegerType.get());
        assertThat(lake.table("orders").schema().findType("pair.b.x")).isEqualTo(Types.IntegerType.get());
    }

    @Test
    void dropsAStructWithoutFieldsThatAnEarlierVersionMade() {
        lake.catalog()
                .createTable(
                        org.apache.iceberg.catalog.TableIdentifier.of("shop", "orders"),
                        new org.apache.iceberg.Schema(
                                List.of(
                                        Types.NestedField.required(1, "id", Types.LongType.get()),
                                        Types.NestedField.optional(2, "item", Types.StringType.get()),
                                        Types.NestedField.optional(3, "choice", Types.StructType.of())),
                                java.util.Set.of(1)),
                        null,
                        Map.of("format-version", "3", TableMode.PROPERTY, "upsert"));
        topic.upsert("c", 1L, "tea");
        drain();
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "1", "item", "tea"));
    }

    @Test
    void commitsTheSchemaTogetherWithTheFirstRowsThatNeedIt() {
        topic.upsert("c", 1L, "tea");
        drain();
        int schemas = lake.table("orders").schemas().size();
        topic.shape(Shop.columns().field("note", Schema.OPTIONAL_STRING_SCHEMA).build(), "id")
                .upsert("c", 2L, "rice", "long grain");
        drain();
        assertThat(lake.table("orders").schemas()).hasSize(schemas + 1);
        assertThat(lake.table("orders").currentSnapshot().schemaId())
                .isEqualTo(lake.table("orders").schema().schemaId());
        assertThat(lake.table("orders").snapshots()).hasSize(2);
    }

    @Test
    void widensColumns() {
        topic.shape(numbers(Schema.INT32_SCHEMA, Schema.FLOAT32_SCHEMA), "id").upsert("c", 1L, 1, 1.5f);
        drain();
        topic.shape(numbers(Schema.INT64_SCHEMA, Schema.FLOAT64_SCHEMA), "id")
                .upsert("c", 2L, 1L << 40, 0.1)
                .upsert("u", 1L, 2L, 2.5);
        drain();
        assertThat(lake.table("orders").schema().findType("whole")).isEqualTo(Types.LongType.get());
        assertThat(lake.table("orders").schema().findType("part")).isEqualTo(Types.DoubleType.get());
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void takesNarrowerValuesIntoAWiderColumn() {
        topic.shape(numbers(Schema.INT64_SCHEMA, Schema.FLOAT64_SCHEMA), "id").upsert("c", 1L, 1L << 40, 0.1);
        drain();
        topic.shape(numbers(Schema.INT32_SCHEMA, Schema.FLOAT32_SCHEMA), "id").upsert("c", 2L, 3, 1.5f);
        drain();
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void makesAColumnOptionalThatBecomesSoOrGoesAway() {
        topic.shape(numbers(Schema.INT32_SCHEMA, Schema.FLOAT32_SCHEMA), "id").upsert("c", 1L, 1, 1.5f);
        drain();
        topic.shape(
                        SchemaBuilder.struct()
                                .field("id", Schema.INT64_SCHEMA)
                                .field("whole", Schema.OPTIONAL_INT32_SCHEMA)
                                .build(),
                        "id")
                .upsert("c", 2L, (Integer) null);
        drain();
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "whole", "1", "part", "1.5"),
                        Map.of("id", "2", "whole", "null", "part", "null"));
    }

    @Test
    void refusesATypeThatTheColumnCannotTake() {
        topic.upsert("c", 1L, "tea");
        drain();
        topic.shape(
                        SchemaBuilder.struct()
                                .field("id", Schema.INT64_SCHEMA)
                                .field("item", Schema.INT32_SCHEMA)
                                .build(),
                        "id")
                .upsert("c", 2L, 5);
        try (Worker worker = new Worker(lake.settings("dolake-sink"), topic)) {
            assertThatThrownBy(() -> Awaitility.await()
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> {
                                worker.poll(10);
                                return false;
                            }))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("TYPE_MISMATCH")
                    .hasMessageContaining("column item is string, the rows have int");
        }
    }

    @Test
    void replacesColumnsAndKeyOfATableThatIsDroppedAndCreatedAnew() {
        topic.upsert("c", 1L, "tea");
        drain();
        topic.truncate()
                .shape(
                        SchemaBuilder.struct()
                                .field("item", Schema.INT32_SCHEMA)
                                .field("price", Schema.OPTIONAL_FLOAT64_SCHEMA)
                                .build(),
                        "item")
                .upsert("c", 2, 1.5)
                .upsert("u", 2, 2.5);
        drain();
        assertThat(lake.rows("orders"))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("item", "2").containsEntry("price", "2.5"));
        topic.upsert("u", 2, 3.5);
        drain();
        assertThat(lake.rows("orders")).hasSize(1);
    }

    @Test
    void changesNothingWhenEvolutionIsOff() {
        topic.upsert("c", 1L, "tea");
        drain();
        topic.shape(Shop.columns().field("note", Schema.OPTIONAL_STRING_SCHEMA).build(), "id")
                .upsert("c", 2L, "rice", "long grain");
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.EVOLVE, "false");
        try (Worker worker = new Worker(settings, topic)) {
            assertThatThrownBy(() -> Awaitility.await()
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> {
                                worker.poll(10);
                                return false;
                            }))
                    .hasMessageContaining("add note")
                    .hasMessageContaining(SinkConfig.EVOLVE);
        }
    }

    @Test
    void extendsStructsListsAndMapsInTheCommitThatNeedsIt() {
        topic.shape(nested(Schema.INT32_SCHEMA, false), "id")
                .upsert("c", 1L, nest(nested(Schema.INT32_SCHEMA, false), 1));
        drain();
        Schema wide = nested(Schema.OPTIONAL_INT64_SCHEMA, true);
        topic.shape(wide, "id").upsert("c", 2L, nest(wide, 1L << 40));
        // The older form once more in the same commit, and after it.
        topic.shape(nested(Schema.INT32_SCHEMA, false), "id")
                .upsert("c", 3L, nest(nested(Schema.INT32_SCHEMA, false), 3));
        drain();
        topic.upsert("c", 4L, nest(nested(Schema.INT32_SCHEMA, false), 4));
        drain();
        assertThat(lake.rows("orders"))
                .extracting(row -> row.get("outer"))
                .containsExactlyInAnyOrder(
                        nestedText(1, null), nestedText(1L << 40, "x"), nestedText(3, null), nestedText(4, null));
        assertThat(lake.table("orders")
                        .schema()
                        .findField("outer.list.element.n")
                        .isOptional())
                .isTrue();
        assertThat(lake.table("orders").schema().findType("outer.map.value")).isEqualTo(Types.LongType.get());
    }

    @Test
    void takesBothOrdersOfShapesInTheFirstCommit() {
        Schema wide = nested(Schema.OPTIONAL_INT64_SCHEMA, true);
        topic.shape(nested(Schema.INT32_SCHEMA, false), "id")
                .upsert("c", 1L, nest(nested(Schema.INT32_SCHEMA, false), 1));
        topic.shape(wide, "id").upsert("c", 2L, nest(wide, 2L));
        drain();
        assertThat(lake.rows("orders"))
                .extracting(row -> row.get("outer"))
                .containsExactlyInAnyOrder(nestedText(1, null), nestedText(2, "x"));
    }

    @Test
    void makesANestedFieldOptionalThatRowsLack() {
        Schema full = pair("a", "b");
        topic.shape(full, "id")
                .upsert(
                        "c",
                        1L,
                        new Struct(full.field("outer").schema()).put("a", 1).put("b", 2));
        drain();
        Schema half = pair("a");
        topic.shape(half, "id").upsert("c", 2L, new Struct(half.field("outer").schema()).put("a", 3));
        drain();
        assertThat(lake.rows("orders"))
                .extracting(row -> row.get("outer"))
                .containsExactlyInAnyOrder("Record(1, 2)", "Record(3, null)");
    }

    private static Schema pair(String... names) {
        SchemaBuilder outer = SchemaBuilder.struct();
        for (String name : names) {
            outer.field(name, Schema.INT32_SCHEMA);
        }
        return SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("outer", outer.build())
                .build();
    }

    /** A struct with a number, a list and a map of structs; {@code isWide}: with one more field, in front. */
    private static Schema nested(Schema number, boolean isWide) {
        SchemaBuilder inner = SchemaBuilder.struct();
        if (isWide) {
            inner.field("more", Schema.OPTIONAL_STRING_SCHEMA);
        }
        Schema item = inner.field("n", number).build();
        Schema outer = SchemaBuilder.struct()
                .field("list", SchemaBuilder.array(item).build())
                .field("one", item)
                .field("map", SchemaBuilder.map(Schema.STRING_SCHEMA, number).build())
                .build();
        return SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("outer", outer)
                .build();
    }

    private static Struct nest(Schema schema, Object number) {
        Schema outer = schema.field("outer").schema();
        Schema item = outer.field("one").schema();
        Struct inner = new Struct(item).put("n", number);
        if (item.field("more") != null) {
            inner.put("more", "x");
        }
        return new Struct(outer).put("list", List.of(inner)).put("one", inner).put("map", Map.of("k", number));
    }

    private static String nestedText(long number, String more) {
        return "Record([Record(" + number + ", " + more + ")], Record(" + number + ", " + more + "), {k=" + number
                + "})";
    }

    private void drain(Map<String, String> settings) {
        Worker.drain(settings, topic);
    }

    private static Schema numbers(Schema whole, Schema part) {
        return SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("whole", whole)
                .field("part", part)
                .build();
    }

    private void drain() {
        Worker.drain(lake.settings("dolake-sink"), topic);
    }
}
