/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dolake.schemas.DoLakeException;
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

/** Connect value in, through the buffer's bytes, Iceberg value out. */
class ConnectTypesTest {
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
                        int64("io.debezium.time.NanoTime"), 1_999L, Types.TimeType.get(), LocalTime.ofNanoOfDay(1_000)),
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
                arguments(string("io.debezium.data.Json"), "{}", Types.StringType.get(), "{}"),
                arguments(string("io.debezium.data.Enum"), "a", Types.StringType.get(), "a"));
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
        Schema row = SchemaBuilder.struct().field("v", schema).build();
        RowShape shape = RowShape.of(row, List.of(), Set.of());
        byte[] bytes = RowCodec.encode(shape, shape.values(new Struct(row).put("v", value)), new ByteSink(16));
        return new RowAssembler(shape, SchemaEvolution.initial(shape, false)).assemble(Slice.of(bytes));
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
