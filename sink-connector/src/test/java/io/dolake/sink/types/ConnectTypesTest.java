/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.config.TypeConfig.Inexact;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.EncodedRow;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.UnavailableValues;
import io.dolake.sink.table.SchemaEvolution;
import io.dolake.sink.write.RowAssembler;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connect value in, through the buffer's bytes, Iceberg value out. */
class ConnectTypesTest {
    private static final Schema VARIABLE_SCALE = SchemaBuilder.struct()
            .name("io.debezium.data.VariableScaleDecimal")
            .field("scale", Schema.INT32_SCHEMA)
            .field("value", Schema.BYTES_SCHEMA)
            .build();

    static Stream<Arguments> values() {
        UUID uuid = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
        return Stream.of(
                arguments(Schema.INT8_SCHEMA, (byte) -3, Types.IntegerType.get(), -3),
                arguments(Schema.INT16_SCHEMA, (short) 300, Types.IntegerType.get(), 300),
                arguments(Schema.INT32_SCHEMA, 1 << 20, Types.IntegerType.get(), 1 << 20),
                arguments(Schema.INT64_SCHEMA, Long.MIN_VALUE, Types.LongType.get(), Long.MIN_VALUE),
                arguments(Schema.FLOAT32_SCHEMA, 1.5f, Types.FloatType.get(), 1.5f),
                arguments(Schema.FLOAT64_SCHEMA, Double.NaN, Types.DoubleType.get(), Double.NaN),
                arguments(Schema.BOOLEAN_SCHEMA, true, Types.BooleanType.get(), true),
                arguments(Schema.STRING_SCHEMA, "Grüße 🍵", Types.StringType.get(), "Grüße 🍵"),
                arguments(Schema.BYTES_SCHEMA, new byte[] {0, -1}, Types.BinaryType.get(), ByteBuffer.wrap(new byte[] {
                    0, -1
                })),
                arguments(
                        Decimal.builder(2)
                                .parameter("connect.decimal.precision", "10")
                                .build(),
                        new BigDecimal("-12.34"),
                        Types.DecimalType.of(10, 2),
                        new BigDecimal("-12.34")),
                arguments(
                        org.apache.kafka.connect.data.Date.SCHEMA,
                        new Date(-86_400_000L),
                        Types.DateType.get(),
                        LocalDate.of(1969, 12, 31)),
                arguments(Time.SCHEMA, new Date(1_000), Types.TimeType.get(), LocalTime.of(0, 0, 1)),
                arguments(
                        Timestamp.SCHEMA,
                        new Date(1),
                        Types.TimestampType.withZone(),
                        OffsetDateTime.parse("1970-01-01T00:00:00.001Z")),
                arguments(int32("io.debezium.time.Date"), 19_000, Types.DateType.get(), LocalDate.of(2022, 1, 8)),
                arguments(int32("io.debezium.time.Time"), 1, Types.TimeType.get(), LocalTime.ofNanoOfDay(1_000_000)),
                arguments(int64("io.debezium.time.MicroTime"), 1L, Types.TimeType.get(), LocalTime.ofNanoOfDay(1_000)),
                arguments(
                        int64("io.debezium.time.NanoTime"), 1_000L, Types.TimeType.get(), LocalTime.ofNanoOfDay(1_000)),
                arguments(
                        int64("io.debezium.time.Timestamp"),
                        -1L,
                        Types.TimestampType.withoutZone(),
                        LocalDateTime.parse("1969-12-31T23:59:59.999")),
                arguments(
                        int64("io.debezium.time.MicroTimestamp"),
                        1L,
                        Types.TimestampType.withoutZone(),
                        LocalDateTime.parse("1970-01-01T00:00:00.000001")),
                arguments(
                        int64("io.debezium.time.NanoTimestamp"),
                        1L,
                        Types.TimestampNanoType.withoutZone(),
                        LocalDateTime.parse("1970-01-01T00:00:00.000000001")),
                arguments(
                        string("io.debezium.time.ZonedTimestamp"),
                        "2026-11-23T13:00:00.123456+01:00",
                        Types.TimestampType.withZone(),
                        OffsetDateTime.parse("2026-11-23T12:00:00.123456Z")),
                arguments(string("io.debezium.data.Uuid"), uuid.toString(), Types.UUIDType.get(), uuid),
                arguments(
                        string("io.debezium.time.IsoDate"),
                        "-0044-03-15Z",
                        Types.DateType.get(),
                        LocalDate.of(-44, 3, 15)),
                arguments(
                        string("io.debezium.time.IsoTime"),
                        "23:59:59.999999Z",
                        Types.TimeType.get(),
                        LocalTime.of(23, 59, 59, 999_999_000)),
                arguments(
                        string("io.debezium.time.IsoTimestamp"),
                        "2026-11-23T12:00:00.5Z",
                        Types.TimestampType.withoutZone(),
                        LocalDateTime.parse("2026-11-23T12:00:00.5")),
                arguments(
                        string("io.debezium.time.ZonedTime"),
                        "23:30:00+01:00",
                        Types.StringType.get(),
                        "23:30:00+01:00"),
                arguments(string("io.debezium.time.Interval"), "P1Y2M", Types.StringType.get(), "P1Y2M"),
                arguments(int64("io.debezium.time.MicroDuration"), -5L, Types.LongType.get(), -5L),
                arguments(int64("io.debezium.time.NanoDuration"), 7L, Types.LongType.get(), 7L),
                arguments(int32("io.debezium.time.Year"), 2026, Types.IntegerType.get(), 2026),
                arguments(
                        SchemaBuilder.bytes()
                                .name("io.debezium.data.Bits")
                                .parameter("length", "9")
                                .build(),
                        new byte[] {3, 1},
                        Types.BinaryType.get(),
                        ByteBuffer.wrap(new byte[] {3, 1})),
                arguments(string("io.debezium.data.EnumSet"), "a,b", Types.StringType.get(), "a,b"),
                arguments(string("io.debezium.data.Xml"), "<a/>", Types.StringType.get(), "<a/>"),
                arguments(string("io.debezium.data.Ltree"), "a.b", Types.StringType.get(), "a.b"),
                arguments(string("io.debezium.data.TsVector"), "'a':1", Types.StringType.get(), "'a':1"),
                arguments(
                        VARIABLE_SCALE,
                        variableScale("-12345678901234567890.5"),
                        Types.StringType.get(),
                        "-12345678901234567890.5"),
                arguments(
                        geometry("Geometry"),
                        point(geometry("Geometry")),
                        Types.BinaryType.get(),
                        ByteBuffer.wrap(new byte[] {1, 2})),
                arguments(
                        geometry("Geography"),
                        point(geometry("Geography")),
                        Types.BinaryType.get(),
                        ByteBuffer.wrap(new byte[] {1, 2})),
                arguments(
                        geometry("Point"),
                        point(geometry("Point")),
                        Types.BinaryType.get(),
                        ByteBuffer.wrap(new byte[] {1, 2})),
                arguments(string("io.debezium.data.Json"), "{}", Types.StringType.get(), "{}"),
                arguments(string("io.debezium.data.Enum"), "a", Types.StringType.get(), "a"));
    }

