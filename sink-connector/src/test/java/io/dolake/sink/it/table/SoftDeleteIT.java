/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables in which rows stay, marked, when the source deletes them. */
class SoftDeleteIT {
    private static final String TIME = "1970-01-01T00:16:4";

    @TempDir
    Path directory;

    @AutoClose
    private Lake lake;

    private FakeTopic topic;

    @BeforeEach
    void openLake() {
        lake = new Lake(directory);
        topic = Shop.orders();
    }

    @Test
    void deletedRowsStayWithTheirValues() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        drain();
        assertThat(rows()).allSatisfy(row -> assertThat(row).contains(entry("__deleted", "false")));
        topic.delete(2L).upsert("c", 4L, "oil").delete(4L).delete(9L);
        drain();
        assertThat(byId("1"))
                .contains(entry("item", "tea"), entry("__deleted", "false"), entry("__deleted_at", "null"));
        assertThat(byId("2")).contains(entry("item", "rice"), entry("__deleted", "true"));
        assertThat(byId("2").get("__deleted_at")).startsWith(TIME);
        assertThat(byId("4")).contains(entry("item", "oil"), entry("__deleted", "true"));
        assertThat(rows()).hasSize(4);
    }

    /** FAULTS C16. */
    @Test
    void aColumnOfTheSourceWithTheSinksNameIsRefusedWithTheSettingThatHelps() {
        Schema own = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("__deleted", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        topic.shape(own, "id").upsert("c", 1L, "no").delete(1L);
        org.assertj.core.api.Assertions.assertThatThrownBy(this::drain)
                .hasMessageContaining(
                        "TYPE_MISMATCH: Cannot write row: it has a column __deleted of its own, which mode soft-delete"
                                + " uses to mark deleted rows (dosql.shop.orders-0@0)")
                .hasMessageContaining("Set dolake.changelog.column.prefix to another prefix for what the sink adds");
        Map<String, String> settings = settings();
        settings.put(InputConfig.CHANGELOG_PREFIX, "_lake_");
        Worker.drain(settings, topic);
        assertThat(rows())
                .singleElement()
                .satisfies(row -> assertThat(row).contains(entry("__deleted", "no"), entry("_lake_deleted", "true")));
    }

    @Test
    void aTableWithAColumnOfTheSinksNameIsToldOf() {
        lake.catalog()
                .createTable(
                        org.apache.iceberg.catalog.TableIdentifier.of("shop", "orders"),
                        new org.apache.iceberg.Schema(
                                List.of(
                                        org.apache.iceberg.types.Types.NestedField.required(
                                                1, "id", org.apache.iceberg.types.Types.LongType.get()),
                                        org.apache.iceberg.types.Types.NestedField.optional(
                                                2, "__deleted", org.apache.iceberg.types.Types.StringType.get())),
                                java.util.Set.of(1)),
                        null,
                        Map.of("format-version", "3"));
        topic.delete(1L);
        org.assertj.core.api.Assertions.assertThatThrownBy(this::drain)
                .hasMessageContaining("a column __deleted of type string");
    }

    @Test
    void aRowThatComesBackLivesAgain() {
        topic.upsert("c", 1L, "tea");
        drain();
        topic.delete(1L);
        drain();
        topic.upsert("c", 1L, "green tea");
        drain();
        assertThat(rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .contains(
                                entry("item", "green tea"),
                                entry("__deleted", "false"),
                                entry("__deleted_at", "null")));
        topic.delete(1L).upsert("c", 1L, "black tea");
        drain();
        assertThat(rows()).singleElement().satisfies(row -> assertThat(row).contains(entry("__deleted", "false")));
    }

    @Test
    void tombstonesOfPlainRowsMarkThemToo() {
        Struct key = new Struct(
                        SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build())
                .put("id", 1L);
        topic.add(key, new Struct(Shop.ORDERS).put("id", 1L).put("item", "tea"));
        drain();
        topic.add(key, null);
        drain();
        assertThat(rows())
                .singleElement()
                .satisfies(row -> assertThat(row).contains(entry("item", "tea"), entry("__deleted", "true")));
    }

    @Test
    void aColumnThatComesInTheSameCommitAsADeletionIsNull() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        Schema wider = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("item", Schema.OPTIONAL_STRING_SCHEMA)
                .field("amount", Schema.OPTIONAL_INT32_SCHEMA)
                .build();
        topic.delete(1L).shape(wider, "id").upsert("u", 2L, "rice", 7);
        drain();
        assertThat(byId("1")).contains(entry("amount", "null"), entry("item", "tea"), entry("__deleted", "true"));
        assertThat(byId("2")).contains(entry("amount", "7"));
    }

    @Test
    void aTruncateRemovesRowsWhateverComesBehindIt() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").delete(2L);
        drain();
        Schema other = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("item", Schema.OPTIONAL_INT32_SCHEMA)
                .build();
        topic.truncate().shape(other, "id").upsert("c", 3L, 7).delete(1L);
        drain();
        assertThat(rows())
                .singleElement()
                .satisfies(row ->
                        assertThat(row).contains(entry("id", "3"), entry("item", "7"), entry("__deleted", "false")));
    }

    @Test
    void valuesOfAllKindsSurviveTheirDeletion() {
        Schema inner = SchemaBuilder.struct()
                .optional()
                .field("x", Schema.INT32_SCHEMA)
                .build();
        Schema all = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("b", Schema.OPTIONAL_BOOLEAN_SCHEMA)
                .field("d", Decimal.builder(3).optional().build())
                .field(
                        "day",
                        SchemaBuilder.int32()
                                .name("io.debezium.time.Date")
                                .optional()
                                .build())
                .field(
                        "time",
                        SchemaBuilder.int64()
                                .name("io.debezium.time.MicroTime")
                                .optional()
                                .build())
                .field(
                        "local",
                        SchemaBuilder.int64()
                                .name("io.debezium.time.MicroTimestamp")
                                .optional()
                                .build())
                .field(
                        "nano",
                        SchemaBuilder.int64()
                                .name("io.debezium.time.NanoTimestamp")
                                .optional()
                                .build())
                .field(
                        "zoned",
                        SchemaBuilder.string()
                                .name("io.debezium.time.ZonedTimestamp")
                                .optional()
                                .build())
                .field(
                        "uuid",
                        SchemaBuilder.string()
                                .name("io.debezium.data.Uuid")
                                .optional()
                                .build())
                .field("bytes", Schema.OPTIONAL_BYTES_SCHEMA)
                .field(
                        "list",
                        SchemaBuilder.array(SchemaBuilder.int32()
                                        .name("io.debezium.time.Date")
                                        .build())
                                .optional()
                                .build())
                .field(
                        "map",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, inner)
                                .optional()
                                .build())
                .field(
                        "doc",
                        SchemaBuilder.string()
                                .name("io.debezium.data.Json")
                                .optional()
                                .build())
                .build();
        topic.shape(all, "id")
                .upsert(
                        "c",
                        1L,
                        true,
                        new BigDecimal("-1.500"),
                        -5,
                        86_399_999_999L,
                        -1L,
                        -1L,
                        "2026-11-27T01:02:03.000004+05:00",
                        "0f8fad5b-d9cb-469f-a165-70867728950e",
                        new byte[] {1, 2},
                        List.of(1, 2),
                        Map.of("k", new Struct(inner).put("x", 3)),
                        "{\"a\": [1]}")
                .upsert("c", 2L, null, null, null, null, null, null, null, null, null, null, null, null);
        Map<String, String> settings = settings();
        settings.put(TypeConfig.JSON, "variant");
        drain(settings);
        List<Map<String, String>> before = rows();
        topic.delete(1L).delete(2L);
        drain(settings);
        assertThat(rows()).allSatisfy(row -> assertThat(row).contains(entry("__deleted", "true")));
        assertThat(withoutMarks(rows())).containsExactlyInAnyOrderElementsOf(withoutMarks(before));
    }

    private static List<Map<String, String>> withoutMarks(List<Map<String, String>> rows) {
        rows.forEach(row -> row.keySet().removeIf(name -> name.startsWith("__")));
        return rows;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void randomChangesLeaveEveryKeyOnce(int version) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("randomChangesLeaveEveryKeyOnce: -Dseed=" + seed);
        Random random = new Random(seed);
        try (Lake other = new Lake(java.nio.file.Files.createDirectory(directory.resolve("v" + version)), version)) {
            Map<String, String> settings = other.settings("dolake-sink");
            settings.put(InputConfig.MODE, "soft-delete");
            Map<String, String> wanted = new TreeMap<>();
            topic.upsert("c", 0L, "first");
            wanted.put("0", "first false");
            for (int round = 0; round < 12; round++) {
                for (int i = random.nextInt(60); i >= 0; i--) {
                    change(random, wanted);
                }
                drain(settings);
                Map<String, String> rows = new TreeMap<>();
                other.rows("orders")
                        .forEach(
                                row -> assertThat(rows.put(row.get("id"), row.get("item") + " " + row.get("__deleted")))
                                        .isNull());
                assertThat(rows).isEqualTo(wanted);
            }
        }
    }

    private void change(Random random, Map<String, String> wanted) {
        long id = random.nextInt(15);
        String key = Long.toString(id);
        if (random.nextInt(3) == 0) {
            topic.delete(id);
            wanted.computeIfPresent(key, (any, row) -> row.replaceAll(" \\w+$", " true"));
        } else {
            String item = "item" + topic.end();
            topic.upsert("u", id, item);
            wanted.put(key, item + " false");
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(InputConfig.MODE, "soft-delete");
        return settings;
    }

    private List<Map<String, String>> rows() {
        return lake.rows("orders");
    }

    private Map<String, String> byId(String id) {
        return rows().stream()
                .filter(row -> row.get("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void drain() {
        drain(settings());
    }

    private void drain(Map<String, String> settings) {
        Worker.drain(settings, topic);
    }
}
