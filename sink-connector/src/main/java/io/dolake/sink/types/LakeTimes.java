/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import io.dolake.sink.config.TypeConfig.Inexact;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.time.temporal.TemporalQuery;
import java.util.Optional;
import java.util.function.Function;

/**
 * Dates and times in Iceberg's internal representation, where it can hold them: days in an int, microseconds in a long,
 * times of day from 00:00 until before 24:00. A value that it cannot hold is refused, or replaced as the setting says.
 */
public final class LakeTimes {
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    /** Values that Debezium sends for Postgres' infinity: its driver's numbers, and the days computed from them. */
    private static final long INFINITY_MICROS = 9_223_372_036_825_200_000L;

    private static final long MINUS_INFINITY_MICROS = -9_223_372_036_832_400_000L;
    private static final long INFINITY_DAY = LocalDate.of(-5_877_611, 6, 21).toEpochDay();
    private static final long MINUS_INFINITY_DAY = INFINITY_DAY + 1;

    private final Inexact inexact;

    public LakeTimes(Inexact inexact) {
        this.inexact = inexact;
    }

    long timeOfMicros(long micros) {
        return micros >= 0 && micros < MICROS_PER_DAY
                ? micros
                : ValueFault.nearest(
                        inexact,
                        "it is not a time of day from 00:00 to before 24:00",
                        micros < 0 ? 0 : MICROS_PER_DAY - 1);
    }

    long timeOfMillis(long millis) {
        return timeOfMicros(
                millis > Long.MAX_VALUE / 1_000 || millis < Long.MIN_VALUE / 1_000 ? millis : millis * 1_000);
    }

    long timeOfNanos(long nanos) {
        return timeOfMicros(microsOfNanos(nanos));
    }

    long microsOfMillis(long millis) {
        long micros = millis * 1_000;
        return micros / 1_000 == millis
                ? micros
                : ValueFault.nearest(
                        inexact, "it has more microseconds than a long", millis < 0 ? Long.MIN_VALUE : Long.MAX_VALUE);
    }

    long microsOfNanos(long nanos) {
        long micros = Math.floorDiv(nanos, (long) NANOS_PER_MICRO);
        return micros * NANOS_PER_MICRO == nanos
                ? micros
                : ValueFault.nearest(inexact, "it has parts of a microsecond", micros);
    }

    long time(LocalTime time) {
        return timeOfNanos(time.toNanoOfDay());
    }

    /** Nanoseconds of a time of day as text, in UTC; Postgres knows 24:00, Java does not. */
    static long nanosOfDay(String text, Function<String, OffsetTime> parser) {
        boolean isEndOfDay = text.startsWith("24:");
        OffsetTime time = parser.apply(isEndOfDay ? "00" + text.substring(2) : text);
        if (!isEndOfDay) {
            return time.withOffsetSameInstant(ZoneOffset.UTC).toLocalTime().toNanoOfDay();
        }
        if (!time.toLocalTime().equals(LocalTime.MIDNIGHT)) {
            throw ValueFault.malformed("the text is not a time of day");
        }
        return MICROS_PER_DAY * NANOS_PER_MICRO;
    }

    /** A date from its number, which may stand for infinity. */
    int dateOfDays(long days) {
        return days == INFINITY_DAY || days == MINUS_INFINITY_DAY
                ? infinity(days == INFINITY_DAY, Integer.MAX_VALUE, Integer.MIN_VALUE)
                : date(days);
    }

    int date(long days) {
        if (days < Integer.MIN_VALUE || days > Integer.MAX_VALUE) {
            return ValueFault.nearest(
                    inexact, "it is past the dates of the lake", days < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE);
        }
        return (int) days;
    }

    long timestampOfMicros(long micros) {
        return micros == INFINITY_MICROS || micros == MINUS_INFINITY_MICROS
                ? infinity(micros > 0, Long.MAX_VALUE, Long.MIN_VALUE)
                : micros;
    }

    public long timestampOfMillis(long millis) {
        long micros = millis * 1_000;
        return millis == micros / 1_000 ? timestampOfMicros(micros) : pastTheEnds(millis < 0);
    }

    long timestamp(Instant instant) {
        long second = instant.getEpochSecond();
        int nanos = instant.getNano();
        long part = nanos / NANOS_PER_MICRO;
        if (part * NANOS_PER_MICRO != nanos) {
            part = ValueFault.nearest(inexact, "it has parts of a microsecond", part);
        }
        try {
            // The first second of the range starts before the range.
            return second < 0
                    ? Math.addExact(Math.multiplyExact(second + 1, MICROS_PER_SECOND), part - MICROS_PER_SECOND)
                    : Math.addExact(Math.multiplyExact(second, MICROS_PER_SECOND), part);
        } catch (ArithmeticException e) {
            return pastTheEnds(second < 0);
        }
    }

    private long pastTheEnds(boolean isBefore) {
        return ValueFault.nearest(
                inexact,
                "it is past the timestamps of the lake, which are about 292,000 years from 1970",
                isBefore ? Long.MIN_VALUE : Long.MAX_VALUE);
    }

    /** Whether a text is one of Postgres' infinities. */
    static boolean isInfinity(String text) {
        return text.equals("infinity") || text.equals("-infinity");
    }

    /** Postgres' infinity as text, if a number stands for it. */
    static Optional<String> infinityText(long parts, long partsPerSecond) {
        // In milliseconds, as Debezium computes them from its own numbers or from those in microseconds.
        long factor = MICROS_PER_SECOND / partsPerSecond;
        boolean isInfinity = parts == INFINITY_MICROS || parts == INFINITY_MICROS / factor;
        boolean isMinusInfinity = parts == MINUS_INFINITY_MICROS || parts == MINUS_INFINITY_MICROS / factor;
        return isInfinity ? Optional.of("infinity") : isMinusInfinity ? Optional.of("-infinity") : Optional.empty();
    }

    long timestampOfInfinity(String text) {
        return infinity(text.equals("infinity"), Long.MAX_VALUE, Long.MIN_VALUE);
    }

    int dateOfInfinity(String text) {
        return infinity(text.equals("infinity"), Integer.MAX_VALUE, Integer.MIN_VALUE);
    }

    private <T> T infinity(boolean isPositive, T last, T first) {
        return ValueFault.nearest(inexact, "it is infinity, which the lake does not have", isPositive ? last : first);
    }

    /**
     * Parses a text; throws {@link ValueFault} without the text, in place of Java's exception, if it is not of that
     * kind.
     */
    static <T> T parsed(String text, String kind, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (DateTimeException e) {
            throw ValueFault.malformed("the text is not an " + kind);
        }
    }

    /** Parses a text whose offset, if it has one, must be UTC: with another one it would mean another time. */
    static <T> T ofUtc(String text, DateTimeFormatter form, TemporalQuery<T> part) {
        TemporalAccessor parsed = form.parse(text);
        ZoneOffset offset = parsed.query(TemporalQueries.offset());
        if (offset != null && offset.getTotalSeconds() != 0) {
            throw ValueFault.malformed("the text is of a time zone other than UTC");
        }
        return parsed.query(part);
    }
}
