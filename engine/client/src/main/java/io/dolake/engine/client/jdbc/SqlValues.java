/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dolake.schemas.RawText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;

/** SQLite values to Java types and back. A value that the type cannot hold is an error, never another value. */
final class SqlValues {
    private static final DateTimeFormatter WRITE_TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");
    private static final DateTimeFormatter READ_TIMESTAMP = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd[['T'][' ']HH:mm[:ss]]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
            .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
            .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0)
            .toFormatter(java.util.Locale.ROOT);

    private SqlValues() {}

    static long toLong(Object value) throws SQLException {
        if (value instanceof Long number) {
            return number;
        }
        try {
            return toBigDecimal(value).longValueExact();
        } catch (ArithmeticException e) {
            throw outOfRange(value, "a 64-bit integer", e);
        }
    }

    /** A whole number between the bounds. */
    static long toLong(Object value, long min, long max) throws SQLException {
        long number = toLong(value);
        if (number < min || number > max) {
            throw outOfRange(value, "a number from " + min + " to " + max, null);
        }
        return number;
    }

    static double toDouble(Object value) throws SQLException {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        return toBigDecimal(value).doubleValue();
    }

    static boolean toBoolean(Object value) throws SQLException {
        if (value instanceof String text && (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"))) {
            return text.equalsIgnoreCase("true");
        }
        return toDouble(value) != 0;
    }

    static BigDecimal toBigDecimal(Object value) throws SQLException {
        try {
            if (value instanceof Long number) {
                return BigDecimal.valueOf(number);
            }
            if (value instanceof Double number) {
                return BigDecimal.valueOf(number);
            }
            if (value instanceof String text) {
                return new BigDecimal(text.strip());
            }
        } catch (NumberFormatException e) {
            throw noConversion(value, "a number", e);
        }
        throw noConversion(value, "a number", null);
    }

    static String toText(Object value) throws SQLException {
        if (value instanceof byte[] || value instanceof RawText) {
            throw noConversion(value, "text", null);
        }
        return value.toString();
    }

    static byte[] toBytes(Object value) throws SQLException {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof RawText text) {
            return text.bytes();
        }
        if (value instanceof String text) {
            return text.getBytes(UTF_8);
        }
        throw noConversion(value, "bytes", null);
    }

    /** SQLite's own text form, which is in UTC. */
    static Timestamp toTimestamp(Object value) throws SQLException {
        if (value instanceof String text) {
            try {
                return Timestamp.from(LocalDateTime.parse(text, READ_TIMESTAMP).toInstant(ZoneOffset.UTC));
            } catch (DateTimeParseException e) {
                throw noConversion(value, "a timestamp", e);
            }
        }
        throw noConversion(value, "a timestamp", null);
    }

    /** A value as one of the classes that {@code getObject} offers. */
    static <T> T to(Class<T> type, Object value) throws SQLException {
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        Object converted = switch (type.getName()) {
            case "java.lang.Long" -> toLong(value);
            case "java.lang.Integer" -> (int) toLong(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "java.lang.Double" -> toDouble(value);
            case "java.lang.Boolean" -> toBoolean(value);
            case "java.lang.String" -> toText(value);
            case "java.math.BigDecimal" -> toBigDecimal(value);
            case "java.sql.Timestamp" -> toTimestamp(value);
            case "[B" -> toBytes(value);
            default -> throw noConversion(value, type.getName(), null);
        };
        return type.cast(converted);
    }

    /** A parameter as a value that can be sent. Decimals become the number that SQLite would make of them, if exact. */
    static Object parameter(Object value) {
        if (value instanceof BigInteger number) {
            return parameter(new BigDecimal(number));
        }
        if (value instanceof BigDecimal number) {
            return decimal(number);
        }
        if (value instanceof Timestamp timestamp) {
            return WRITE_TIMESTAMP.format(LocalDateTime.ofInstant(timestamp.toInstant(), ZoneOffset.UTC));
        }
        return value;
    }

    private static Object decimal(BigDecimal number) {
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            double nearest = number.doubleValue();
            boolean exact =
                    !Double.isInfinite(nearest) && BigDecimal.valueOf(nearest).compareTo(number) == 0;
            return exact ? (Object) nearest : number.toPlainString();
        }
    }

    private static SQLException outOfRange(Object value, String wanted, Exception cause) {
        return new SQLDataException(
                "Cannot read value " + value + ": it is not " + wanted, SqlExceptions.OUT_OF_RANGE, cause);
    }

    private static SQLException noConversion(Object value, String wanted, Exception cause) {
        String shown = value instanceof byte[] bytes ? "of " + bytes.length + " bytes" : "'" + value + "'";
        return new SQLDataException(
                "Cannot read value " + shown + " as " + wanted + ": the forms differ",
                SqlExceptions.NO_CONVERSION,
                cause);
    }
}
