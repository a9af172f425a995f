/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import io.dolake.sink.values.SemanticType.Found;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Arithmetic with moments in nanoseconds that never overflows, and what the lake's types have of them. */
final class Moments {
    static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
    static final BigInteger NANOS_PER_DAY = NANOS_PER_SECOND.multiply(BigInteger.valueOf(86_400));
    private static final BigInteger THOUSAND = BigInteger.valueOf(1_000);
    private static final BigInteger FIRST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LAST = BigInteger.valueOf(Long.MAX_VALUE);

    private static final String DAY = "([+-]?\\d{4,9})-(\\d\\d)-(\\d\\d)";
    private static final String TIME = "(\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9}))?)?";
    private static final String OFFSET = "(Z|[+-]\\d\\d:\\d\\d(?::\\d\\d)?)?";
    private static final Pattern DATE = Pattern.compile(DAY + OFFSET);
    private static final Pattern CLOCK = Pattern.compile(TIME + OFFSET);
    private static final Pattern BOTH = Pattern.compile(DAY + "T" + TIME + OFFSET);
    private static final int[] MONTHS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    private Moments() {}

    /**
     * What an ISO 8601 text says: nanoseconds as if it were of UTC, and the offset in seconds, null if there is none.
     */
    record Read(BigInteger nanos, Integer offset) {
        BigInteger inUtc() {
            return nanos.subtract(NANOS_PER_SECOND.multiply(BigInteger.valueOf(offset)));
        }

        boolean isUtcOrLocal() {
            return offset == null || offset == 0;
        }
    }

