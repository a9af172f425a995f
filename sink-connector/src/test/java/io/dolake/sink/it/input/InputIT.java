/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.it.recovery.FaultIT;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.testkit.CatalogFaults;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.WatchedCatalog;
import io.dolake.sink.testkit.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Records that are no Debezium envelopes with a schema: rows, tombstones, maps; where they go and what their key is.
 */
class InputIT extends LakeTest {
    private static final org.apache.kafka.connect.data.Schema INT64 = org.apache.kafka.connect.data.Schema.INT64_SCHEMA;
    private static final org.apache.kafka.connect.data.Schema KEY =
            SchemaBuilder.struct().field("id", INT64).build();
    private static final org.apache.kafka.connect.data.Schema REWRITTEN = SchemaBuilder.struct()
            .field("id", INT64)
            .field("item", org.apache.kafka.connect.data.Schema.OPTIONAL_STRING_SCHEMA)
            .field("__deleted", org.apache.kafka.connect.data.Schema.STRING_SCHEMA)
            .build();

    private FakeTopic topic;
    private Map<String, String> settings;

    @BeforeEach
    void prepare() {
        topic = Shop.orders();
        settings = lake.settings("dolake-sink");
    }

    private static Struct key(long id) {
        return new Struct(KEY).put("id", id);
    }

    private static Struct row(long id, String item) {
        return new Struct(Shop.ORDERS).put("id", id).put("item", item);
    }

    private static Map<String, String> order(long id, String item) {
        return Map.of("id", "" + id, "item", String.valueOf(item));
    }

    private Worker drain(FakeTopic... topics) {
        try (Worker worker = new Worker(settings, topics)) {
            worker.drain();
            return worker;
        }
    }

    @Test
    void rowsAreUpsertedByTheirKeyAndDeletedByTombstones() {
        topic.add(key(1), row(1, "tea")).add(key(2), row(2, "rice")).add(key(1), row(1, "green tea"));
        drain(topic);
        topic.add(key(2), null).add(key(3), row(3, "salt"));
        drain(topic);
        assertThat(lake.rows("orders")).containsExactlyInAnyOrder(order(1, "green tea"), order(3, "salt"));
    }

    @Test
    void aTombstoneThatIsTheFirstRecordAfterARestartIsADelete() {
        topic.add(key(1), row(1, "tea")).add(key(2), row(2, "rice"));
        drain(topic);
        topic.add(key(2), null);
        Map<org.apache.kafka.common.TopicPartition, Long> group = new HashMap<>(Map.of(topic.partition, 2L));
        lake.table("orders")
                .updateProperties()
                .remove(TableOffsets.property("dolake-sink", topic.partition))
                .commit();
        try (Worker worker = new Worker(settings, group, catalog -> catalog, topic)) {
            worker.drain();
        }
        assertThat(lake.rows("orders")).containsExactly(order(1, "tea"));
    }

    @Test
    void aTombstoneOfEnvelopesThatIsAllThatIsLeftOfADeleteIsOne() {
        // FAULTS C2: compaction has removed the delete itself.
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain(topic);
        topic.add(key(1), null).upsert("u", 2L, "rice");
        drain(topic);
        assertThat(lake.rows("orders")).containsExactly(order(2, "rice"));
    }

    @Test
    void tombstonesOfEnvelopesGoToTheTableThatTheirEnvelopesWentTo() {
        settings.put(SinkConfig.TABLE_TEMPLATE, "elsewhere.{table}");
        topic.upsert("c", 1L, "tea")
                .upsert("c", 2L, "rice")
                .delete(2L)
                .upsert("c", 2L, "more rice")
                .add(key(1), null);
        drain(topic);
        assertThat(Lake.rows(lake.catalog().loadTable(TableIdentifier.of("elsewhere", "orders")), null))
                .containsExactly(order(2, "more rice"));
    }

    @Test
    void aTombstoneBehindAnUpdateOfItsKeyIsADelete() {
        Map<String, Object> source = Map.of("db", "shop", "table", "orders");
        Map<String, Object> moved = envelope("u", Map.of("id", 2L, "item", "tea"), source);
        moved.put("before", Map.of("id", 1L, "item", "tea"));
        topic.add(null, Map.of("id", 3L), null, envelope("c", Map.of("id", 3L, "item", "salt"), source))
                .add(null, Map.of("id", 2L), null, moved)
                .add(null, Map.of("id", 2L), null, null);
        drain(topic);
        assertThat(lake.rows("orders")).containsExactly(order(3, "salt"));
    }

