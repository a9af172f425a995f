/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.config.TypeConfig.Inexact;
import io.dolake.sink.testkit.BoundaryValues;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.ValueTables;
import io.dolake.sink.testkit.Worker;
import io.dolake.sink.types.SemanticTypesTest;
import io.dolake.sink.values.Sample;
import io.dolake.sink.values.SemanticType;
import io.dolake.sink.values.SemanticTypes;
import io.dolake.sink.values.Shown;
import io.dolake.sink.values.TypeSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values are the same in the lake, read by Iceberg's own reader, or their record is refused. */
class ValuesIT extends LakeTest {
    private Map<String, String> settings;

    @BeforeEach
    void prepare() {
        settings = lake.settings("dolake-sink");
        settings.put(DeadLetterConfig.TABLE, "shop.dead");
    }

    private static FakeTopic topic(String table) {
        return new FakeTopic("dosql.shop." + table, 0, table);
    }

    /** The only row of a table, read whole. */
    private Record onlyRow(String table) throws IOException {
        try (CloseableIterable<Record> records =
                IcebergGenerics.read(lake.table(table)).build()) {
            List<Record> rows = new ArrayList<>();
            records.forEach(rows::add);
            assertThat(rows).hasSize(1);
            return rows.get(0);
        }
    }

    /** FAULTS C4, C13, and the ends of all types. */
    @Test
    void valuesAtTheEndsOfTheirTypesAreKept() throws Exception {
        List<BoundaryValues> kept = BoundaryValues.all().stream()
                .filter(value -> !value.isRefused())
                .toList();
        SchemaBuilder row = SchemaBuilder.struct();
        for (int i = 0; i < kept.size(); i++) {
            row.field("v" + i, kept.get(i).value().schema());
        }
        Struct values = new Struct(row.build());
        for (int i = 0; i < kept.size(); i++) {
            values.put("v" + i, kept.get(i).value().value());
        }
        FakeTopic topic = topic("kept").add(null, values);
        Worker.drain(settings, topic);
        Record record = onlyRow("kept");
        for (int i = 0; i < kept.size(); i++) {
            Type type = record.struct().field("v" + i).type();
            String name =
                    type.isNestedType() ? type.typeId().name().toLowerCase(java.util.Locale.ROOT) : type.toString();
            assertThat(name).as(kept.get(i).line()).isEqualTo(kept.get(i).type());
            assertThat(BoundaryValues.text(record.getField("v" + i)))
                    .as(kept.get(i).line())
                    .isEqualTo(kept.get(i).expected());
        }
    }

    /** FAULTS C3, C5: each goes to the dead letters, with its column, and is not quoted. */
    @Test
    void valuesPastTheEndsAreRefusedOneByOne() {
        List<BoundaryValues> refused =
                BoundaryValues.all().stream().filter(BoundaryValues::isRefused).toList();
        FakeTopic topic = topic("refused");
        for (BoundaryValues value : refused) {
            Schema row =
                    SchemaBuilder.struct().field("v", value.value().schema()).build();
            topic.add(null, new Struct(row).put("v", value.value().value()));
        }
        topic.add(
                null,
                new Struct(SchemaBuilder.struct()
                                .field("id", Schema.INT64_SCHEMA)
                                .build())
                        .put("id", 1L));
        Worker.drain(settings, topic);
        Map<Integer, String> errors = new TreeMap<>();
        lake.rows("dead").forEach(row -> errors.put(Integer.valueOf(row.get("offset")), row.get("error")));
        for (int i = 0; i < refused.size(); i++) {
            assertThat(errors.get(i)).as(refused.get(i).line()).startsWith("Cannot convert the value of column v");
            String text = String.valueOf(refused.get(i).value().value());
            assertThat(text.length() > 9 && errors.get(i).contains(text)).isFalse();
        }
        assertThat(errors).hasSize(refused.size());
        assertThat(lake.rows("refused")).containsExactly(Map.of("id", "1"));
    }

