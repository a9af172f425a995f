/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Times and timestamps as text, of any size: {@code -838:59:59}, {@code 24:00:00.000001}, {@code 2026-11-30T12:00:00}.
 */
final class TimeTexts {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private TimeTexts() {}

    /** A time of day, or a time outside one day, from the number of parts of a second. */
    static String time(long parts, long partsPerSecond) {
        long seconds = Math.abs(parts / partsPerSecond);
        long nanos = Math.abs(parts % partsPerSecond) * (NANOS_PER_SECOND / partsPerSecond);
        String text = String.format(
                "%s%02d:%02d:%02d", parts < 0 ? "-" : "", seconds / 3600, seconds / 60 % 60, seconds % 60);
        return nanos == 0 ? text : text + "." + String.format("%09d", nanos).replaceAll("0+$", "");
    }

    /** A timestamp from the number of parts of a second since 1970. */
    static String timestamp(long parts, long partsPerSecond) {
        long nanos = Math.floorMod(parts, partsPerSecond) * (NANOS_PER_SECOND / partsPerSecond);
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                LocalDateTime.ofEpochSecond(Math.floorDiv(parts, partsPerSecond), (int) nanos, ZoneOffset.UTC));
    }

    static String timestamptz(long millis) {
        return DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochMilli(millis));
    }
}