    @Test
    void aTombstoneWhoseKeyIsNoneOfTheTableIsRefused() {
        settings.put(DeadLetterConfig.TABLE, "shop.dead");
        org.apache.kafka.connect.data.Schema text = SchemaBuilder.struct()
                .name("key")
                .field("id", org.apache.kafka.connect.data.Schema.STRING_SCHEMA)
                .build();
        org.apache.kafka.connect.data.Schema other = SchemaBuilder.struct()
                .name("key")
                .field("number", org.apache.kafka.connect.data.Schema.INT64_SCHEMA)
                .build();
        topic.upsert("c", 1L, "tea")
                .add(new Struct(text).put("id", "1"), null)
                .add(new Struct(other).put("number", 1L), null);
        drain(topic);
        assertThat(lake.rows("orders")).containsExactly(order(1, "tea"));
        assertThat(lake.rows("dead"))
                .extracting(row -> row.get("error"))
                .anySatisfy(error -> assertThat(error).contains("values of other types"))
                .anySatisfy(error -> assertThat(error).contains("columns [number]"));
        // Also where nothing but the table's name is known.
        settings.put("name", "another");
        FakeTopic again = new FakeTopic("dosql.shop.orders", 0, "orders");
        again.add(new Struct(other).put("number", 1L), null);
        drain(again);
        assertThat(lake.rows("dead")).hasSize(3);
    }

    @Test
    void tombstonesOfEnvelopesLeaveChangelogsAndAppendedRowsAlone() {
        for (String mode : List.of("changelog", "append")) {
            settings.put(InputConfig.MODE, mode);
            settings.put("name", mode);
            settings.put(SinkConfig.TABLE_TEMPLATE, mode + ".{table}");
            FakeTopic changes = Shop.orders();
            changes.upsert("c", 1L, "tea").delete(1L).upsert("c", 2L, "rice").add(key(2), null);
            drain(changes);
            assertThat(Lake.rows(lake.catalog().loadTable(TableIdentifier.of(mode, "orders")), null))
                    .hasSize(mode.equals("append") ? 2 : 3);
        }
    }

    /** FAULTS C16. */
    @Test
    void rowsWithColumnsThatEnvelopesHaveAreRows() {
        org.apache.kafka.connect.data.Schema schema = SchemaBuilder.struct()
                .field("id", org.apache.kafka.connect.data.Schema.INT64_SCHEMA)
                .field("op", org.apache.kafka.connect.data.Schema.STRING_SCHEMA)
                .field("source", org.apache.kafka.connect.data.Schema.OPTIONAL_STRING_SCHEMA)
                .field("after", org.apache.kafka.connect.data.Schema.STRING_SCHEMA)
                .build();
        topic.add(key(1), new Struct(schema).put("id", 1L).put("op", "c").put("after", "x"));
        Map<String, Object> row = new HashMap<>(Map.of("id", 2L, "op", "u", "after", "y"));
        row.put("source", null);
        topic.add(null, Map.of("id", 2L), null, row);
        topic.add(null, Map.of("id", 3L), null, Map.of("id", 3L, "op", "sum", "source", "web", "before", "z"));
        drain(topic);
        assertThat(lake.rows("orders")).extracting(found -> found.get("id")).containsExactlyInAnyOrder("1", "2", "3");
        assertThat(lake.rows("orders")).extracting(found -> found.get("op")).containsExactlyInAnyOrder("c", "u", "sum");
    }

    @Test
    void rewrittenDeletesAreDeletesAndTheirMarkerIsNoColumn() {
        topic.add(key(1), new Struct(REWRITTEN).put("id", 1L).put("item", "tea").put("__deleted", "false"))
                .add(
                        key(2),
                        new Struct(REWRITTEN).put("id", 2L).put("item", "rice").put("__deleted", "false"));
        drain(topic);
        topic.add(key(1), new Struct(REWRITTEN).put("id", 1L).put("__deleted", "true"));
        drain(topic);
        assertThat(lake.rows("orders")).containsExactly(order(2, "rice"));
    }

