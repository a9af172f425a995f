/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SchemaPolicy;
import io.dolake.sink.config.TableMode;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows whose types are not those of the table: their values are converted, exactly, or they are refused; FAULTS C7 and
 * C8.
 */
class ConversionIT extends LakeTest {
    private static final TableIdentifier ORDERS = TableIdentifier.of("shop", "orders");

    private Map<String, String> settings;
    private final FakeTopic topic = new FakeTopic("dosql.shop.orders", 0, "orders");

    @BeforeEach
    void prepare() {
        settings = lake.settings("dolake-sink");
        settings.put(DeadLetterConfig.TABLE, "shop.dead");
    }

    /** A table that somebody else has made, with a column {@code v} of this type. */
    private void createTable(Type type) {
        lake.catalog()
                .createTable(
                        ORDERS,
                        new Schema(
                                List.of(
                                        Types.NestedField.required(1, "id", Types.LongType.get()),
                                        Types.NestedField.optional(2, "v", type)),
                                java.util.Set.of(1)),
                        null,
                        Map.of("format-version", "3"));
    }

    private static SchemaBuilder row(org.apache.kafka.connect.data.Schema v) {
        return SchemaBuilder.struct()
                .field("id", org.apache.kafka.connect.data.Schema.INT64_SCHEMA)
                .field("v", v);
    }

    private Map<String, String> values() {
        Map<String, String> values = new HashMap<>();
        lake.rows("orders").forEach(row -> values.put(row.get("id"), row.get("v")));
        return values;
    }

