/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import io.dolake.sink.config.TypeConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Debezium's semantic types (package {@code io.debezium}, by the names of its documentation) that need more than their
 * Connect type. Others, such as Enum, EnumSet, Xml, Ltree, TsVector, Bits, Year, Interval, MicroDuration and the
 * vectors, are handled as their Connect type.
 */
public final class DebeziumTypes {
    private static final long PER_MILLI = 1_000;
    private static final long PER_MICRO = 1_000_000;
    private static final long PER_NANO = 1_000_000_000;

    private static final byte WKB_LITTLE_ENDIAN = 1;
    private static final int WKB_POINT = 1;
    private static final int WKB_POINT_BYTES = 1 + Integer.BYTES + 2 * Double.BYTES;

    private static final Function<String, Long> ISO_DATE = text ->
            LakeTimes.ofUtc(text, DateTimeFormatter.ISO_DATE, LocalDate::from).toEpochDay();
    private static final Function<String, Long> ISO_TIME = text -> LakeTimes.nanosOfDay(
            text,
            it -> LakeTimes.ofUtc(it, DateTimeFormatter.ISO_TIME, LocalTime::from)
                    .atOffset(ZoneOffset.UTC));
    private static final Function<String, Long> ZONED_TIME = text -> LakeTimes.nanosOfDay(text, OffsetTime::parse);

    private final TypeConfig config;
    private final LakeTimes times;

    DebeziumTypes(TypeConfig config) {
        this.config = config;
        this.times = new LakeTimes(config.inexact());
    }

    /** Null if the schema is not one of them. */
    ConnectTypes.Mapped map(Schema schema) {
        String name = schema.name();
        return switch (name) {
            case "io.debezium.time.Date" -> mapped(Types.DateType.get(), value -> times.dateOfDays(number(value)));
            case "io.debezium.time.IsoDate" ->
                mapped(
                        Types.DateType.get(),
                        value -> LakeTimes.isInfinity((String) value)
                                ? (Object) times.dateOfInfinity((String) value)
                                : times.date(LakeTimes.parsed((String) value, "ISO date", ISO_DATE)));
            case "io.debezium.time.Time", "io.debezium.time.MicroTime", "io.debezium.time.NanoTime" ->
                time(partsPerSecond(name));
            case "io.debezium.time.IsoTime" ->
                config.time().typeId() == Type.TypeID.STRING
                        ? text()
                        : mapped(config.time(), value -> isoTime((String) value));
            case "io.debezium.time.ZonedTime" -> zonedTime();
            case "io.debezium.time.Timestamp", "io.debezium.time.MicroTimestamp", "io.debezium.time.NanoTimestamp" ->
                timestamp(partsPerSecond(name));
            case "io.debezium.time.IsoTimestamp" -> textual(Types.TimestampType.withoutZone(), this::isoTimestamp);
            case "io.debezium.time.ZonedTimestamp" -> textual(Types.TimestampType.withZone(), this::zonedTimestamp);
            case "io.debezium.data.Uuid" -> mapped(Types.UUIDType.get(), value -> uuid((String) value));
            case "io.debezium.data.Json" -> json();
            case "io.debezium.data.VariableScaleDecimal" -> variableScale();
            case "io.debezium.data.geometry.Geometry",
                    "io.debezium.data.geometry.Geography",
                    "io.debezium.data.geometry.Point" ->
                config.geometryAsStruct() ? null : mapped(Types.BinaryType.get(), value -> wkb((Struct) value));
            default -> null;
        };
    }

    /** A text that stays text. */
    private ConnectTypes.Mapped text() {
        return ConnectTypes.text(config.inexact());
    }

    private static ConnectTypes.Mapped mapped(Type type, ConnectTypes.Converter converter) {
        return new ConnectTypes.Mapped(type, converter);
    }

    /** By the type's name: the unit of its numbers. */
    private static long partsPerSecond(String name) {
        if (name.contains(".Micro")) {
            return PER_MICRO;
        }
        return name.contains(".Nano") ? PER_NANO : PER_MILLI;
    }

    private ConnectTypes.Mapped time(long partsPerSecond) {
        if (config.time().typeId() == Type.TypeID.STRING) {
            return mapped(config.time(), value -> TimeTexts.time(number(value), partsPerSecond));
        }
        if (config.time().typeId() == Type.TypeID.LONG) {
            return mapped(config.time(), value -> micros(number(value), partsPerSecond));
        }
        if (partsPerSecond == PER_MICRO) {
            return mapped(config.time(), value -> times.timeOfMicros(number(value)));
        }
        return partsPerSecond == PER_MILLI
                ? mapped(config.time(), value -> times.timeOfMillis(number(value)))
                : mapped(config.time(), value -> times.timeOfNanos(number(value)));
    }