    @Test
    void envelopesWithoutASchemaAreReadAsTheyAre() {
        Map<String, Object> source = Map.of("db", "shop", "table", "orders");
        topic.add(null, Map.of("id", 1L), null, envelope("c", Map.of("id", 1L, "item", "tea"), source))
                .add(null, Map.of("id", 2L), null, envelope("r", Map.of("id", 2L, "item", "rice"), source));
        drain(topic);
        topic.add(null, Map.of("id", 1L), null, envelope("u", Map.of("id", 1L, "item", "green tea"), source))
                .add(null, Map.of("id", 2L), null, envelope("d", null, source))
                .add(null, Map.of("id", 2L), null, null);
        drain(topic);
        assertThat(lake.rows("orders")).containsExactly(order(1, "green tea"));
    }

    private static Map<String, Object> envelope(String op, Map<String, Object> after, Map<String, Object> source) {
        Map<String, Object> envelope = new HashMap<>();
        envelope.put("before", null);
        envelope.put("after", after);
        envelope.put("source", source);
        envelope.put("op", op);
        return envelope;
    }

    @Test
    void mapsAreRowsAndTheirNestedValuesColumns() {
        Map<String, Object> first = new HashMap<>(Map.of("id", 1L, "price", 2.5, "tags", List.of("a", "b")));
        first.put("note", null);
        topic.add(null, Map.of("id", 1L), null, first)
                .add(null, Map.of("id", 2L), null, Map.of("id", 2L, "size", Map.of("w", 3L, "h", 4L), "sold", true));
        drain(topic);
        Schema schema = lake.table("orders").schema();
        assertThat(schema.findType("price")).isEqualTo(Types.DoubleType.get());
        assertThat(schema.findType("size.w")).isEqualTo(Types.DoubleType.get());
        assertThat(schema.findType("id")).isEqualTo(Types.LongType.get());
        assertThat(schema.findType("tags.element")).isEqualTo(Types.StringType.get());
        assertThat(schema.findField("note")).isNull();
        assertThat(lake.rows("orders"))
                .hasSize(2)
                .anySatisfy(row -> assertThat(row)
                        .containsEntry("id", "2")
                        .containsEntry("sold", "true")
                        .containsEntry("price", "null"));
    }

    @Test
    void heartbeatsTransactionsAndSchemaChangesAreNoRows() throws Exception {
        for (String name : List.of(
                "io.debezium.connector.common.Heartbeat",
                "io.debezium.connector.common.TransactionMetadataValue",
                "io.debezium.connector.mysql.SchemaChangeValue")) {
            Struct value = new Struct(SchemaBuilder.struct()
                            .name(name)
                            .field("ts_ms", INT64)
                            .build())
                    .put("ts_ms", 1L);
            topic.add(key(1), value);
        }
        topic.add(null, null, null, Map.of("status", "BEGIN", "id", "1", "event_count", 1L, "data_collections", "x"));
        try (Worker worker = new Worker(settings, topic)) {
            worker.drain();
            assertThat(FaultIT.attribute("EventsIgnored")).isEqualTo(4L);
        }
        assertThat(lake.exists("orders")).isFalse();
    }

