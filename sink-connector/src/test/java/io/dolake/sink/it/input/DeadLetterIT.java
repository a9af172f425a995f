/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.TableLayout;
import io.dolake.sink.config.TableMode;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.WatchedCatalog;
import io.dolake.sink.testkit.Worker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Records that cannot be taken, found when they are read or only at the commit: they go elsewhere, all others go in.
 */
class DeadLetterIT extends LakeTest {
    private static final org.apache.kafka.connect.data.Schema ITEM_IS_A_NUMBER = SchemaBuilder.struct()
            .field("id", org.apache.kafka.connect.data.Schema.INT64_SCHEMA)
            .field("item", org.apache.kafka.connect.data.Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    private final FakeTopic topic = Shop.orders();

    @Test
    void tellsWhatWasWrongWithWhichRecord() {
        topic.upsert("c", 1L, "tea")
                .add(null, new Struct(Shop.ORDERS).put("id", 5L).put("item", "salt"));
        Map<String, String> settings = withTable();
        settings.put(InputConfig.FORMAT, "debezium");
        drain(settings);
        assertThat(lake.rows("orders")).hasSize(1);
        assertThat(dead()).singleElement().satisfies(row -> {
            assertThat(row)
                    .containsEntry("topic", "dosql.shop.orders")
                    .containsEntry("partition", "0")
                    .containsEntry("offset", "1")
                    .containsEntry("timestamp", "1970-01-01T00:16:40.001Z")
                    .containsEntry("key", "null")
                    .containsEntry("value", "{\"id\":5,\"item\":\"salt\"}")
                    .containsEntry("error_code", "INVALID_ARGUMENT")
                    .containsEntry("connector", "dolake-sink");
            assertThat(row.get("error")).contains("not a Debezium envelope");
        });
        assertThat(lake.table("dead").properties()).containsEntry(TableMode.PROPERTY, "upsert");
    }

    /** FAULTS C4: whatever is thrown while one record is read, it is that record which is refused. */
    @Test
    void recordsThatAreOddInAnyWayAreRefusedAlone() {
        topic.upsert("c", 1L, "tea");
        List<Object> mixed = new ArrayList<>(List.of(1L));
        org.apache.kafka.connect.data.Schema numbers = struct(
                "v",
                SchemaBuilder.array(org.apache.kafka.connect.data.Schema.INT64_SCHEMA)
                        .build());
        topic.add(null, new Struct(numbers).put("v", mixed));
        mixed.add("no number");
        org.apache.kafka.connect.data.Schema text = org.apache.kafka.connect.data.Schema.OPTIONAL_STRING_SCHEMA;
        org.apache.kafka.connect.data.Schema texts =
                struct("v", SchemaBuilder.map(text, text).build());
        topic.add(null, new Struct(texts).put("v", Map.of("\ud800", "x")));
        topic.add(null, new Struct(texts).put("v", java.util.Collections.singletonMap(null, "x")));
        org.apache.kafka.connect.data.Schema noScale = struct(
                "v",
                SchemaBuilder.bytes()
                        .name("org.apache.kafka.connect.data.Decimal")
                        .parameter("other", "1")
                        .optional()
                        .build());
        topic.add(null, new Struct(noScale));
        // The table's rows would have it.
        org.apache.kafka.connect.data.Schema oddDefault = SchemaBuilder.struct()
                .field("id", org.apache.kafka.connect.data.Schema.INT64_SCHEMA)
                .field(
                        "v",
                        SchemaBuilder.string()
                                .name("io.debezium.time.ZonedTimestamp")
                                .defaultValue("infinity")
                                .build())
                .build();
        topic.add(
                new Struct(struct("id", org.apache.kafka.connect.data.Schema.INT64_SCHEMA)).put("id", 9L),
                new Struct(oddDefault).put("id", 9L).put("v", "2026-01-01T00:00:00Z"));
        org.apache.kafka.connect.data.Schema key = struct("id", org.apache.kafka.connect.data.Schema.STRING_SCHEMA);
        topic.add(new Struct(key).put("id", "\udc00"), new Struct(key).put("id", "\udc00"));
        topic.add(null, new Struct(struct("a\ud800", org.apache.kafka.connect.data.Schema.OPTIONAL_INT64_SCHEMA)));
        Map<String, Object> deep = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            deep = new HashMap<>(Map.of("d", deep));
        }
        topic.add(null, Map.of("id", 1L), null, deep);
        topic.add(null, null, null, "text");
        topic.add(null, Map.of("id", Map.of("a", 1L)), null, Map.of("id", 1L));
        topic.add(null, null, null, Map.of("v", new Object()));
        topic.add(new Struct(key).put("id", "\udc00"), null);
        topic.upsert("u", 1L, "green tea");
        drain(withTable());
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "1", "item", "green tea"));
        assertThat(dead())
                .extracting(row -> row.get("offset"))
                .containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12");
        assertThat(dead())
                .allSatisfy(row ->
                        assertThat(row.get("error")).startsWith("Cannot ").doesNotContain("2026-01-01", "no number"));
        assertThat(dead())
                .extracting(row -> row.get("error"))
                .anySatisfy(error -> assertThat(error).contains("column v: the text has half of a surrogate pair"))
                .anySatisfy(error -> assertThat(error).contains("column v (its default)"))
                .anySatisfy(error -> assertThat(error).contains("column id (of the key)"));
    }

    @Test
    void aRecordThatIsOddFailsTheTaskWithItsPlaceWhereNoneMayBePutAside() {
        topic.add(null, null, null, Map.of("v", new Object()));
        assertThatThrownBy(() -> drain(lake.settings("dolake-sink"))).hasMessageContaining("dosql.shop.orders-0@0");
    }

    private static org.apache.kafka.connect.data.Schema struct(
            String field, org.apache.kafka.connect.data.Schema schema) {
        return SchemaBuilder.struct().field(field, schema).build();
    }

    @Test
    void holdsARecordOnceHoweverOftenItIsRead() {
        topic.add(null, new Struct(Shop.ORDERS).put("id", 5L)).upsert("c", 1L, "tea");
        Map<String, String> settings = withTable();
        settings.put(InputConfig.FORMAT, "debezium");
        drain(settings);
        drain(settings);
        assertThat(dead()).hasSize(1);
        assertThat(lake.rows("orders")).hasSize(1);
    }

    @Test
    void leavesTheDefaultsForOtherTablesAside() {
        topic.upsert("c", 1L, "tea").add(null, new Struct(Shop.ORDERS).put("id", 5L));
        Map<String, String> settings = withTable();
        settings.put(InputConfig.FORMAT, "debezium");
        settings.put(TableLayout.DEFAULT_PARTITION_BY, "item");
        settings.put("iceberg.table.shop.dead.partition-by", "topic");
        drain(settings);
        assertThat(lake.table("orders").spec().toString()).contains("item");
        assertThat(lake.table("dead").spec().toString()).contains("topic");
    }

    @Test
    void turnsDownRowsThatTheTableCannotHave() {
        FakeTopic log = new FakeTopic("dosql.shop.log", 0, "log").shape(Shop.ORDERS);
        log.upsert("c", 1L, "in between");
        topic.upsert("c", 1L, "tea");
        topic.shape(ITEM_IS_A_NUMBER, "id").upsert("u", 1L, 7L).upsert("c", 2L, 8L);
        topic.shape(Shop.ORDERS, "id").upsert("c", 3L, "salt");
        try (Worker worker = new Worker(withTable(), topic, log)) {
            worker.drain();
            long commits = lake.table("orders").history().size();
            topic.shape(ITEM_IS_A_NUMBER, "id").upsert("c", 4L, 9L);
            worker.drain();
            assertThat(lake.table("orders").history()).hasSize((int) commits);
        }
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(Map.of("id", "1", "item", "tea"), Map.of("id", "3", "item", "salt"));
        assertThat(lake.rows("log")).hasSize(1);
        assertThat(dead()).extracting(row -> row.get("offset")).containsExactlyInAnyOrder("1", "2", "4");
        assertThat(dead()).allSatisfy(row -> assertThat(row).containsEntry("error_code", "TYPE_MISMATCH"));
    }

    @Test
    void handsRowsThatTheTableCannotHaveToTheQueue() {
        lake.catalog()
                .createTable(
                        TableIdentifier.of("shop", "orders"),
                        new Schema(
                                List.of(
                                        Types.NestedField.required(1, "id", Types.LongType.get()),
                                        Types.NestedField.optional(2, "item", Types.StringType.get())),
                                java.util.Set.of(1)));
        org.apache.kafka.connect.data.Schema loose = SchemaBuilder.struct()
                .field("id", org.apache.kafka.connect.data.Schema.OPTIONAL_INT64_SCHEMA)
                .field("item", org.apache.kafka.connect.data.Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        topic.shape(loose, "id")
                .upsert("c", 1L, "tea")
                .upsert("c", null, "nobody's")
                .upsert("c", 2L, "rice");
        try (Worker worker = new Worker(lake.settings("dolake-sink"), topic)) {
            worker.context.hasReporter = true;
            worker.drain();
            assertThat(worker.context.errant).singleElement().isSameAs(topic.records.get(1));
        }
        assertThat(lake.rows("orders")).hasSize(2);
    }

    @Test
    void turnsDownARowWhoseMissingValuesAreNowhere() {
        topic.upsert("u", 1L, "__debezium_unavailable_value").upsert("c", 2L, "rice");
        drain(withTable());
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "2", "item", "rice"));
        assertThat(dead())
                .singleElement()
                .satisfies(row -> assertThat(row.get("error")).contains("did not send column(s) [item]"));
    }

    @Test
    void leavesARowToTheTablesThatCanHaveIt() {
        FakeTopic numbers = new FakeTopic("dosql.shop.first", 0, "first").shape(ITEM_IS_A_NUMBER, "id");
        numbers.upsert("c", 1L, 7L);
        Map<String, String> settings = withTable();
        Worker.drain(settings, numbers);
        settings.put("name", "both");
        settings.put(InputConfig.TABLES, "shop.first,shop.second");
        topic.upsert("c", 2L, "tea").upsert("c", 3L, "rice").upsert("u", 2L, "green tea");
        drain(settings);
        assertThat(lake.rows("first")).containsExactly(Map.of("id", "1", "item", "7"));
        assertThat(lake.rows("second"))
                .containsExactlyInAnyOrder(Map.of("id", "2", "item", "green tea"), Map.of("id", "3", "item", "rice"));
        assertThat(dead()).hasSize(3);
    }

    @Test
    void failsWithThePlaceIfNothingIsTolerated() {
        topic.upsert("c", 1L, "tea");
        topic.shape(ITEM_IS_A_NUMBER, "id").upsert("c", 2L, 8L);
        assertThatThrownBy(() -> drain(lake.settings("dolake-sink")))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("dosql.shop.orders-0@1")
                .hasMessageContaining("column item");
    }

    @Test
    void failsIfTheDeadLetterTableCannotTakeIt() {
        Worker.drain(
                lake.settings("another"),
                new FakeTopic("dosql.shop.dead", 0, "dead")
                        .shape(Shop.ORDERS, "id")
                        .upsert("c", 1L, "rows of a table"));
        topic.upsert("c", 1L, "tea");
        topic.shape(ITEM_IS_A_NUMBER, "id").upsert("c", 2L, 8L);
        assertThatThrownBy(() -> {
                    Worker.drain(withTable(), topic);
                })
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.dead");
    }

    /** The next task knows nothing of the refusal, and takes for done what the table says it has. */
    @Test
    void noTableGoesPastARefusalThatIsNotInYet() throws Exception {
        topic.upsert("c", 1L, "tea");
        drain(withTable());
        topic.upsert("u", 5L, "__debezium_unavailable_value").upsert("c", 2L, "rice");
        WatchedCatalog.Watcher nothingCreated = new WatchedCatalog.Watcher() {
            @Override
            public void creating() {
                throw new ServiceFailureException("the catalog takes no tables");
            }
        };
        Map<org.apache.kafka.common.TopicPartition, Long> group = new HashMap<>();
        try (Worker worker =
                new Worker(withTable(), group, catalog -> new WatchedCatalog(catalog, nothingCreated), topic)) {
            for (int i = 0; i < 100; i++) {
                worker.poll(10);
                worker.commit();
                Thread.sleep(5);
            }
        }
        assertThat(lake.rows("orders")).hasSize(1);
        try (Worker worker = new Worker(withTable(), group, UnaryOperator.identity(), topic)) {
            worker.drain();
        }
        assertThat(lake.rows("orders")).hasSize(2);
        assertThat(dead()).extracting(row -> row.get("offset")).containsExactly("1");
    }

    /**
     * Good and bad records of several tables, tasks that die: each record is in its table or in the dead letters, once.
     */
    @RepeatedTest(5)
    void putsEachRecordInOnePlace() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("putsEachRecordInOnePlace: -Dseed=" + seed);
        Random random = new Random(seed);
        List<FakeTopic> topics = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            topics.add(new FakeTopic("dosql.shop.t" + i, 0, "t" + i).shape(Shop.ORDERS, "id"));
            topics.get(i).upsert("c", -1L, "first");
        }
        Map<org.apache.kafka.common.TopicPartition, Long> group = new HashMap<>();
        Map<String, Map<String, String>> wanted = new TreeMap<>();
        topics.forEach(each -> wanted.put(each.partition.topic(), new TreeMap<>(Map.of("-1", "first"))));
        List<String> wantedDead = new ArrayList<>();
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 200; i++) {
                FakeTopic any = topics.get(random.nextInt(topics.size()));
                produce(any, random, wanted.get(any.partition.topic()), wantedDead);
            }
            Worker worker = new Worker(withTable(), group, UnaryOperator.identity(), topics.toArray(FakeTopic[]::new));
            if (random.nextBoolean()) {
                for (int i = 0; i < 10; i++) {
                    worker.poll(1 + random.nextInt(40));
                }
                worker.close();
            } else {
                worker.drain();
                worker.close();
            }
        }
        try (Worker worker =
                new Worker(withTable(), group, UnaryOperator.identity(), topics.toArray(FakeTopic[]::new))) {
            worker.drain();
        }
        for (FakeTopic each : topics) {
            Map<String, String> rows = new TreeMap<>();
            String table = each.partition.topic().substring("dosql.shop.".length());
            lake.rows(table)
                    .forEach(row ->
                            assertThat(rows.put(row.get("id"), row.get("item"))).isNull());
            assertThat(rows).isEqualTo(wanted.get(each.partition.topic()));
        }
        assertThat(dead())
                .extracting(row -> row.get("topic") + "@" + row.get("offset"))
                .containsExactlyInAnyOrderElementsOf(wantedDead);
    }

    private static void produce(FakeTopic to, Random random, Map<String, String> rows, List<String> dead) {
        long id = random.nextInt(20);
        String place = to.partition.topic() + "@" + to.end();
        switch (random.nextInt(20)) {
            case 0 -> {
                to.shape(ITEM_IS_A_NUMBER, "id").upsert("u", id, 5L).shape(Shop.ORDERS, "id");
                dead.add(place);
            }
            case 1 -> {
                // Of a key that has no row: its value is to be had from nowhere.
                to.upsert("u", 1_000_000L + to.end(), "__debezium_unavailable_value");
                dead.add(place);
            }
            case 2, 3 -> {
                to.delete(id);
                rows.remove(Long.toString(id));
            }
            default -> {
                String item = "item " + to.end();
                to.upsert("u", id, item);
                rows.put(Long.toString(id), item);
            }
        }
    }

    private Map<String, String> withTable() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(DeadLetterConfig.TABLE, "shop.dead");
        return settings;
    }

    private List<Map<String, String>> dead() {
        Table table = lake.table("dead");
        return Lake.rows(table, null);
    }

    private void drain(Map<String, String> settings) {
        Worker.drain(settings, topic);
    }
}