    private long micros(long parts, long partsPerSecond) {
        if (partsPerSecond == PER_NANO) {
            return times.microsOfNanos(parts);
        }
        return partsPerSecond == PER_MICRO ? parts : Math.multiplyExact(parts, 1_000L);
    }

    private long isoTime(String text) {
        long nanos = LakeTimes.parsed(text, "ISO time", ISO_TIME);
        return config.time().typeId() == Type.TypeID.LONG ? times.microsOfNanos(nanos) : times.timeOfNanos(nanos);
    }

    private ConnectTypes.Mapped timestamp(long partsPerSecond) {
        if (config.timestampAsText()) {
            return mapped(Types.StringType.get(), value -> {
                long parts = number(value);
                return partsPerSecond == PER_NANO
                        ? TimeTexts.timestamp(parts, partsPerSecond)
                        : LakeTimes.infinityText(parts, partsPerSecond)
                                .orElseGet(() -> TimeTexts.timestamp(parts, partsPerSecond));
            });
        }
        if (partsPerSecond == PER_NANO) {
            return mapped(Types.TimestampNanoType.withoutZone(), DebeziumTypes::number);
        }
        return partsPerSecond == PER_MICRO
                ? mapped(Types.TimestampType.withoutZone(), value -> times.timestampOfMicros(number(value)))
                : mapped(Types.TimestampType.withoutZone(), value -> times.timestampOfMillis(number(value)));
    }

    /** A timestamp that arrives as text, and may stay text. */
    private ConnectTypes.Mapped textual(Type type, ToLongFunction<String> parser) {
        if (config.timestampAsText()) {
            return text();
        }
        return mapped(type, value -> {
            String text = (String) value;
            return LakeTimes.isInfinity(text) ? times.timestampOfInfinity(text) : parser.applyAsLong(text);
        });
    }

    private long isoTimestamp(String text) {
        LocalDateTime time = LakeTimes.parsed(
                text,
                "ISO date and time",
                it -> LakeTimes.ofUtc(it, DateTimeFormatter.ISO_DATE_TIME, LocalDateTime::from));
        return times.timestamp(time.toInstant(ZoneOffset.UTC));
    }

    private long zonedTimestamp(String text) {
        return times.timestamp(LakeTimes.parsed(text, "ISO date and time with an offset", OffsetDateTime::parse)
                .toInstant());
    }

    private ConnectTypes.Mapped zonedTime() {
        return config.zonedTime().typeId() == Type.TypeID.STRING
                ? text()
                : mapped(
                        config.zonedTime(),
                        value -> times.timeOfNanos(
                                LakeTimes.parsed((String) value, "ISO time with an offset", ZONED_TIME)));
    }

    /** Java's own parser accepts other texts too, and drops what is too long in them. */
    static UUID uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) {
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, without the text.
        }
        throw ValueFault.malformed("the text is not a UUID");
    }

    private ConnectTypes.Mapped json() {
        return config.json().typeId() == Type.TypeID.STRING
                ? text()
                : mapped(config.json(), value -> JsonVariant.parse((String) value, config.inexact()));
    }

    private ConnectTypes.Mapped variableScale() {
        Type type = config.variableScale();
        return switch (type.typeId()) {
            case STRING -> mapped(type, value -> Decimals.text(Decimals.variableScale((Struct) value)));
            case DOUBLE ->
                mapped(type, value -> Decimals.toDouble(Decimals.variableScale((Struct) value), config.inexact()));
            default -> {
                Types.DecimalType decimal = (Types.DecimalType) type;
                yield mapped(
                        type,
                        value -> Decimals.fitted(Decimals.variableScale((Struct) value), decimal, config.inexact()));
            }
        };
    }

    /** A point may lack it. */
    private static ByteBuffer wkb(Struct geometry) {
        Object wkb = geometry.get("wkb");
        if (wkb != null || geometry.schema().field("x") == null) {
            return wkb == null ? null : buffer(wkb);
        }
        return ByteBuffer.allocate(WKB_POINT_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(WKB_LITTLE_ENDIAN)
                .putInt(WKB_POINT)
                .putDouble(geometry.getFloat64("x"))
                .putDouble(geometry.getFloat64("y"))
                .flip();
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    public static ByteBuffer buffer(Object value) {
        return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : ((ByteBuffer) value).duplicate();
    }
}