    static Stream<Arguments> valuesBySetting() {
        return Stream.of(
                arguments(
                        Map.of(TypeConfig.VARIABLE_SCALE, "double"),
                        VARIABLE_SCALE,
                        variableScale("12.50"),
                        Types.DoubleType.get(),
                        "12.5"),
                arguments(
                        Map.of(TypeConfig.VARIABLE_SCALE, "decimal(10, 3)"),
                        VARIABLE_SCALE,
                        variableScale("12.50"),
                        Types.DecimalType.of(10, 3),
                        "12.500"),
                arguments(
                        Map.of(TypeConfig.ZONED_TIME, "time"),
                        string("io.debezium.time.ZonedTime"),
                        "00:30:00+01:00",
                        Types.TimeType.get(),
                        "23:30"),
                // Not a time of day within one day, but a number of microseconds.
                arguments(
                        Map.of(TypeConfig.TIME, "long"),
                        string("io.debezium.time.IsoTime"),
                        "24:00:00Z",
                        Types.LongType.get(),
                        "86400000000"),
                // Texts of a type are texts, and mended as such.
                arguments(
                        Map.of(Inexact.SETTING, "nearest"),
                        string("io.debezium.data.Json"),
                        "\"\ud800\"",
                        Types.StringType.get(),
                        "\"\ufffd\""),
                // In microseconds, less what does not fit in a long, the number of infinity.
                arguments(
                        Map.of(TypeConfig.TIMESTAMP, "string"),
                        int64("io.debezium.time.Timestamp"),
                        9_223_372_036_825_200L + (1L << 61),
                        Types.StringType.get(),
                        "+73363503-03-08T23:48:39.152"),
                arguments(
                        Map.of(TypeConfig.GEOMETRY, "struct"),
                        geometry("Geometry"),
                        point(geometry("Geometry")),
                        null,
                        "Record(java.nio.HeapByteBuffer[pos=0 lim=2 cap=2], 4326)"),
                arguments(
                        Map.of(TypeConfig.JSON, "variant"),
                        string("io.debezium.data.Json"),
                        "{\"b\": [1, 300, 70000, 5000000000, 1.50, 1e300, \"x\", true, null], \"a\": {\"b\": -1}}",
                        Types.VariantType.get(),
                        "Variant(metadata=VariantMetadata(dict={0 => a, 1 => b}), value=VariantObject(fields={"
                                + "a: VariantObject(fields={b: Variant(type=INT8, value=-1)}), "
                                + "b: VariantArray([Variant(type=INT8, value=1), Variant(type=INT16, value=300),"
                                + " Variant(type=INT32, value=70000), Variant(type=INT64, value=5000000000),"
                                + " Variant(type=DECIMAL4, value=1.50), Variant(type=DOUBLE, value=1.0E300),"
                                + " Variant(type=STRING, value=x), Variant(type=BOOLEAN_TRUE, value=true),"
                                + " Variant(type=NULL, value=null)])}))"));
    }

