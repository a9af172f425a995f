/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TableLayout;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.config.UnavailableConfig;
import io.dolake.sink.table.Branch;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.ForeignCompaction;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Worker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that the source did not send stay as they are. */
@ParameterizedClass
@ValueSource(ints = {2, 3})
class UnavailableIT {
    private static final String GONE = "__debezium_unavailable_value";
    private static final Schema PAGES = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("title", Schema.OPTIONAL_STRING_SCHEMA)
            .field("body", Schema.OPTIONAL_STRING_SCHEMA)
            .field("image", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).optional().build())
            .build();

    @Parameter
    int formatVersion;

    @AutoClose
    private Lake lake;

    private Map<String, String> settings;
    private final FakeTopic topic = new FakeTopic("dosql.shop.pages", 0, "pages").shape(PAGES, "id");

    @BeforeEach
    void openLake(@TempDir Path directory) {
        lake = new Lake(directory, formatVersion);
        settings = lake.settings("dolake-sink");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private void unavailable(long id, String title) {
        topic.upsert("u", id, title, GONE, bytes(GONE), List.of(GONE));
    }

    @Test
    void theyAreThoseOfTheTablesRow() throws Exception {
        try (Worker worker = new Worker(settings, topic)) {
            topic.upsert("c", 1L, "one", "first body", bytes("png"), List.of("a", "b"));
            topic.upsert("c", 2L, "two", null, null, null);
            worker.drain();
            unavailable(1, "uno");
            unavailable(2, "due");
            topic.upsert("c", 3L, "three", "third", null, List.of());
            worker.drain();
            unavailable(1, "eins");
            worker.drain();
        }
        assertThat(rows())
                .containsOnlyKeys(1L, 2L, 3L)
                .containsEntry(
                        1L,
                        List.of("eins", "first body", bytes("png"), List.of("a", "b"))
                                .toString())
                .containsEntry(2L, "[due, null, null, null]");
    }

    /**
     * FAULTS C1: numbers, dates, UUIDs, bytes, maps, JSON, texts of bytes, geometries; as Debezium's Postgres connector
     * sends them.
     */
    @Test
    void theyAreRecognisedInEveryFormAConnectorGivesThem() throws Exception {
        settings.put(TypeConfig.JSON, formatVersion == 3 ? "variant" : "string");
        Schema json =
                SchemaBuilder.string().name("io.debezium.data.Json").optional().build();
        Schema geometry = SchemaBuilder.struct()
                .name("io.debezium.data.geometry.Geometry")
                .field("wkb", Schema.BYTES_SCHEMA)
                .field("srid", Schema.OPTIONAL_INT32_SCHEMA)
                .optional()
                .build();
        Schema date =
                SchemaBuilder.int32().name("io.debezium.time.Date").optional().build();
        Schema uuid =
                SchemaBuilder.string().name("io.debezium.data.Uuid").optional().build();
        Schema row = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field(
                        "longs",
                        SchemaBuilder.array(Schema.OPTIONAL_INT64_SCHEMA)
                                .optional()
                                .build())
                .field("dates", SchemaBuilder.array(date).optional().build())
                .field("uuids", SchemaBuilder.array(uuid).optional().build())
                .field(
                        "blobs",
                        SchemaBuilder.array(Schema.OPTIONAL_BYTES_SCHEMA)
                                .optional()
                                .build())
                .field(
                        "pairs",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA)
                                .optional()
                                .build())
                .field("doc", json)
                .field("hstore", json)
                .field("hex", Schema.OPTIONAL_STRING_SCHEMA)
                .field("base64", Schema.OPTIONAL_STRING_SCHEMA)
                .field("place", geometry)
                .build();
        byte[] gone = GONE.getBytes(StandardCharsets.UTF_8);
        List<Long> codes = new java.util.ArrayList<>();
        List<Integer> days = new java.util.ArrayList<>();
        for (byte b : gone) {
            codes.add((long) b);
            days.add((int) b);
        }
        FakeTopic wide = new FakeTopic("dosql.shop.wide", 0, "wide").shape(row, "id");
        java.util.UUID one = java.util.UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
        org.apache.kafka.connect.data.Struct place = new org.apache.kafka.connect.data.Struct(geometry)
                .put("wkb", new byte[] {1})
                .put("srid", 4326);
        org.apache.kafka.connect.data.Struct nowhere = new org.apache.kafka.connect.data.Struct(geometry)
                .put("wkb", java.util.HexFormat.of().parseHex("0101000020e6100000000000fc83d797c1000000fc83d797c1"))
                .put("srid", 4326);
        try (Worker worker = new Worker(settings, wide)) {
            wide.upsert(
                    "c",
                    1L,
                    List.of(5L),
                    List.of(7),
                    List.of(one.toString()),
                    List.of(bytes("b")),
                    Map.of("k", "v"),
                    "{\"a\": 1}",
                    "{\"k\": \"v\"}",
                    "0a",
                    "Cg==",
                    place);
            worker.drain();
            Map<String, String> before = lake.rows("wide").get(0);
            wide.upsert(
                    "u",
                    1L,
                    codes,
                    days,
                    List.of(java.util.UUID.nameUUIDFromBytes(gone).toString()),
                    List.of(bytes(GONE)),
                    Map.of(GONE, GONE),
                    GONE,
                    "{\"" + GONE + "\":\"" + GONE + "\"}",
                    java.util.HexFormat.of().formatHex(gone),
                    java.util.Base64.getEncoder().encodeToString(gone),
                    nowhere);
            worker.drain();
            assertThat(lake.rows("wide")).containsExactly(before);
            // Values that are only like them are values.
            wide.upsert(
                    "u",
                    1L,
                    codes.subList(0, 27),
                    List.of(),
                    List.of(),
                    List.of(bytes(GONE), bytes(GONE)),
                    Map.of(),
                    "[]",
                    "{}",
                    GONE + "x",
                    "",
                    place);
            worker.drain();
        }
        assertThat(lake.rows("wide"))
                .singleElement()
                .satisfies(now -> assertThat(now)
                        .containsEntry("longs", codes.subList(0, 27).toString())
                        .containsEntry("hex", GONE + "x"));
    }

    @Test
    void theyStayAsTheTableHasThemWhereItsTypeIsAnother() throws Exception {
        lake.catalog()
                .createTable(
                        org.apache.iceberg.catalog.TableIdentifier.of("shop", "pages"),
                        new org.apache.iceberg.Schema(
                                List.of(
                                        org.apache.iceberg.types.Types.NestedField.required(
                                                1, "id", org.apache.iceberg.types.Types.LongType.get()),
                                        org.apache.iceberg.types.Types.NestedField.optional(
                                                2, "title", org.apache.iceberg.types.Types.StringType.get()),
                                        org.apache.iceberg.types.Types.NestedField.optional(
                                                3, "body", org.apache.iceberg.types.Types.TimestampType.withZone())),
                                java.util.Set.of(1)),
                        null,
                        Map.of("format-version", "" + formatVersion));
        try (Worker worker = new Worker(settings, topic)) {
            topic.upsert("c", 1L, "one", "2026-01-01T00:00:00Z", bytes("png"), List.of("a"));
            worker.drain();
            unavailable(1, "uno");
            worker.drain();
        }
        assertThat(rows())
                .containsEntry(
                        1L,
                        List.of("uno", "2026-01-01T00:00Z", bytes("png"), List.of("a"))
                                .toString());
    }

    @Test
    void theyAreThoseOfAnEarlierChangeInTheSameCommit() throws Exception {
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "300");
        try (Worker worker = new Worker(settings, topic)) {
            topic.upsert("c", 1L, "one", "old body", bytes("png"), List.of("a"));
            worker.drain();
            unavailable(1, "uno");
            topic.upsert("u", 1L, "due", "new body", bytes(GONE), List.of(GONE));
            unavailable(1, "tre");
            topic.upsert("c", 2L, "two", "second", null, null);
            topic.upsert("u", 2L, "deux", GONE, null, List.of("x"));
            worker.drain();
        }
        assertThat(rows())
                .containsEntry(
                        1L,
                        List.of("tre", "new body", bytes("png"), List.of("a")).toString())
                .containsEntry(2L, "[deux, second, null, [x]]");
    }

    @Test
    void theyFollowTheRowWhenItMovesToAnotherPartition() throws Exception {
        settings.put(TableLayout.DEFAULT_PARTITION_BY, "title");
        try (Worker worker = new Worker(settings, topic)) {
            topic.upsert("c", 1L, "one", "body", null, null);
            worker.drain();
            unavailable(1, "uno");
            worker.drain();
            topic.upsert("u", 1L, GONE, "newer", null, null);
            worker.drain();
        }
        assertThat(rows()).containsEntry(1L, "[uno, newer, null, null]");
    }

    @Test
    void theyAreRightWhenOthersRewriteTheTableMeanwhile() throws Exception {
        Random random = new Random(6);
        Map<Long, String> expected = new HashMap<>();
        try (Worker worker = new Worker(settings, topic)) {
            for (long id = 0; id < 20; id++) {
                topic.upsert("c", id, "t", "body-" + id, null, null);
                expected.put(id, "[t, body-" + id + ", null, null]");
            }
            worker.drain();
            for (int round = 0; round < 15; round++) {
                for (int i = 0; i < 10; i++) {
                    long id = random.nextInt(20);
                    topic.upsert("u", id, "t" + round, GONE, null, null);
                    expected.put(id, "[t" + round + ", body-" + id + ", null, null]");
                }
                worker.poll(100);
                Thread.sleep(random.nextInt(40));
                worker.poll(100);
                ForeignCompaction.tryToCompact(lake.table("pages"), Branch.MAIN);
            }
            worker.drain();
        }
        assertThat(rows()).isEqualTo(expected);
    }

    @Test
    void aRowThatWasNeverThereIsAnErrorOrNullByPolicy() throws Exception {
        unavailable(1, "one");
        try (Worker worker = new Worker(settings, topic)) {
            assertThatThrownBy(() -> Awaitility.await().until(() -> {
                        worker.poll(10);
                        return false;
                    }))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("CONSTRAINT_VIOLATION")
                    .hasMessageContaining("[body, image, tags]");
        }
        settings.put(UnavailableConfig.POLICY, "null");
        Worker.drain(settings, topic);
        assertThat(rows()).containsEntry(1L, "[one, null, null, null]");
    }

    private Map<Long, String> rows() throws Exception {
        Map<Long, String> rows = new HashMap<>();
        try (CloseableIterable<Record> records =
                IcebergGenerics.read(lake.table("pages")).build()) {
            for (Record record : records) {
                String previous = rows.put(
                        (Long) record.getField("id"),
                        Arrays.asList(
                                        record.getField("title"),
                                        record.getField("body"),
                                        record.getField("image"),
                                        record.getField("tags"))
                                .toString());
                assertThat(previous).isNull();
            }
        }
        return rows;
    }
}