    private List<String> errors() {
        return lake.exists("dead")
                ? lake.rows("dead").stream().map(row -> row.get("error")).toList()
                : List.of();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "timestamptz; 2026-11-30T12:00:00+01:00; 2026-11-30T11:00Z; 2026-11-30T12:00:00",
                "timestamptz; 9999-12-31 23:59:59Z; 9999-12-31T23:59:59Z; infinity",
                "timestamp; 2026-11-30 12:00:00.5; 2026-11-30T12:00:00.500; 2026-11-30T12:00:00Z",
                "timestamp_ns; 2026-11-30T12:00:00.123456789; 2026-11-30T12:00:00.123456789; 2300-01-01T00:00:00",
                "timestamp_ns; 1677-09-21T00:12:43.145224192; 1677-09-21T00:12:43.145224192; 1677-09-21T00:12:43.145224191",
                "date; 2026-11-30; 2026-11-30; 30.11.2026",
                "time; 23:59:59.999999; 23:59:59.999999; 24:00:00",
                "decimal(12,4); -12.5; -12.5000; 0.00001",
                "decimal(12,4); 12345678; 12345678.0000; 007",
                "uuid; 0F8FAD5B-d9cb-469f-a165-70867728950e; 0f8fad5b-d9cb-469f-a165-70867728950e; 1-1-1-1-1",
                "boolean; TRUE; true; 1",
            })
    void textsBecomeWhatTheTableHas(String type, String text, String expected, String odd) {
        createTable(type.equals("boolean") ? Types.BooleanType.get() : Types.fromPrimitiveString(type));
        topic.shape(
                        row(org.apache.kafka.connect.data.Schema.OPTIONAL_STRING_SCHEMA)
                                .build(),
                        "id")
                .upsert("c", 1L, text)
                .upsert("c", 2L, odd)
                .upsert("c", 3L, null);
        Worker.drain(settings, topic);
        Map<String, String> wanted = new HashMap<>(Map.of("1", expected));
        wanted.put("3", "null");
        assertThat(values()).isEqualTo(wanted);
        assertThat(lake.table("orders").schema().findType("v")).hasToString(type.replace(",", ", "));
        assertThat(errors())
                .singleElement()
                .satisfies(error -> assertThat(error).contains("column v").doesNotContain(odd));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "double; 10; 10.0; 9007199254740993",
                "float; 16777216; 1.6777216E7; 16777217",
                "decimal(12,4); 10; 10.0000; 123456789",
                "int; -2147483648; -2147483648; 2147483648",
            })
    void wholeNumbersBecomeWhatTheTableHas(String type, long number, String expected, long odd) {
        createTable(Types.fromPrimitiveString(type));
        topic.shape(
                        row(org.apache.kafka.connect.data.Schema.OPTIONAL_INT64_SCHEMA)
                                .build(),
                        "id")
                .upsert("c", 1L, number)
                .upsert("c", 2L, odd);
        Worker.drain(settings, topic);
        assertThat(values()).isEqualTo(Map.of("1", expected));
        assertThat(lake.table("orders").schema().findType("v")).hasToString(type.replace(",", ", "));
        assertThat(errors())
                .singleElement()
                .satisfies(error -> assertThat(error).contains("column v"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "decimal(12,4); 10.1; 10.1000; 1e300",
                "decimal(12,4); -0.0001; -0.0001; NaN",
                "decimal(38,0); 4611686018427387904; 4611686018427387904; 1e39",
                "long; 10; 10; 10.5",
                "long; -9223372036854775808; -9223372036854775808; 9223372036854775808",
                "int; 7; 7; 1e10",
                "float; 0.5; 0.5; 0.1",
            })
    void otherNumbersBecomeWhatTheTableHas(String type, double number, String expected, double odd) {
        createTable(Types.fromPrimitiveString(type));
        topic.shape(
                        row(org.apache.kafka.connect.data.Schema.OPTIONAL_FLOAT64_SCHEMA)
                                .build(),
                        "id")
                .upsert("c", 1L, number)
                .upsert("c", 2L, odd);
        Worker.drain(settings, topic);
        assertThat(values()).isEqualTo(Map.of("1", expected));
        assertThat(errors()).hasSize(1);
    }

    @Test
    void conversionsReachIntoListsAndStructs() {
        createTable(Types.ListType.ofOptional(
                3,
                Types.StructType.of(
                        Types.NestedField.optional(4, "at", Types.TimestampType.withZone()),
                        Types.NestedField.optional(5, "n", Types.DecimalType.of(5, 1)))));
        org.apache.kafka.connect.data.Schema item = SchemaBuilder.struct()
                .field("at", org.apache.kafka.connect.data.Schema.STRING_SCHEMA)
                .field("n", org.apache.kafka.connect.data.Schema.INT32_SCHEMA)
                .build();
        var row = row(SchemaBuilder.array(item).build()).build();
        var fits = new org.apache.kafka.connect.data.Struct(item)
                .put("at", "2026-01-01T00:00:00Z")
                .put("n", 7);
        var fitsNot = new org.apache.kafka.connect.data.Struct(item)
                .put("at", "today")
                .put("n", 7);
        topic.shape(row, "id").upsert("c", 1L, List.of(fits)).upsert("c", 2L, List.of(fits, fitsNot));
        Worker.drain(settings, topic);
        assertThat(values()).isEqualTo(Map.of("1", "[Record(2026-01-01T00:00Z, 7.0)]"));
        assertThat(errors())
                .singleElement()
                .satisfies(error -> assertThat(error).contains("column v[1].at"));
    }

    @Test
    void typesOfRowsOfOneCommitNeedNotAgreeButWithTheTables() {
        createTable(Types.DecimalType.of(12, 4));
        topic.shape(row(org.apache.kafka.connect.data.Schema.STRING_SCHEMA).build(), "id")
                .upsert("c", 1L, "1.5");
        topic.shape(row(org.apache.kafka.connect.data.Schema.FLOAT64_SCHEMA).build(), "id")
                .upsert("c", 2L, 2.5);
        topic.shape(row(org.apache.kafka.connect.data.Schema.INT32_SCHEMA).build(), "id")
                .upsert("c", 3L, 3);
        topic.shape(row(org.apache.kafka.connect.data.Schema.BOOLEAN_SCHEMA).build(), "id")
                .upsert("c", 4L, true);
        Worker.drain(settings, topic);
        assertThat(values()).isEqualTo(Map.of("1", "1.5000", "2", "2.5000", "3", "3.0000"));
        assertThat(errors())
                .singleElement()
                .satisfies(error -> assertThat(error).contains("column v is decimal(12, 4), the rows have boolean"));
    }

    @Test
    void aTableOfOthersIsWidenedOnlyIfItSaysThatItIsOurs() {
        createTable(Types.IntegerType.get());
        topic.shape(row(org.apache.kafka.connect.data.Schema.INT64_SCHEMA).build(), "id")
                .upsert("c", 1L, 5L)
                .upsert("c", 2L, 1L << 40);
        Worker.drain(settings, topic);
        assertThat(values()).isEqualTo(Map.of("1", "5"));
        lake.table("orders")
                .updateProperties()
                .set(TableMode.PROPERTY, "upsert")
                .commit();
        topic.upsert("c", 3L, 1L << 40);
        Worker.drain(settings, topic);
        assertThat(values()).isEqualTo(Map.of("1", "5", "3", "" + (1L << 40)));
    }

    @Test
    void aKeyIsNotConvertedSinceItWouldNotBeFound() {
        lake.catalog()
                .createTable(
                        ORDERS,
                        new Schema(
                                List.of(
                                        Types.NestedField.required(1, "id", Types.UUIDType.get()),
                                        Types.NestedField.optional(2, "v", Types.LongType.get())),
                                java.util.Set.of(1)),
                        null,
                        Map.of("format-version", "3"));
        topic.shape(
                        SchemaBuilder.struct()
                                .field("id", org.apache.kafka.connect.data.Schema.STRING_SCHEMA)
                                .field("v", org.apache.kafka.connect.data.Schema.INT64_SCHEMA)
                                .build(),
                        "id")
                .upsert("c", "0f8fad5b-d9cb-469f-a165-70867728950e", 1L);
        Worker.drain(settings, topic);
        assertThat(lake.rows("orders")).isEmpty();
        assertThat(errors())
                .singleElement()
                .satisfies(error -> assertThat(error).contains("column id is uuid, the rows have string"));
    }

    private static Map<String, Object> json(long id, Object v) {
        return Map.of("id", id, "v", v);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void numbersOfRecordsWithoutASchemaDoNotDependOnTheirOrder(boolean isWholeFirst) {
        List<Object> numbers = isWholeFirst ? List.of(10L, 10.5, 1L << 53) : List.of(10.5, 1L << 53, 10L);
        for (Object number : numbers) {
            topic.add(null, Map.of("id", (long) topic.records.size()), null, json(topic.records.size(), number));
            Worker.drain(settings, topic);
        }
        assertThat(values().values()).containsExactlyInAnyOrder("10.0", "10.5", "9.007199254740992E15");
        assertThat(errors()).isEmpty();
    }

    @Test
    void wholeNumbersPastWhatADoubleHasAreLongOrRefused() {
        topic.add(null, Map.of("id", 1L), null, json(1, (1L << 53) + 1));
        Worker.drain(settings, topic);
        topic.add(null, Map.of("id", 2L), null, json(2, 7L)).add(null, Map.of("id", 3L), null, json(3, 7.5));
        Worker.drain(settings, topic);
        assertThat(values()).isEqualTo(Map.of("1", "9007199254740993", "2", "7"));
        assertThat(errors())
                .singleElement()
                .satisfies(error -> assertThat(error).contains("column v"));
    }

    @Test
    void wholeNumbersAreLongIfToldAndInOneCommitWithOthersDouble() {
        settings.put(TypeConfig.WHOLE_NUMBER, "long");
        topic.add(null, Map.of("id", 1L), null, Map.of("id", 1L, "v", 10L, "n", 1L))
                .add(null, Map.of("id", 2L), null, Map.of("id", 2L, "v", 10.5, "n", 2L))
                .add(null, Map.of("id", 3L), null, Map.of("id", 3L, "v", "ten", "n", 3L));
        Worker.drain(settings, topic);
        assertThat(values()).isEqualTo(Map.of("1", "10.0", "2", "10.5"));
        assertThat(lake.table("orders").schema().findType("n")).isEqualTo(Types.LongType.get());
        assertThat(errors()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"append", "changelog", "upsert"})
    void wholeNumbersOfTheRecordsKeyAreLongInTablesOfAllModes(String mode) {
        settings.put(InputConfig.MODE, mode);
        topic.add(null, Map.of("id", 1L), null, json(1, 10L));
        Worker.drain(settings, topic);
        assertThat(lake.table("orders").schema().findType("id")).isEqualTo(Types.LongType.get());
        assertThat(lake.table("orders").schema().findType("v")).isEqualTo(Types.DoubleType.get());
    }

    @Test
    void wholeNumbersStayInColumnsOfWholeNumbersWhereOtherTypesGetTheirOwn() {
        settings.put(SchemaPolicy.INCOMPATIBLE, "new-column");
        settings.put(TypeConfig.WHOLE_NUMBER, "long");
        topic.add(null, Map.of("id", 1L), null, json(1, 10L));
        Worker.drain(settings, topic);
        settings.remove(TypeConfig.WHOLE_NUMBER);
        topic.add(null, Map.of("id", 2L), null, json(2, 11L)).add(null, Map.of("id", 3L), null, json(3, 11.5));
        Worker.drain(settings, topic);
        assertThat(values().values()).containsExactlyInAnyOrder("10", "11", "null");
        assertThat(lake.rows("orders"))
                .extracting(row -> row.get("v_double"))
                .containsExactlyInAnyOrder("null", "null", "11.5");
    }
}
