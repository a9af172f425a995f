/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import io.dolake.sink.values.SemanticType.Found;
import io.dolake.sink.values.SemanticType.Single;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.SchemaBuilder;

/** Times that come as texts of ISO 8601. */
final class WrittenTimes {
    private static final Pattern END_OF_DAY =
            Pattern.compile("24:00(:00(\\.0{1,9})?)?(Z|[+-](0\\d|1[0-7]):[0-5]\\d|[+-]18:00)?");
    private static final List<String> ODD = List.of(
            "infinity",
            "-infinity",
            "",
            "soon",
            "24:00:00Z",
            "24:00Z",
            "24:00:00.000Z",
            "24:00:01Z",
            "24:00:00+02:00",
            "24:00 o'clock",
            "2026-02-30T00:00:00Z",
            "2026-02-30Z",
            "2025-02-29Z",
            "1900-02-29T00:00:00Z",
            "2000-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2016-12-31T23:59:60Z",
            "23:59:60Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+19:00",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00Z ",
            "12026-01-01T00:00:00Z",
            "+294247-01-10T04:00:54.775807Z",
            "+294247-01-10T04:00:54.775808Z",
            "+294247-01-09T20:00:00.000000Z",
            "-290308-12-21T19:59:05.224192Z",
            "-290308-12-21T19:59:05.224191999Z",
            "-290308-12-21T19:59:27.600000Z",
            "+294247-01-10T04:00:54.775807999Z",
            "1677-09-21T00:12:43.145224192Z",
            "+999999999-12-31T23:59:59.999999999-18:00",
            "-999999999-01-01T00:00:00+18:00",
            "-5877611-06-21Z",
            "-5877611-06-22Z",
            "+5881580-07-11Z",
            "+5881580-07-12Z",
            "-5877641-06-23Z",
            "-5877641-06-22Z",
            "\ud800");

    private WrittenTimes() {}

    static List<SemanticType> all() {
        return List.of(
                new Single(
                        "io.debezium.time.IsoDate",
                        () -> text("io.debezium.time.IsoDate"),
                        random -> drawn(random, true, false),
                        "date",
                        value -> isoDate((String) value)),
                new Single(
                        "io.debezium.time.IsoTime",
                        () -> text("io.debezium.time.IsoTime"),
                        random -> drawn(random, false, true),
                        TypeSettings::time,
                        (value, settings) -> isoTime((String) value, settings)),
                new Single(
                        "io.debezium.time.IsoTimestamp",
                        () -> text("io.debezium.time.IsoTimestamp"),
                        random -> drawn(random, true, true),
                        TypeSettings::timestamp,
                        (value, settings) -> timestamp((String) value, settings, false)),
                new Single(
                        "io.debezium.time.ZonedTimestamp",
                        () -> text("io.debezium.time.ZonedTimestamp"),
                        random -> drawn(random, true, true),
                        settings -> settings.timestamp().equals("string") ? "string" : "timestamptz",
                        (value, settings) -> timestamp((String) value, settings, true)),
                new Single(
                        "io.debezium.time.ZonedTime",
                        () -> text("io.debezium.time.ZonedTime"),
                        random -> drawn(random, false, true),
                        TypeSettings::zonedTime,
                        (value, settings) -> zonedTime((String) value, settings)));
    }

    private static SchemaBuilder text(String name) {
        return SchemaBuilder.string().name(name).version(1);
    }

    /** Mostly as Debezium writes it: of UTC, or with an offset. */
    static String drawn(Random random, boolean hasDate, boolean hasTime) {
        if (random.nextInt(4) == 0) {
            return Draws.any(random, ODD);
        }
        BigInteger nanos = BigInteger.valueOf(Draws.number(random))
                .multiply(BigInteger.valueOf(Draws.any(random, List.of(1, 1, 1_000, 1_000, 1_000_000))));
        String text = Moments.text(Moments.local(nanos));
        int middle = text.indexOf('T');
        String part = hasDate && hasTime ? text : hasDate ? text.substring(0, middle) : text.substring(middle + 1);
        String offset = switch (random.nextInt(6)) {
            case 0 -> "+0" + random.nextInt(10) + ":30";
            case 1 -> "-1" + random.nextInt(8) + ":45";
            case 2 -> "+00:00";
            default -> "Z";
        };
        return part + offset;
    }

    private static Found isoDate(String text) {
        if (text.equals("infinity") || text.equals("-infinity")) {
            return day(text.equals("infinity") ? 1L << 40 : -1L << 40);
        }
        Optional<Moments.Read> read = Moments.date(text);
        return read.isPresent() && read.get().isUtcOrLocal()
                ? day(Moments.floor(read.get().nanos(), Moments.NANOS_PER_DAY).longValueExact())
                : Found.NOTHING;
    }

    private static Found day(long days) {
        return days == (int) days
                ? Found.exact(LocalDate.ofEpochDay(days))
                : Found.near(LocalDate.ofEpochDay(days < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE));
    }

    private static Found isoTime(String text, TypeSettings settings) {
        if (settings.time().equals("string")) {
            return Texts.found(text);
        }
        Optional<BigInteger> nanos = END_OF_DAY.matcher(text).matches() && !text.matches(".*[+-].*[1-9].*")
                ? Optional.of(Moments.NANOS_PER_DAY)
                : Moments.time(text).filter(Moments.Read::isUtcOrLocal).map(Moments.Read::nanos);
        return nanos.isEmpty()
                ? Found.NOTHING
                : settings.time().equals("long") ? Moments.micros(nanos.get()) : Moments.time(nanos.get());
    }

    private static Found timestamp(String text, TypeSettings settings, boolean isUtc) {
        if (settings.timestamp().equals("string")) {
            return Texts.found(text);
        }
        if (text.equals("infinity") || text.equals("-infinity")) {
            return Moments.endless(text.equals("infinity"), isUtc);
        }
        Optional<Moments.Read> read = Moments.timestamp(text);
        if (isUtc) {
            return read.filter(it -> it.offset() != null)
                    .map(it -> Moments.timestamp(it.inUtc(), true))
                    .orElse(Found.NOTHING);
        }
        return read.filter(Moments.Read::isUtcOrLocal)
                .map(it -> Moments.timestamp(it.nanos(), false))
                .orElse(Found.NOTHING);
    }

    private static Found zonedTime(String text, TypeSettings settings) {
        if (settings.zonedTime().equals("string")) {
            return Texts.found(text);
        }
        if (END_OF_DAY.matcher(text).matches() && text.matches(".*[Z+-].*")) {
            return Moments.time(Moments.NANOS_PER_DAY);
        }
        return Moments.time(text)
                .filter(it -> it.offset() != null)
                .map(it -> Moments.time(it.inUtc().mod(Moments.NANOS_PER_DAY)))
                .orElse(Found.NOTHING);
    }
}
