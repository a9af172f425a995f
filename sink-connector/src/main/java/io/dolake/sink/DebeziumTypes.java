/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Debezium's semantic types (package {@code io.debezium}, by the names of its documentation) that are more than their Connect
 * type says. Those that are not here, such as Enum, EnumSet, Xml, Ltree, TsVector, Bits, Year, Interval, MicroDuration and the
 * vectors, are taken as their Connect type.
 */
final class DebeziumTypes {
    private static final long NANOS_PER_MICRO = 1_000;

    private final TypeConfig config;

    DebeziumTypes(TypeConfig config) {
        this.config = config;
    }

    /** Null if the schema is none of them. */
    ConnectTypes.Mapped map(Schema schema) {
        return switch (schema.name()) {
            case "io.debezium.time.Date" -> mapped(Types.DateType.get(), value -> ((Number) value).intValue());
            case "io.debezium.time.Time" -> mapped(Types.TimeType.get(), value -> number(value) * 1000L);
            case "io.debezium.time.MicroTime" -> mapped(Types.TimeType.get(), DebeziumTypes::number);
            case "io.debezium.time.NanoTime" ->
                mapped(Types.TimeType.get(), value -> Math.floorDiv(number(value), NANOS_PER_MICRO));
            case "io.debezium.time.Timestamp" ->
                mapped(Types.TimestampType.withoutZone(), value -> number(value) * 1000L);
            case "io.debezium.time.MicroTimestamp" -> mapped(Types.TimestampType.withoutZone(), DebeziumTypes::number);
            case "io.debezium.time.NanoTimestamp" ->
                mapped(Types.TimestampNanoType.withoutZone(), DebeziumTypes::number);
            case "io.debezium.time.ZonedTimestamp" ->
                mapped(Types.TimestampType.withZone(), value -> micros(OffsetDateTime.parse((String) value)));
            case "io.debezium.time.ZonedTime" -> zonedTime();
            case "io.debezium.time.IsoDate" ->
                mapped(Types.DateType.get(), value -> (int) LocalDate.parse((String) value, DateTimeFormatter.ISO_DATE)
                        .toEpochDay());
            case "io.debezium.time.IsoTime" ->
                mapped(
                        Types.TimeType.get(),
                        value -> micros(LocalTime.parse((String) value, DateTimeFormatter.ISO_TIME)));
            case "io.debezium.time.IsoTimestamp" ->
                mapped(
                        Types.TimestampType.withoutZone(),
                        value -> micros(LocalDateTime.parse((String) value, DateTimeFormatter.ISO_DATE_TIME)
                                .atOffset(ZoneOffset.UTC)));
            case "io.debezium.data.Uuid" -> mapped(Types.UUIDType.get(), value -> UUID.fromString((String) value));
            case "io.debezium.data.Json" -> json();
            case "io.debezium.data.VariableScaleDecimal" -> variableScale();
            case "io.debezium.data.geometry.Geometry",
                    "io.debezium.data.geometry.Geography",
                    "io.debezium.data.geometry.Point" ->
                config.geometryAsStruct()
                        ? null
                        : mapped(Types.BinaryType.get(), value -> buffer(((Struct) value).get("wkb")));
            default -> null;
        };
    }

    private static ConnectTypes.Mapped mapped(Type type, ConnectTypes.Converter converter) {
        return new ConnectTypes.Mapped(type, converter);
    }

    private ConnectTypes.Mapped zonedTime() {
        return config.zonedTime().typeId() == Type.TypeID.STRING
                ? mapped(config.zonedTime(), value -> value)
                : mapped(
                        config.zonedTime(),
                        value -> micros(OffsetTime.parse((String) value)
                                .withOffsetSameInstant(ZoneOffset.UTC)
                                .toLocalTime()));
    }

    private ConnectTypes.Mapped json() {
        return config.json().typeId() == Type.TypeID.STRING
                ? mapped(config.json(), value -> value)
                : mapped(config.json(), value -> JsonVariant.parse((String) value));
    }

    private ConnectTypes.Mapped variableScale() {
        return switch (config.variableScale().typeId()) {
            case STRING ->
                mapped(config.variableScale(), value -> unscaled(value).toPlainString());
            case DOUBLE ->
                mapped(config.variableScale(), value -> unscaled(value).doubleValue());
            default -> {
                Types.DecimalType type = (Types.DecimalType) config.variableScale();
                yield mapped(type, value -> fitted(unscaled(value), type));
            }
        };
    }

    private static BigDecimal unscaled(Object value) {
        Struct struct = (Struct) value;
        ByteBuffer unscaled = buffer(struct.get("value"));
        byte[] bytes = new byte[unscaled.remaining()];
        unscaled.get(bytes);
        return new BigDecimal(new BigInteger(bytes), struct.getInt32("scale"));
    }

    /** The number with the scale of a type; {@code TYPE_MISMATCH} if it is no number of that type. */
    static BigDecimal fitted(BigDecimal number, Types.DecimalType type) {
        try {
            BigDecimal fitted = number.setScale(type.scale(), RoundingMode.UNNECESSARY);
            if (fitted.precision() <= type.precision()) {
                return fitted;
            }
        } catch (ArithmeticException e) {
            throw tooLarge(number, type, e);
        }
        throw tooLarge(number, type, null);
    }

    private static DoLakeException tooLarge(BigDecimal number, Types.DecimalType type, Exception cause) {
        return new DoLakeException(
                ErrorCode.TYPE_MISMATCH, "Cannot take decimal " + number + ": it does not fit " + type, cause);
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    private static long micros(OffsetDateTime time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant());
    }

    private static long micros(LocalTime time) {
        return time.toNanoOfDay() / NANOS_PER_MICRO;
    }

    static ByteBuffer buffer(Object value) {
        return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : ((ByteBuffer) value).duplicate();
    }
}
