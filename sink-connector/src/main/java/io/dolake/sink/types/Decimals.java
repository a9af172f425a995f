/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import io.dolake.sink.config.TypeConfig.Inexact;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.Struct;

/** Decimal numbers in the types of the lake, exact or refused. */
final class Decimals {
    /**
     * Postgres' longest numbers have 131,072 digits before the point. A number of few bytes may expand to many more.
     */
    private static final int MAX_PLAIN_DIGITS = 150_000;

    private Decimals() {}

    /** A number in Debezium's {@code VariableScaleDecimal}. */
    static BigDecimal variableScale(Struct struct) {
        ByteBuffer unscaled = DebeziumTypes.buffer(struct.get("value"));
        byte[] bytes = new byte[unscaled.remaining()];
        unscaled.get(bytes);
        return new BigDecimal(new BigInteger(bytes), struct.getInt32("scale"));
    }

    /** All digits without an exponent, unless that would be longer than any number of a database. */
    static String text(BigDecimal number) {
        long digits = number.precision() + Math.abs((long) number.scale());
        return digits <= MAX_PLAIN_DIGITS ? number.toPlainString() : number.toString();
    }

    /** The nearest double, for settings that choose double for decimals; out of its range as the setting says. */
    static double toDouble(BigDecimal number, Inexact inexact) {
        double nearest = number.doubleValue();
        return Double.isInfinite(nearest)
                ? ValueFault.nearest(inexact, "it is past the ends of double", Math.copySign(Double.MAX_VALUE, nearest))
                : nearest;
    }

    /**
     * The number with the fewest digits that identifies this float or double, and of these the nearest one: the one
     * that is printed. Java before 19 prints more digits than that for some.
     */
    static BigDecimal shortest(Number real) {
        BigDecimal exact = new BigDecimal(real.doubleValue());
        BigDecimal shortest = new BigDecimal(real.toString()).stripTrailingZeros();
        for (int digits = shortest.precision(); digits > 0; digits--) {
            BigDecimal rounded = exact.round(new MathContext(digits));
            boolean isSame = real instanceof Float
                    ? rounded.floatValue() == real.floatValue()
                    : rounded.doubleValue() == real.doubleValue();
            if (!isSame) {
                break;
            }
            shortest = rounded;
        }
        return shortest;
    }

    /** The number with the scale of a type. */
    static BigDecimal fitted(BigDecimal number, Types.DecimalType type, Inexact inexact) {
        if (number.scale() == type.scale() && number.precision() <= type.precision()) {
            return number;
        }
        int wholeDigits = type.precision() - type.scale();
        // Checked before the scale is changed: a number of few bytes may have millions of digits afterwards.
        long digitsBeforePoint = (long) number.precision() - number.scale();
        if (number.signum() != 0 && digitsBeforePoint > wholeDigits) {
            return ValueFault.nearest(inexact, "it has more digits than " + type, end(number.signum(), type));
        }
        if (number.signum() != 0 && digitsBeforePoint < -type.scale() - 1L) {
            return ValueFault.nearest(
                    inexact, "it has more digits than " + type, BigDecimal.ZERO.setScale(type.scale()));
        }
        BigDecimal down = number.signum() == 0
                ? BigDecimal.ZERO.setScale(type.scale())
                : number.setScale(type.scale(), RoundingMode.DOWN);
        return down.compareTo(number) == 0
                ? down
                : ValueFault.nearest(inexact, "it has more digits than " + type, down);
    }

    private static BigDecimal end(int sign, Types.DecimalType type) {
        BigInteger unscaled = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
        return new BigDecimal(sign < 0 ? unscaled.negate() : unscaled, type.scale());
    }
}
