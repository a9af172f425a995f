/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import io.dolake.sink.config.TypeConfig.Inexact;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Converts values of one type to another type that a table already has: to the same value, or {@link ValueFault}. Both
 * are in Iceberg's internal representation. Nothing is guessed: a timestamp with an offset does not become one without,
 * nor the reverse, and a number does not become text.
 */
public final class TypeConversions {
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final LakeTimes TIMES = new LakeTimes(Inexact.REFUSE);
    /** A number in its usual notation; {@code 007} is not accepted, as it would not be the same when read back. */
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,99})(\\.\\d{1,99})?");

    private TypeConversions() {}

    /** Null if there is no conversion. Values of the same type, and of narrower types, need none. */
    public static UnaryOperator<Object> of(Type from, Type to) {
        UnaryOperator<Object> conversion = conversion(from, to);
        return conversion == null ? null : value -> converted(conversion, value);
    }

    private static Object converted(UnaryOperator<Object> conversion, Object value) {
        try {
            return conversion.apply(value);
        } catch (ValueFault e) {
            // No setting allows another value here: the table's type decides.
            throw ValueFault.malformed(e.getMessage());
        }
    }

    private static UnaryOperator<Object> conversion(Type from, Type to) {
        return switch (from.typeId()) {
            case INTEGER, LONG -> ofLong(to);
            case FLOAT, DOUBLE -> ofDouble(to);
            case DECIMAL -> ofDecimal(to);
            case STRING -> ofText(to);
            case DATE -> ofDate(to);
            case TIMESTAMP, TIMESTAMP_NANO -> ofTimestamp(from, to);
            case UUID -> to.typeId() == Type.TypeID.STRING ? Object::toString : null;
            case BINARY -> to instanceof Types.FixedType fixed ? value -> fixed((ByteBuffer) value, fixed) : null;
            default -> null;
        };
    }

    private static UnaryOperator<Object> ofLong(Type to) {
        return switch (to.typeId()) {
            case INTEGER -> value -> toInt(number(value).longValue());
            case LONG -> value -> number(value).longValue();
            case FLOAT ->
                value -> (float) exact(number(value).longValue(), number(value).floatValue());
            case DOUBLE ->
                value -> exact(number(value).longValue(), number(value).doubleValue());
            case DECIMAL -> value -> toDecimal(BigDecimal.valueOf(number(value).longValue()), to);
            default -> null;
        };
    }

    private static UnaryOperator<Object> ofDouble(Type to) {
        return switch (to.typeId()) {
            case INTEGER -> value -> toInt(toLong(number(value).doubleValue()));
            case LONG -> value -> toLong(number(value).doubleValue());
            case FLOAT -> value -> toFloat(number(value).doubleValue());
            case DOUBLE -> value -> number(value).doubleValue();
            case DECIMAL -> value -> toDecimal(decimal(number(value)), to);
            default -> null;
        };
    }

    private static UnaryOperator<Object> ofDecimal(Type to) {
        return switch (to.typeId()) {
            case INTEGER -> value -> toInt(toLong((BigDecimal) value));
            case LONG -> value -> toLong((BigDecimal) value);
            case FLOAT -> value -> toFloat((BigDecimal) value);
            case DOUBLE -> value -> toDouble((BigDecimal) value);
            case DECIMAL -> value -> toDecimal((BigDecimal) value, to);
            default -> null;
        };
    }

    private static UnaryOperator<Object> ofText(Type to) {
        return switch (to.typeId()) {
            case BOOLEAN -> value -> toBoolean((String) value);
            case DECIMAL -> value -> toDecimal(number((String) value), to);
            case UUID -> value -> DebeziumTypes.uuid((String) value);
            case DATE -> value -> TIMES.date(date((String) value));
            case TIME -> value -> TIMES.time(time((String) value));
            case TIMESTAMP -> value -> TIMES.timestamp(instant((String) value, isUtc(to)));
            case TIMESTAMP_NANO -> value -> nanos(instant((String) value, isUtc(to)));
            default -> null;
        };
    }

    /** Midnight, as in databases. */
    private static UnaryOperator<Object> ofDate(Type to) {
        boolean isMidnight = !isTimestamp(to) || isUtc(to);
        if (isMidnight) {
            return null;
        }
        return to.typeId() == Type.TypeID.TIMESTAMP
                ? value -> micros((Integer) value)
                : value -> times(micros((Integer) value), NANOS_PER_MICRO);
    }

    private static UnaryOperator<Object> ofTimestamp(Type from, Type to) {
        boolean isNanos = from.typeId() == Type.TypeID.TIMESTAMP_NANO;
        if (to.typeId() == Type.TypeID.DATE && !isUtc(from)) {
            return value -> toDate((Long) value, isNanos ? MICROS_PER_DAY * NANOS_PER_MICRO : MICROS_PER_DAY);
        }
        if (!isTimestamp(to) || isUtc(from) != isUtc(to) || from.typeId() == to.typeId()) {
            return null;
        }
        return isNanos ? value -> whole((Long) value, NANOS_PER_MICRO) : value -> times((Long) value, NANOS_PER_MICRO);
    }

    private static boolean isTimestamp(Type type) {
        return type.typeId() == Type.TypeID.TIMESTAMP || type.typeId() == Type.TypeID.TIMESTAMP_NANO;
    }

    private static boolean isUtc(Type type) {
        return type instanceof Types.TimestampType micros
                ? micros.shouldAdjustToUTC()
                : ((Types.TimestampNanoType) type).shouldAdjustToUTC();
    }

    private static Number number(Object value) {
        return (Number) value;
    }

    private static ValueFault inexact(String type) {
        return ValueFault.malformed("the table's column, of type " + type + ", cannot hold it exactly");
    }

    private static int toInt(long value) {
        if (value != (int) value) {
            throw inexact("int");
        }
        return (int) value;
    }

    private static double exact(long value, double asDouble) {
        if (asDouble == 0x1p63 || (long) asDouble != value) {
            throw inexact("double or float");
        }
        return asDouble;
    }

    private static long toLong(double value) {
        long whole = (long) value;
        if (whole != value || value == 0x1p63) {
            throw inexact("long or int");
        }
        return whole;
    }

    private static float toFloat(double value) {
        float nearest = (float) value;
        if (nearest != value && !Double.isNaN(value)) {
            throw inexact("float");
        }
        return nearest;
    }

    /** The number itself if it is whole, else the shortest decimal that identifies this number in its type. */
    private static BigDecimal decimal(Number value) {
        double number = value.doubleValue();
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw inexact("decimal");
        }
        return number == Math.rint(number) ? new BigDecimal(number) : Decimals.shortest(value);
    }

    private static long toLong(BigDecimal value) {
        try {
            return value.longValueExact();
        } catch (ArithmeticException e) {
            throw inexact("long or int");
        }
    }

    private static double toDouble(BigDecimal value) {
        double nearest = value.doubleValue();
        if (Double.isInfinite(nearest) || decimal(nearest).compareTo(value) != 0) {
            throw inexact("double");
        }
        return nearest;
    }

    private static float toFloat(BigDecimal value) {
        float nearest = value.floatValue();
        if (Float.isInfinite(nearest) || decimal(nearest).compareTo(value) != 0) {
            throw inexact("float");
        }
        return nearest;
    }

    private static BigDecimal toDecimal(BigDecimal value, Type to) {
        return Decimals.fitted(value, (Types.DecimalType) to, Inexact.REFUSE);
    }

    private static BigDecimal number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw ValueFault.malformed("the text is not a number");
        }
        return new BigDecimal(text);
    }

    private static boolean toBoolean(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return text.equalsIgnoreCase("true");
        }
        throw ValueFault.malformed("the text is neither true nor false");
    }

    private static long date(String text) {
        return LakeTimes.parsed(text, "ISO date", LocalDate::parse).toEpochDay();
    }

    private static LocalTime time(String text) {
        return LakeTimes.parsed(text, "ISO time without an offset", LocalTime::parse);
    }

    /** ISO 8601, or SQL's form with a blank in place of the T. */
    private static Instant instant(String text, boolean hasOffset) {
        String iso =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + 'T' + text.substring(11) : text;
        return hasOffset
                ? LakeTimes.parsed(
                                iso,
                                "ISO date and time with an offset",
                                it -> OffsetDateTime.parse(it, DateTimeFormatter.ISO_OFFSET_DATE_TIME))
                        .toInstant()
                : LakeTimes.parsed(iso, "ISO date and time without an offset", LocalDateTime::parse)
                        .toInstant(ZoneOffset.UTC);
    }

    private static long nanos(Instant instant) {
        long second = instant.getEpochSecond();
        long nano = instant.getNano();
        try {
            // The first second of the range starts before the range.
            return second < 0
                    ? Math.addExact(Math.multiplyExact(second + 1, NANOS_PER_SECOND), nano - NANOS_PER_SECOND)
                    : Math.addExact(Math.multiplyExact(second, NANOS_PER_SECOND), nano);
        } catch (ArithmeticException e) {
            throw inexact("timestamp_ns");
        }
    }

    private static long micros(int days) {
        return times(days, MICROS_PER_DAY);
    }

    private static long times(long value, long factor) {
        try {
            return Math.multiplyExact(value, factor);
        } catch (ArithmeticException e) {
            throw inexact("timestamp");
        }
    }

    private static long whole(long value, long divisor) {
        if (value % divisor != 0) {
            throw inexact("timestamp");
        }
        return value / divisor;
    }

    private static int toDate(long value, long partsOfDay) {
        if (value % partsOfDay != 0) {
            throw inexact("date");
        }
        return TIMES.date(value / partsOfDay);
    }

    private static ByteBuffer fixed(ByteBuffer value, Types.FixedType to) {
        if (value.remaining() != to.length()) {
            throw inexact(to.toString());
        }
        return value;
    }
}
