/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import io.dolake.sink.values.SemanticType.Found;
import io.dolake.sink.values.SemanticType.Single;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.SchemaBuilder;

/** Times that come as numbers, Debezium's and Connect's own. */
final class NumberedTimes {
    private static final long DAY_MS = 86_400_000L;
    private static final BigInteger INFINITY = new BigInteger("9223372036825200000");
    private static final BigInteger MINUS_INFINITY = new BigInteger("-9223372036832400000");
    private static final Set<Long> INFINITE_DAYS = Set.of(-2_147_472_692L, -2_147_472_691L);

    private NumberedTimes() {}

    static List<SemanticType> all() {
        return List.of(
                new Single(
                        "io.debezium.time.Date",
                        int32("io.debezium.time.Date"),
                        random -> (int) Draws.number(random, 32),
                        "date",
                        NumberedTimes::date),
                time("io.debezium.time.Time", int32("io.debezium.time.Time"), NumberedTimes::int32, 1_000_000),
                time("io.debezium.time.MicroTime", int64("io.debezium.time.MicroTime"), Draws::number, 1_000),
                time("io.debezium.time.NanoTime", int64("io.debezium.time.NanoTime"), Draws::number, 1),
                time(
                        "org.apache.kafka.connect.data.Time",
                        org.apache.kafka.connect.data.Time::builder,
                        random -> new Date(
                                random.nextInt(8) == 0
                                        ? Draws.number(random)
                                        : Math.floorMod(Draws.number(random), DAY_MS + 1)),
                        1_000_000),
                timestamp("io.debezium.time.Timestamp", 1_000_000),
                timestamp("io.debezium.time.MicroTimestamp", 1_000),
                nanoTimestamp(),
                connectTimestamp(),
                connectDate(),
                plain("io.debezium.time.MicroDuration", int64("io.debezium.time.MicroDuration"), Draws::number, "long"),
                plain("io.debezium.time.NanoDuration", int64("io.debezium.time.NanoDuration"), Draws::number, "long"),
                plain("io.debezium.time.Year", int32("io.debezium.time.Year"), NumberedTimes::int32, "int"));
    }

    private static Object int32(Random random) {
        return (int) Draws.number(random, 32);
    }

    private static Supplier<SchemaBuilder> int32(String name) {
        return () -> SchemaBuilder.int32().name(name).version(1);
    }

    private static Supplier<SchemaBuilder> int64(String name) {
        return () -> SchemaBuilder.int64().name(name).version(1);
    }

    static Single plain(String label, Supplier<SchemaBuilder> schema, Function<Random, Object> draw, String column) {
        return new Single(label, schema, draw, column, Found::exact);
    }

    private static BigInteger nanos(Object value, long perUnit) {
        long number = value instanceof Date date ? date.getTime() : ((Number) value).longValue();
        return BigInteger.valueOf(number).multiply(BigInteger.valueOf(perUnit));
    }

    private static Found date(Object value) {
        long days = ((Number) value).longValue();
        if (INFINITE_DAYS.contains(days)) {
            return Found.near(LocalDate.ofEpochDay(days == -2_147_472_692L ? Integer.MAX_VALUE : Integer.MIN_VALUE));
        }
        return Found.exact(LocalDate.ofEpochDay(days));
    }

    private static SemanticType time(
            String label, Supplier<SchemaBuilder> schema, Function<Random, Object> draw, long nanosPerUnit) {
        return new Single(label, schema, draw, TypeSettings::time, (value, settings) -> {
            BigInteger nanos = nanos(value, nanosPerUnit);
            return switch (settings.time()) {
                case "string" -> Found.exact(Moments.clock(nanos));
                case "long" -> Moments.micros(nanos);
                default -> Moments.time(nanos);
            };
        });
    }

    private static SemanticType timestamp(String label, long nanosPerUnit) {
        return new Single(label, int64(label), Draws::number, TypeSettings::timestamp, (value, settings) -> {
            BigInteger nanos = nanos(value, nanosPerUnit);
            // The driver's numbers as they are, and as microseconds.
            BigInteger number = BigInteger.valueOf(((Number) value).longValue());
            BigInteger micros = nanos.divide(BigInteger.valueOf(1_000));
            boolean isInfinity = number.equals(INFINITY) || micros.equals(INFINITY);
            boolean isMinusInfinity = number.equals(MINUS_INFINITY) || micros.equals(MINUS_INFINITY);
            if (settings.timestamp().equals("string")) {
                return Found.exact(
                        isInfinity ? "infinity" : isMinusInfinity ? "-infinity" : Moments.text(Moments.local(nanos)));
            }
            return isInfinity || isMinusInfinity ? Moments.endless(isInfinity, false) : Moments.timestamp(nanos, false);
        });
    }

    private static SemanticType nanoTimestamp() {
        String name = "io.debezium.time.NanoTimestamp";
        return new Single(
                name,
                int64(name),
                Draws::number,
                settings -> settings.timestamp().equals("string") ? "string" : "timestamp_ns",
                (value, settings) -> {
                    var local = Moments.local(nanos(value, 1));
                    return Found.exact(settings.timestamp().equals("string") ? Moments.text(local) : local);
                });
    }

    private static SemanticType connectTimestamp() {
        return new Single(
                "org.apache.kafka.connect.data.Timestamp",
                org.apache.kafka.connect.data.Timestamp::builder,
                random -> new Date(Draws.number(random)),
                settings -> settings.timestamp().equals("string") ? "string" : "timestamptz",
                (value, settings) -> {
                    BigInteger nanos = nanos(value, 1_000_000);
                    BigInteger micros = nanos.divide(BigInteger.valueOf(1_000));
                    if (settings.timestamp().equals("string")) {
                        return Found.exact(((Date) value).toInstant().toString());
                    }
                    return micros.equals(INFINITY) || micros.equals(MINUS_INFINITY)
                            ? Moments.endless(micros.signum() > 0, true)
                            : Moments.timestamp(nanos, true);
                });
    }

    private static SemanticType connectDate() {
        return new Single(
                "org.apache.kafka.connect.data.Date",
                org.apache.kafka.connect.data.Date::builder,
                random ->
                        new Date(random.nextInt(8) == 0 ? Draws.number(random, 58) : Draws.number(random, 32) * DAY_MS),
                "date",
                value -> {
                    long ms = ((Date) value).getTime();
                    long days = Math.floorDiv(ms, DAY_MS);
                    if (days != (int) days) {
                        return Found.near(LocalDate.ofEpochDay(days < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE));
                    }
                    Found found = date(days);
                    boolean isWhole = Math.floorMod(ms, DAY_MS) == 0;
                    return isWhole || found.exact() == null ? found : Found.near(found.exact());
                });
    }
}