    @Test
    void theNearestOrNullIsTakenIfToldOutsideTheKey() {
        Schema time = SchemaBuilder.int64()
                .name("io.debezium.time.MicroTime")
                .optional()
                .build();
        Schema at = SchemaBuilder.int64().name("io.debezium.time.Timestamp").build();
        Schema row = SchemaBuilder.struct()
                .field(
                        "id",
                        SchemaBuilder.int64().name("io.debezium.time.MicroTime").build())
                .field("time", time)
                .field("at", at)
                .field("text", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        FakeTopic topic = topic("near")
                .shape(row, "id")
                .upsert("c", 1L, 108_000_000_000L, 0L, "a\ud800")
                .upsert("c", 2L, -1L, 1L, "\ud83c\udf75")
                .upsert("c", 86_400_000_000L, 0L, 2L, null);
        settings.put(Inexact.SETTING, "nearest");
        topic.upsert("c", 3L, 0L, Long.MIN_VALUE, null);
        Worker.drain(settings, topic);
        assertThat(lake.rows("near"))
                .extracting(entry -> entry.get("time") + " " + entry.get("at") + " " + entry.get("text"))
                .containsExactlyInAnyOrder(
                        "23:59:59.999999 1970-01-01T00:00 a\ufffd",
                        "00:00 1970-01-01T00:00:00.001 \ud83c\udf75",
                        "00:00 -290308-12-21T19:59:05.224192 null");
        assertThat(lake.rows("dead"))
                .singleElement()
                .satisfies(dead -> assertThat(dead)
                        .containsEntry("offset", "2")
                        .hasEntrySatisfying("error", error -> assertThat(error).contains("column id")));

        settings.put(Inexact.SETTING, "null");
        settings.put("name", "nulls");
        settings.put(SinkConfig.TABLE_TEMPLATE, "nulls.{table}");
        settings.put(DeadLetterConfig.TABLE, "nulls.dead");
        Worker.drain(settings, topic);
        assertThat(Lake.rows(
                        lake.catalog().loadTable(org.apache.iceberg.catalog.TableIdentifier.of("nulls", "near")), null))
                .extracting(entry -> entry.get("time") + " " + entry.get("at") + " " + entry.get("text"))
                .containsExactlyInAnyOrder("null 1970-01-01T00:00 null", "null 1970-01-01T00:00:00.001 \ud83c\udf75");
        // The key, and a column that has no null.
        assertThat(Lake.rows(
                        lake.catalog().loadTable(org.apache.iceberg.catalog.TableIdentifier.of("nulls", "dead")), null))
                .extracting(dead -> dead.get("offset"))
                .containsExactlyInAnyOrder("2", "3");
    }

    @Test
    void timesAndTimestampsAreTextsOrNumbersIfTold() {
        Schema row = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field(
                        "time",
                        SchemaBuilder.int64().name("io.debezium.time.MicroTime").build())
                .field(
                        "at",
                        SchemaBuilder.int64()
                                .name("io.debezium.time.MicroTimestamp")
                                .build())
                .field(
                        "zoned",
                        SchemaBuilder.string()
                                .name("io.debezium.time.ZonedTimestamp")
                                .build())
                .build();
        FakeTopic topic = topic("texts")
                .shape(row, "id")
                .upsert("c", 1L, 108_000_000_000L, 9_223_372_036_825_200_000L, "infinity")
                .upsert("c", 2L, -3_020_399_000_001L, 1L, "2026-11-30T12:00:00Z");
        settings.put(TypeConfig.TIME, "string");
        settings.put(TypeConfig.TIMESTAMP, "string");
        Worker.drain(settings, topic);
        assertThat(lake.rows("texts"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "time", "30:00:00", "at", "infinity", "zoned", "infinity"),
                        Map.of(
                                "id",
                                "2",
                                "time",
                                "-838:59:59.000001",
                                "at",
                                "1970-01-01T00:00:00.000001",
                                "zoned",
                                "2026-11-30T12:00:00Z"));
        settings.put(TypeConfig.TIME, "long");
        settings.put("name", "longs");
        settings.put(SinkConfig.TABLE_TEMPLATE, "longs.{table}");
        Worker.drain(settings, topic);
        assertThat(Lake.rows(
                        lake.catalog().loadTable(org.apache.iceberg.catalog.TableIdentifier.of("longs", "texts")),
                        null))
                .extracting(entry -> entry.get("time"))
                .containsExactlyInAnyOrder("108000000000", "-3020399000001");
    }

    @Test
    void columnsThatCountOtherThingsInTheSameTypeAreNotTakenForEachOther() {
        FakeTopic topic = topic("mixed");
        for (String name : List.of("Time", "MicroTime", "NanoTime")) {
            SchemaBuilder time = name.equals("Time") ? SchemaBuilder.int32() : SchemaBuilder.int64();
            Schema row = SchemaBuilder.struct()
                    .field("id", Schema.STRING_SCHEMA)
                    .field("v", time.name("io.debezium.time." + name).build())
                    .build();
            topic.shape(row, "id").upsert("c", name, name.equals("Time") ? (Object) 1_000 : 1_000L);
        }
        Worker.drain(settings, topic);
        assertThat(lake.rows("mixed"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "Time", "v", "00:00:01"),
                        Map.of("id", "MicroTime", "v", "00:00:00.001"),
                        Map.of("id", "NanoTime", "v", "00:00:00.000001"));
    }

    /** As Postgres' {@code valid_to timestamptz NOT NULL DEFAULT 'infinity'}. */
    @Test
    void aDefaultThatTheLakeHasNotKeepsNoRowWithAnotherValueOut() {
        SchemaBuilder until = SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp");
        FakeTopic topic = topic("offers")
                .shape(
                        SchemaBuilder.struct()
                                .field("id", Schema.INT64_SCHEMA)
                                .field("until", until.defaultValue("infinity").build())
                                .build(),
                        "id")
                .upsert("c", 1L, "2026-12-01T00:00:00Z")
                .upsert("c", 2L, "infinity");
        Worker.drain(settings, topic);
        assertThat(lake.rows("offers")).containsExactly(Map.of("id", "1", "until", "2026-12-01T00:00Z"));
        assertThat(lake.rows("dead")).extracting(row -> row.get("offset")).containsExactly("1");
    }

    /** Each value alone: {@link SemanticTypesTest}. */
    @ParameterizedTest
    @ValueSource(strings = {"append", "upsert"})
    void randomValuesOfAllTypesAreWhatTheyWere(String mode) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("randomValuesOfAllTypesAreWhatTheyWere: -Dseed=" + seed);
        Random random = new Random(seed);
        List<SemanticType> types = new ArrayList<>(SemanticTypes.single());
        types.addAll(SemanticTypes.nested(random, 20));
        TypeSettings chosen = TypeSettings.draw(random);
        Sample sample = Sample.draw(random, types, chosen, 100);
        settings.putAll(chosen.toMap());
        settings.put(InputConfig.MODE, mode);
        FakeTopic topic =
                topic("all").shape(sample.schema(), mode.equals("upsert") ? new String[] {"id"} : new String[0]);
        for (Struct row : sample.rows()) {
            topic.upsert("c", row.schema().fields().stream().map(row::get).toArray());
        }
        Worker.drain(settings, topic);
        assertThat(lake.exists("dead")).as("seed %s: %s", seed, errors()).isFalse();
        Map<Long, Record> records = new TreeMap<>();
        try (CloseableIterable<Record> all =
                IcebergGenerics.read(lake.table("all")).build()) {
            all.forEach(record -> records.put((Long) record.getField("id"), record));
        }
        assertThat(records).hasSize(sample.rows().size());
        records.forEach((id, record) -> {
            for (int i = 0; i < types.size(); i++) {
                assertThat(Shown.text(ValueTables.plain(record.getField("v" + i))))
                        .as(sample.of(i, seed))
                        .isEqualTo(sample.expected().get(id.intValue()).get(i));
            }
        });
    }

    private List<String> errors() {
        return lake.exists("dead")
                ? lake.rows("dead").stream().map(row -> row.get("error")).toList()
                : List.of();
    }
}