    @Test
    void aKeyThatAnUpdateChangedIsGone() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain(topic);
        topic.add(
                null,
                Map.of("id", 9L),
                null,
                Map.of(
                        "op", "u",
                        "source", Map.of("db", "shop", "table", "orders"),
                        "before", Map.of("id", 1L, "item", "tea"),
                        "after", Map.of("id", 9L, "item", "tea")));
        drain(topic);
        assertThat(lake.rows("orders")).containsExactlyInAnyOrder(order(9, "tea"), order(2, "rice"));
    }

    @Test
    void aSettingNamesTheKeyOfRecordsThatHaveNone() {
        settings.put("iceberg.table.shop.orders.id-columns", "id");
        topic.add(null, row(1, "tea")).add(null, row(1, "green tea")).add(INT64, 2L, Shop.ORDERS, row(2, "rice"));
        drain(topic);
        assertThat(lake.rows("orders")).containsExactlyInAnyOrder(order(1, "green tea"), order(2, "rice"));
        topic.add(INT64, 2L, null, null);
        drain(topic);
        assertThat(lake.rows("orders")).containsExactly(order(1, "green tea"));
    }

    @Test
    void anExistingTableNamesTheKeyOfRecordsThatHaveNone() {
        ((SupportsNamespaces) lake.catalog()).createNamespace(Namespace.of("shop"));
        Schema schema = new Schema(
                List.of(
                        Types.NestedField.required(1, "id", Types.LongType.get()),
                        Types.NestedField.optional(2, "item", Types.StringType.get())),
                java.util.Set.of(1));
        lake.catalog().createTable(TableIdentifier.of("shop", "orders"), schema, null, Map.of("format-version", "3"));
        topic.add(null, row(1, "tea")).add(null, row(1, "green tea"));
        drain(topic);
        assertThat(lake.rows("orders")).containsExactly(order(1, "green tea"));
    }

    @Test
    void aRecordWaitsForACatalogThatMustSayItsKey() {
        topic.add(null, row(1, "tea"));
        CatalogFaults faults = new CatalogFaults();
        try (Worker worker =
                new Worker(settings, new HashMap<>(), catalog -> new WatchedCatalog(catalog, faults), topic)) {
            faults.unavailable.set(3);
            worker.drain();
            assertThat(worker.refusals).isPositive();
        }
        assertThat(lake.rows("orders")).containsExactly(order(1, "tea"));
    }

    @Test
    void aDeleteWithoutAKeyIsRefused() {
        topic.add(null, new Struct(REWRITTEN).put("id", 1L).put("__deleted", "true"));
        try (Worker worker = new Worker(settings, topic)) {
            assertThatThrownBy(() -> worker.poll(10))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("key");
        }
    }

    @Test
    void aPrimitiveKeyWithoutAColumnIsRefused() {
        topic.add(INT64, 2L, Shop.ORDERS, row(2, "rice"));
        try (Worker worker = new Worker(settings, topic)) {
            worker.context.hasReporter = true;
            worker.drain();
            assertThat(worker.context.errant).singleElement().asString().contains("orders");
        }
    }

    @Test
    void aFieldChoosesTheTableByItsValue() {
        settings.put(InputConfig.ROUTE_FIELD, "item");
        settings.put(InputConfig.DYNAMIC, "true");
        topic.add(key(1), row(1, "Shop.Tea")).add(key(2), row(2, "shop.rice"));
        drain(topic);
        assertThat(lake.rows("tea")).containsExactly(order(1, "Shop.Tea"));
        assertThat(lake.rows("rice")).containsExactly(order(2, "shop.rice"));
    }

    @Test
    void expressionsChooseAmongListedTables() {
        settings.put(InputConfig.TABLES, "shop.teas, shop.all");
        settings.put(InputConfig.ROUTE_FIELD, "item");
        settings.put("iceberg.table.shop.teas.route-regex", ".*tea");
        settings.put("iceberg.table.shop.all.route-regex", "[^-].*");
        topic.add(key(1), row(1, "tea")).add(key(2), row(2, "rice")).add(key(3), row(3, "-"));
        topic.upsert("c", 4L, "green tea");
        drain(topic);
        assertThat(lake.rows("teas")).containsExactlyInAnyOrder(order(1, "tea"), order(4, "green tea"));
        assertThat(lake.rows("all")).hasSize(3);
    }

    @Test
    void listedTablesAllTakeWhatComes() {
        settings.put(InputConfig.TABLES, "shop.a,shop.b");
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").delete(1L);
        drain(topic);
        assertThat(lake.rows("a")).containsExactly(order(2, "rice"));
        assertThat(lake.rows("b")).containsExactly(order(2, "rice"));
    }

    @Test
    void aTopicNamesTheTableWhereTheTemplateSaysSo() {
        settings.put(SinkConfig.TABLE_TEMPLATE, "shop.{topic}");
        FakeTopic plain = new FakeTopic("orders", 0, "x").add(key(1), row(1, "tea"));
        drain(plain);
        assertThat(lake.rows("orders")).containsExactly(order(1, "tea"));
        plain.add(key(2), row(2, "rice"));
        try (Worker worker = new Worker(settings, plain)) {
            assertThat(worker.context.seeks).containsEntry(plain.partition, 0L);
            worker.drain();
        }
        assertThat(lake.rows("orders")).hasSize(2);
    }
}
