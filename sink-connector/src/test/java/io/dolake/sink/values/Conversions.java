/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of a value in a column that a table has already: the same value, or nothing. Types are Iceberg's, by
 * their texts; values as its generic reader has them. The rules are those of the README, with arithmetic that has no
 * ends.
 */
public final class Conversions {
    private static final Set<String> NUMBERS = Set.of("int", "long", "float", "double", "decimal");

    private Conversions() {}

    /** Types of columns, of which all have to do with each other in some way. */
    public static final java.util.List<String> COLUMNS = java.util.List.of(
            "boolean",
            "int",
            "long",
            "float",
            "double",
            "decimal(9, 2)",
            "decimal(18, 0)",
            "decimal(38, 10)",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "timestamp_ns",
            "timestamptz_ns",
            "string",
            "uuid",
            "fixed[4]",
            "binary");

    /** Whether any value of a type may go into a column of another. */
    public static boolean isPossible(String from, String to) {
        if (from.equals(to)) {
            return true;
        }
        String source = kind(from);
        String target = kind(to);
        if (NUMBERS.contains(source) && NUMBERS.contains(target)) {
            return true;
        }
        return switch (source) {
            case "string" ->
                Set.of(
                                "boolean",
                                "decimal",
                                "uuid",
                                "date",
                                "time",
                                "timestamp",
                                "timestamptz",
                                "timestamp_ns",
                                "timestamptz_ns")
                        .contains(target);
            case "uuid" -> target.equals("string");
            case "date" -> Set.of("timestamp", "timestamp_ns").contains(target);
            case "timestamp", "timestamp_ns" ->
                Set.of("timestamp", "timestamp_ns", "date").contains(target);
            case "timestamptz", "timestamptz_ns" ->
                Set.of("timestamptz", "timestamptz_ns").contains(target);
            case "binary" -> target.equals("fixed");
            default -> false;
        };
    }

    private static String kind(String type) {
        return type.replaceFirst("[(\\[].*", "");
    }

    /** Empty if the column cannot have it. */
    public static Optional<Object> of(Object value, String from, String to) {
        if (from.equals(to)) {
            return Optional.of(value);
        }
        return switch (kind(from)) {
            case "int", "long", "float", "double", "decimal" -> number((Number) value, to);
            case "string" -> text((String) value, to);
            case "uuid" -> Optional.of(value.toString());
            case "date" -> ofMoment(((LocalDate) value).atStartOfDay(), to);
            case "timestamp", "timestamp_ns" -> ofMoment((LocalDateTime) value, to);
            case "timestamptz", "timestamptz_ns" -> ofInstant((Instant) value, to);
            case "binary" -> ofBytes(value, to);
            default -> throw new AssertionError(from);
        };
    }

    /** The number that a double or float is; its shortest decimal, if it has a fraction. */
    private static Optional<BigDecimal> exact(Number value) {
        if (value instanceof BigDecimal number) {
            return Optional.of(number);
        }
        if (value instanceof Integer || value instanceof Long) {
            return Optional.of(BigDecimal.valueOf(value.longValue()));
        }
        double number = value.doubleValue();
        return Double.isNaN(number) || Double.isInfinite(number)
                ? Optional.empty()
                : Optional.of(new BigDecimal(number));
    }

    private static Optional<Object> number(Number value, String to) {
        Optional<BigDecimal> exact = exact(value);
        boolean isReal = value instanceof Float || value instanceof Double;
        switch (kind(to)) {
            case "int", "long" -> {
                return exact.filter(it -> isWhole(it, to.equals("int") ? 31 : 63))
                        .map(it -> to.equals("int") ? (Object) it.intValueExact() : (Object) it.longValueExact());
            }
            case "float" -> {
                float nearest = isReal
                        ? (float) value.doubleValue()
                        : Float.parseFloat(exact.orElseThrow().toString());
                if (isReal) {
                    boolean isSame = Double.isNaN(value.doubleValue()) || nearest == value.doubleValue();
                    return isSame ? Optional.of(nearest) : Optional.empty();
                }
                boolean isSame = !Float.isInfinite(nearest)
                        && isThat(exact.orElseThrow(), new BigDecimal(nearest), shortest(nearest), value);
                return isSame ? Optional.of(nearest) : Optional.empty();
            }
            case "double" -> {
                if (isReal) {
                    return Optional.of(value.doubleValue());
                }
                double nearest = Double.parseDouble(exact.orElseThrow().toString());
                boolean isSame = !Double.isInfinite(nearest)
                        && isThat(exact.orElseThrow(), new BigDecimal(nearest), shortest(nearest), value);
                return isSame ? Optional.of(nearest) : Optional.empty();
            }
            default -> {
                if (exact.isEmpty()) {
                    return Optional.empty();
                }
                boolean hasFraction = isReal && exact.get().stripTrailingZeros().scale() > 0;
                return decimal(
                        !hasFraction
                                ? exact.get()
                                : value instanceof Float ? shortest((Float) value) : shortest(value.doubleValue()),
                        to);
            }
        }
    }

