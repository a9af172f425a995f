/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values are the same in the lake, read by Iceberg's own reader, or their record is refused. */
class ValuesIT {
    @AutoClose
    private Lake lake;

    private Map<String, String> settings;

    @BeforeEach
    void openLake(@TempDir Path directory) {
        lake = new Lake(directory);
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
            assertThat(errors.get(i)).as(refused.get(i).line()).startsWith("Cannot take the value of column v");
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

    /** A type, and what the lake has for a number of it by arithmetic that does not overflow; null: it is refused. */
    private record Numbered(String name, Function<BigInteger, Object> expected) {
        Schema schema() {
            return SchemaBuilder.int64().name("io.debezium.time." + name).build();
        }
    }

    private static final List<Numbered> NUMBERED = List.of(
            new Numbered("MicroTime", number -> time(number.multiply(BigInteger.valueOf(1000)))),
            new Numbered("NanoTime", ValuesIT::time),
            new Numbered("Timestamp", number -> timestamp(number.multiply(BigInteger.valueOf(1_000_000)))),
            new Numbered("MicroTimestamp", number -> timestamp(number.multiply(BigInteger.valueOf(1000)))),
            new Numbered("NanoTimestamp", ValuesIT::local));

    private static Object time(BigInteger nanos) {
        boolean isTime = nanos.signum() >= 0
                && nanos.compareTo(BigInteger.valueOf(86_400_000_000_000L)) < 0
                && nanos.mod(BigInteger.valueOf(1000)).signum() == 0;
        return isTime ? LocalTime.ofNanoOfDay(nanos.longValueExact()) : null;
    }

    private static Object timestamp(BigInteger nanos) {
        BigInteger micros = nanos.divide(BigInteger.valueOf(1000));
        boolean isInfinity = micros.equals(new BigInteger("9223372036825200000"))
                || micros.equals(new BigInteger("-9223372036832400000"));
        return isInfinity || micros.bitLength() > 63 ? null : local(nanos);
    }

    private static Object local(BigInteger nanos) {
        BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(1_000_000_000));
        try {
            return LocalDateTime.ofInstant(
                    Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact()), ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static long number(Random random) {
        long[] near = {
            0,
            86_400_000L,
            86_400_000_000L,
            86_400_000_000_000L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            Long.MAX_VALUE / 1000,
            Long.MIN_VALUE / 1000,
            9_223_372_036_825_200_000L,
            -9_223_372_036_832_400_000L,
            253_402_300_800_000L
        };
        long base = near[random.nextInt(near.length)];
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> Math.floorMod(random.nextLong(), 86_400_000_000L) * 1000;
            default -> base + random.nextInt(5) - 2;
        };
    }

    @Test
    void randomNumbersOfTimesAreThatTimeOrRefused() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("randomNumbersOfTimesAreThatTimeOrRefused: -Dseed=" + seed);
        Random random = new Random(seed);
        for (Numbered type : NUMBERED) {
            FakeTopic topic = topic(type.name())
                    .shape(
                            SchemaBuilder.struct()
                                    .field("id", Schema.INT64_SCHEMA)
                                    .field("v", type.schema())
                                    .build(),
                            "id");
            Map<Long, Object> expected = new TreeMap<>();
            for (long id = 0; id < 500; id++) {
                long number = number(random);
                topic.upsert("c", id, number);
                Object value = type.expected().apply(BigInteger.valueOf(number));
                if (value != null) {
                    expected.put(id, value);
                }
            }
            // A table that exists, if nothing fits by chance.
            topic.upsert("c", 500L, 0L);
            expected.put(500L, type.expected().apply(BigInteger.ZERO));
            Worker.drain(settings, topic);
            Map<Long, Object> actual = new TreeMap<>();
            try (CloseableIterable<Record> records =
                    IcebergGenerics.read(lake.table(type.name())).build()) {
                records.forEach(record -> actual.put((Long) record.getField("id"), record.getField("v")));
            }
            assertThat(actual).as(type.name()).isEqualTo(expected);
            assertThat(lake.rows("dead"))
                    .filteredOn(row -> row.get("topic").endsWith(type.name()))
                    .hasSize(501 - expected.size());
        }
    }

    @Test
    void randomDaysAreThatDay() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("randomDaysAreThatDay: -Dseed=" + seed);
        Random random = new Random(seed);
        Schema day = SchemaBuilder.int32().name("io.debezium.time.Date").build();
        FakeTopic topic = topic("days")
                .shape(
                        SchemaBuilder.struct()
                                .field("id", Schema.INT64_SCHEMA)
                                .field("v", day)
                                .build(),
                        "id");
        Map<Long, Object> expected = new TreeMap<>();
        for (long id = 0; id < 500; id++) {
            int days = random.nextInt() >> random.nextInt(32);
            topic.upsert("c", id, days);
            expected.put(id, LocalDate.ofEpochDay(days));
        }
        Worker.drain(settings, topic);
        Map<Long, Object> actual = new TreeMap<>();
        try (CloseableIterable<Record> records =
                IcebergGenerics.read(lake.table("days")).build()) {
            records.forEach(record -> actual.put((Long) record.getField("id"), record.getField("v")));
        }
        assertThat(actual).isEqualTo(expected);
    }
}