    static BigInteger floor(BigInteger number, BigInteger unit) {
        BigInteger[] parts = number.divideAndRemainder(unit);
        return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    /** As a time of day of whole microseconds. */
    static Found time(BigInteger nanos) {
        if (nanos.signum() < 0) {
            return Found.near(LocalTime.MIN);
        }
        if (nanos.compareTo(NANOS_PER_DAY) >= 0) {
            return Found.near(LocalTime.of(23, 59, 59, 999_999_000));
        }
        LocalTime time = LocalTime.ofNanoOfDay(floor(nanos, THOUSAND).longValueExact() * 1_000);
        return nanos.mod(THOUSAND).signum() == 0 ? Found.exact(time) : Found.near(time);
    }

    /** As a number of microseconds. */
    static Found micros(BigInteger nanos) {
        BigInteger micros = floor(nanos, THOUSAND);
        if (micros.bitLength() > 63) {
            return Found.near(micros.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE);
        }
        return nanos.mod(THOUSAND).signum() == 0
                ? Found.exact(micros.longValueExact())
                : Found.near(micros.longValueExact());
    }

    /** As a timestamp of whole microseconds. */
    static Found timestamp(BigInteger nanos, boolean isUtc) {
        BigInteger micros = floor(nanos, THOUSAND);
        if (micros.bitLength() > 63) {
            return endless(micros.signum() > 0, isUtc);
        }
        Object moment = moment(micros.multiply(THOUSAND), isUtc);
        return nanos.mod(THOUSAND).signum() == 0 ? Found.exact(moment) : Found.near(moment);
    }

    /** Infinity: the end of the type at the most. */
    static Found endless(boolean isPositive, boolean isUtc) {
        return Found.near(moment((isPositive ? LAST : FIRST).multiply(THOUSAND), isUtc));
    }

    static Object moment(BigInteger nanos, boolean isUtc) {
        LocalDateTime local = local(nanos);
        return isUtc ? local.toInstant(ZoneOffset.UTC) : local;
    }

    static LocalDateTime local(BigInteger nanos) {
        return LocalDateTime.ofInstant(
                Instant.ofEpochSecond(
                        floor(nanos, NANOS_PER_SECOND).longValueExact(),
                        nanos.mod(NANOS_PER_SECOND).longValueExact()),
                ZoneOffset.UTC);
    }

    /** As hours, minutes and seconds, of any number and sign; no more digits behind the point than there are. */
    static String clock(BigInteger nanos) {
        BigInteger[] parts = nanos.abs().divideAndRemainder(NANOS_PER_SECOND);
        BigInteger[] minutes = parts[0].divideAndRemainder(BigInteger.valueOf(60));
        BigInteger[] hours = minutes[0].divideAndRemainder(BigInteger.valueOf(60));
        return (nanos.signum() < 0 ? "-" : "")
                + padded(hours[0], 2) + ":" + padded(hours[1], 2) + ":" + padded(minutes[1], 2)
                + fraction(parts[1]);
    }

    /** ISO 8601, always with seconds. */
    static String text(LocalDateTime time) {
        int year = time.getYear();
        String sign = year > 9999 ? "+" : year < 0 ? "-" : "";
        return sign
                + padded(BigInteger.valueOf(Math.abs(year)), 4)
                + "-" + padded(BigInteger.valueOf(time.getMonthValue()), 2)
                + "-" + padded(BigInteger.valueOf(time.getDayOfMonth()), 2)
                + "T" + clock(BigInteger.valueOf(time.toLocalTime().toNanoOfDay()));
    }

    private static String fraction(BigInteger nanos) {
        String digits = padded(nanos, 9);
        int length = 9;
        while (length > 0 && digits.charAt(length - 1) == '0') {
            length--;
        }
        return length == 0 ? "" : "." + digits.substring(0, length);
    }

    private static String padded(BigInteger number, int digits) {
        String text = number.toString();
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    static Optional<Read> date(String text) {
        Matcher parts = DATE.matcher(text);
        return parts.matches() ? read(day(parts), BigInteger.ZERO, parts.group(4)) : Optional.empty();
    }

    static Optional<Read> time(String text) {
        Matcher parts = CLOCK.matcher(text);
        return parts.matches() ? read(BigInteger.ZERO, clock(parts, 1), parts.group(5)) : Optional.empty();
    }

    static Optional<Read> timestamp(String text) {
        Matcher parts = BOTH.matcher(text);
        return parts.matches() ? read(day(parts), clock(parts, 4), parts.group(8)) : Optional.empty();
    }

    private static Optional<Read> read(BigInteger day, BigInteger clock, String offset) {
        Integer seconds = offset == null ? null : offset.equals("Z") ? 0 : offset(offset);
        boolean isOffset = offset == null || (seconds != null && Math.abs(seconds) <= 18 * 3600);
        return day == null || clock == null || !isOffset
                ? Optional.empty()
                : Optional.of(new Read(day.multiply(NANOS_PER_DAY).add(clock), seconds));
    }

    private static Integer offset(String text) {
        String[] parts = text.substring(1).split(":");
        int seconds = Integer.parseInt(parts[0]) * 3600
                + Integer.parseInt(parts[1]) * 60
                + (parts.length > 2 ? Integer.parseInt(parts[2]) : 0);
        boolean isOne = Integer.parseInt(parts[1]) < 60 && (parts.length < 3 || Integer.parseInt(parts[2]) < 60);
        return !isOne ? null : text.charAt(0) == '-' ? (Integer) (-seconds) : (Integer) seconds;
    }

    /** Days since 1970 by the Gregorian calendar, also before there was one; null if there is no such day. */
    private static BigInteger day(Matcher parts) {
        String digits = parts.group(1);
        long year = Long.parseLong(digits);
        int month = Integer.parseInt(parts.group(2));
        int day = Integer.parseInt(parts.group(3));
        boolean isLeap =
                Math.floorMod(year, 4) == 0 && (Math.floorMod(year, 100) != 0 || Math.floorMod(year, 400) == 0);
        boolean isWritten = digits.startsWith("+") == year > 9999 && !(year == 0 && digits.startsWith("-"));
        if (!isWritten
                || month < 1
                || month > 12
                || day < 1
                || day > MONTHS[month - 1] + (isLeap && month == 2 ? 1 : 0)) {
            return null;
        }
        long before = year - 1;
        long days = before * 365 + Math.floorDiv(before, 4) - Math.floorDiv(before, 100) + Math.floorDiv(before, 400);
        for (int i = 1; i < month; i++) {
            days += MONTHS[i - 1] + (isLeap && i == 2 ? 1 : 0);
        }
        // 719,162 days before 1970 began the year 1.
        return BigInteger.valueOf(days + day - 1 - 719_162);
    }

    private static BigInteger clock(Matcher parts, int first) {
        int hours = Integer.parseInt(parts.group(first));
        int minutes = Integer.parseInt(parts.group(first + 1));
        int seconds = parts.group(first + 2) == null ? 0 : Integer.parseInt(parts.group(first + 2));
        String fraction = parts.group(first + 3) == null ? "" : parts.group(first + 3);
        if (hours > 23 || minutes > 59 || seconds > 59) {
            return null;
        }
        return BigInteger.valueOf(hours * 3600L + minutes * 60L + seconds)
                .multiply(NANOS_PER_SECOND)
                .add(new BigInteger((fraction + "000000000").substring(0, 9)));
    }
}