    @ParameterizedTest
    @MethodSource("valuesBySetting")
    void settingsChooseTypes(Map<String, String> settings, Schema schema, Object value, Type type, String expected) {
        Record record = throughTheBuffer(schema, value, config(settings));
        if (type != null) {
            assertThat(record.struct().fields().get(0).type()).isEqualTo(type);
        }
        assertThat(record.get(0)).hasToString(expected);
    }

    @Test
    void whatDoesNotFitItsTypeIsRefused() {
        TypeConfig small = config(Map.of(TypeConfig.VARIABLE_SCALE, "decimal(4,1)"));
        assertThatThrownBy(() -> throughTheBuffer(VARIABLE_SCALE, variableScale("1.25"), small))
                .isInstanceOf(DoLakeException.class)
                .hasMessage("Cannot convert the value of column v: it has more digits than decimal(4, 1)");
        assertThatThrownBy(() -> throughTheBuffer(VARIABLE_SCALE, variableScale("12345"), small))
                .isInstanceOf(DoLakeException.class);
        TypeConfig variant = config(Map.of(TypeConfig.JSON, "variant"));
        for (String text : List.of("{", "{} {}", "")) {
            assertThatThrownBy(() -> throughTheBuffer(string("io.debezium.data.Json"), text, variant))
                    .isInstanceOf(DoLakeException.class)
                    .hasMessageContaining("not JSON");
        }
        assertThatThrownBy(() -> throughTheBuffer(string("io.debezium.time.ZonedTimestamp"), "infinity"))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("column v");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\": 1, \"a\": 2}",
                "[0.1234567890123456789012345678901234567891]",
                "{\"a\": 1e400}",
                "\"\\ud800\"",
                "{\"\\ud800\": 1}"
            })
    void jsonThatAVariantDoesNotHoldIsRefused(String json) {
        TypeConfig variant = config(Map.of(TypeConfig.JSON, "variant"));
        assertThatThrownBy(() -> throughTheBuffer(string("io.debezium.data.Json"), json, variant))
                .isInstanceOf(DoLakeException.class)
                .hasMessageStartingWith("Cannot convert the value of column v: ");
    }

    @Test
    void numbersOfJsonAreTheNearestIfTold() {
        TypeConfig variant = config(Map.of(TypeConfig.JSON, "variant", Inexact.SETTING, "nearest"));
        assertThat(throughTheBuffer(string("io.debezium.data.Json"), "[1e400, 0.1e-50]", variant)
                        .get(0)
                        .toString())
                .contains("value=1.7976931348623157E308", "value=1.0E-51");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "bound", ""})
    void whatBecomesOfInexactValuesIsOneOfThree(String text) {
        assertThatThrownBy(() -> config(Map.of(Inexact.SETTING, text)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(Inexact.SETTING);
    }

    @Test
    void aPlaceholderMayBeGivenAsBytes() {
        UnavailableValues unavailable = new UnavailableValues("hex:00ff7f");
        assertThat(unavailable.isPlaceholder(ByteBuffer.wrap(new byte[] {0, -1, 127})))
                .isTrue();
        assertThat(unavailable.isPlaceholder(List.of(0, -1, 127))).isTrue();
        assertThat(unavailable.isPlaceholder("AP9/")).isTrue();
        assertThat(unavailable.isPlaceholder(List.of(0, -1, 126))).isFalse();
        assertThat(unavailable.isPlaceholder("")).isFalse();
        assertThat(new UnavailableValues("").isPlaceholder("")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"decimal(39, 2)", "decimal(3, 4)", "decimal", "float", ""})
    void scalesThatCannotBeAreRefused(String type) {
        assertThatThrownBy(() -> config(Map.of(TypeConfig.VARIABLE_SCALE, type)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(TypeConfig.VARIABLE_SCALE);
    }

    private static TypeConfig config(Map<String, String> settings) {
        ConfigDef def = new ConfigDef();
        TypeConfig.define(def);
        return TypeConfig.of(new AbstractConfig(def, settings));
    }

    private static Struct variableScale(String number) {
        BigDecimal decimal = new BigDecimal(number);
        return new Struct(VARIABLE_SCALE)
                .put("scale", decimal.scale())
                .put("value", decimal.unscaledValue().toByteArray());
    }

    private static Schema geometry(String name) {
        return SchemaBuilder.struct()
                .name("io.debezium.data.geometry." + name)
                .field("wkb", Schema.BYTES_SCHEMA)
                .field("srid", Schema.OPTIONAL_INT32_SCHEMA)
                .build();
    }

    private static Struct point(Schema schema) {
        return new Struct(schema).put("wkb", new byte[] {1, 2}).put("srid", 4326);
    }

    @ParameterizedTest
    @MethodSource("values")
    void valuesArriveAsTheirIcebergType(Schema schema, Object value, Type type, Object expected) {
        Record record = throughTheBuffer(schema, value);
        assertThat(record.struct().fields().get(0).type()).isEqualTo(type);
        assertThat(record.get(0)).isEqualTo(expected);
    }

    @Test
    void nestedValuesArriveWhole() {
        Schema inner = SchemaBuilder.struct().field("x", Schema.INT32_SCHEMA).build();
        Schema list = SchemaBuilder.array(inner).build();
        Schema map = SchemaBuilder.map(Schema.STRING_SCHEMA, list).build();
        Object value = Map.of("k", List.of(new Struct(inner).put("x", 7)));
        Object result = throughTheBuffer(map, value).get(0);
        assertThat(result.toString()).isEqualTo("{k=[Record(7)]}");
    }

    @Test
    void aDecimalThatDoesNotFitIsRefused() {
        Schema schema =
                Decimal.builder(2).parameter("connect.decimal.precision", "4").build();
        assertThatThrownBy(() -> throughTheBuffer(schema, new BigDecimal("123.45")))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("decimal(4, 2)");
    }

    private static Record throughTheBuffer(Schema schema, Object value) {
        return throughTheBuffer(schema, value, TypeConfig.DEFAULT);
    }

    private static Record throughTheBuffer(Schema schema, Object value, TypeConfig config) {
        Schema row = SchemaBuilder.struct().field("v", schema).build();
        RowShape shape = RowShape.of(row, List.of(), Set.of(), new ConnectTypes(config));
        byte[] bytes = RowCodec.encode(
                shape,
                shape.values(new Struct(row).put("v", value), new UnavailableValues("").none()),
                new ByteOutput(16));
        return new RowAssembler(shape, SchemaEvolution.initial(shape, false)).assemble(EncodedRow.of(bytes));
    }

    private static Schema int32(String name) {
        return SchemaBuilder.int32().name(name).build();
    }

    private static Schema int64(String name) {
        return SchemaBuilder.int64().name(name).build();
    }

    private static Schema string(String name) {
        return SchemaBuilder.string().name(name).build();
    }
}