    /** Whole numbers have to be the very number; others may be its shortest text. */
    private static boolean isThat(BigDecimal number, BigDecimal exact, BigDecimal shortest, Number value) {
        boolean isWhole = number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
        return number.compareTo(exact) == 0 || (!isWhole && number.compareTo(shortest) == 0);
    }

    private static boolean isWhole(BigDecimal number, int bits) {
        if (number.signum() != 0
                && (number.precision() - (long) number.scale() > 20
                        || number.stripTrailingZeros().scale() > 0)) {
            return false;
        }
        return number.toBigInteger().bitLength() <= bits;
    }

    /** The one of the fewest digits that is this number and no other. */
    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; digits <= 17; digits++) {
            BigDecimal rounded = exact.round(new java.math.MathContext(digits));
            if (rounded.doubleValue() == number) {
                return rounded;
            }
        }
        throw new AssertionError(number);
    }

    private static BigDecimal shortest(float number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; digits <= 9; digits++) {
            BigDecimal rounded = exact.round(new java.math.MathContext(digits));
            if (Float.parseFloat(rounded.toString()) == number) {
                return rounded;
            }
        }
        throw new AssertionError(number);
    }

    private static Optional<Object> decimal(BigDecimal number, String to) {
        String[] parts = to.replaceAll("[^0-9,]", "").split(",");
        int scale = Integer.parseInt(parts[1]);
        BigInteger end = BigInteger.TEN.pow(Integer.parseInt(parts[0]));
        if (number.signum() == 0) {
            return Optional.of(BigDecimal.ZERO.setScale(scale));
        }
        if (number.stripTrailingZeros().scale() > scale || number.precision() - (long) number.scale() > 60) {
            return Optional.empty();
        }
        BigDecimal scaled = number.setScale(scale);
        return scaled.unscaledValue().abs().compareTo(end) < 0 ? Optional.of(scaled) : Optional.empty();
    }

    private static Optional<Object> text(String text, String to) {
        switch (kind(to)) {
            case "boolean" -> {
                String lower = text.toLowerCase(Locale.ROOT);
                boolean isOne = text.length() < 6 && (lower.equals("true") || lower.equals("false"));
                return isOne ? Optional.of(lower.equals("true")) : Optional.empty();
            }
            case "decimal" -> {
                boolean isNumber = text.matches("-?(0|[1-9][0-9]{0,99})(\\.[0-9]{1,99})?");
                return isNumber ? decimal(new BigDecimal(text), to) : Optional.empty();
            }
            case "uuid" -> {
                boolean isUuid = text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
                return isUuid ? Optional.of(text.toLowerCase(Locale.ROOT)) : Optional.empty();
            }
            case "date" -> {
                return Moments.date(text)
                        .filter(it -> it.offset() == null)
                        .map(it -> Moments.floor(it.nanos(), Moments.NANOS_PER_DAY))
                        .filter(days -> days.bitLength() < 32)
                        .map(days -> LocalDate.ofEpochDay(days.intValue()));
            }
            case "time" -> {
                return Moments.time(text)
                        .filter(it -> it.offset() == null)
                        .map(it -> Moments.time(it.nanos()).exact());
            }
            default -> {
                boolean isBlank = text.length() > 10 && text.charAt(10) == ' ';
                String iso = isBlank ? text.substring(0, 10) + "T" + text.substring(11) : text;
                boolean isUtc = to.contains("tz");
                return Moments.timestamp(iso)
                        .filter(it -> it.offset() == null != isUtc)
                        .map(it -> isUtc ? it.inUtc() : it.nanos())
                        .flatMap(nanos -> moment(nanos, to));
            }
        }
    }

    private static Optional<Object> moment(BigInteger nanos, String to) {
        if (to.endsWith("_ns")) {
            return nanos.bitLength() > 63 ? Optional.empty() : Optional.of(Moments.moment(nanos, to.contains("tz")));
        }
        return Optional.ofNullable(Moments.timestamp(nanos, to.contains("tz")).exact());
    }

    private static BigInteger nanos(LocalDateTime time) {
        return BigInteger.valueOf(time.toEpochSecond(ZoneOffset.UTC))
                .multiply(Moments.NANOS_PER_SECOND)
                .add(BigInteger.valueOf(time.getNano()));
    }

    private static Optional<Object> ofMoment(LocalDateTime time, String to) {
        if (to.equals("date")) {
            boolean isMidnight = time.truncatedTo(ChronoUnit.DAYS).equals(time);
            return isMidnight ? Optional.of(time.toLocalDate()) : Optional.empty();
        }
        return moment(nanos(time), to);
    }

    private static Optional<Object> ofInstant(Instant instant, String to) {
        return moment(nanos(LocalDateTime.ofInstant(instant, ZoneOffset.UTC)), to);
    }

    private static Optional<Object> ofBytes(Object value, String to) {
        int length = value instanceof ByteBuffer buffer ? buffer.remaining() : ((byte[]) value).length;
        return to.equals("fixed[" + length + "]") ? Optional.of(value) : Optional.empty();
    }
}
