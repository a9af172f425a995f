/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import io.dolake.sink.values.SemanticType.Found;
import io.dolake.sink.values.SemanticType.Single;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Numbers, truth values and bytes. */
final class Numbers {
    private static final Schema VARIABLE = SchemaBuilder.struct()
            .name("io.debezium.data.VariableScaleDecimal")
            .version(1)
            .field("scale", Schema.INT32_SCHEMA)
            .field("value", Schema.BYTES_SCHEMA)
            .build();

    /** Of {@code decimal(20, 5)}. */
    private static final BigInteger END = BigInteger.TEN.pow(20);

    private Numbers() {}

    static List<SemanticType> all() {
        return List.of(
                new Single(
                        "int8",
                        SchemaBuilder::int8,
                        random -> (byte) Draws.number(random, 8),
                        "int",
                        value -> Found.exact(Integer.valueOf((Byte) value))),
                new Single(
                        "int16",
                        SchemaBuilder::int16,
                        random -> (short) Draws.number(random, 16),
                        "int",
                        value -> Found.exact(Integer.valueOf((Short) value))),
                NumberedTimes.plain("int32", SchemaBuilder::int32, random -> (int) Draws.number(random, 32), "int"),
                NumberedTimes.plain("int64", SchemaBuilder::int64, Draws::number, "long"),
                NumberedTimes.plain("float32", SchemaBuilder::float32, Draws::smallReal, "float"),
                NumberedTimes.plain("float64", SchemaBuilder::float64, Draws::real, "double"),
                NumberedTimes.plain("boolean", SchemaBuilder::bool, Random::nextBoolean, "boolean"),
                bytes("bytes"),
                bytes("io.debezium.data.Bits"),
                decimal(4, 2),
                decimal(9, 0),
                decimal(18, 18),
                decimal(19, 7),
                decimal(38, 0),
                decimal(38, 38),
                decimal(0, 10),
                decimal(0, 39),
                decimal(0, -2),
                decimal(50, 20),
                variableScale());
    }

    private static SemanticType bytes(String name) {
        return NumberedTimes.plain(
                name,
                () -> name.equals("bytes")
                        ? SchemaBuilder.bytes()
                        : SchemaBuilder.bytes().name(name).version(1).parameter("length", "64"),
                Draws::bytes,
                "binary");
    }

    /** @param precision 0: it is not said */
    private static SemanticType decimal(int precision, int scale) {
        int digits = precision == 0 ? 38 : precision;
        boolean isText = digits > 38 || scale > 38 || scale < 0;
        return new Single(
                Decimal.LOGICAL_NAME + "(" + precision + ", " + scale + ")",
                () -> precision == 0
                        ? Decimal.builder(scale)
                        : Decimal.builder(scale).parameter("connect.decimal.precision", Integer.toString(precision)),
                random -> new BigDecimal(Draws.whole(random, digits), scale),
                isText ? "string" : "decimal(" + digits + ", " + scale + ")",
                value -> {
                    BigDecimal number = (BigDecimal) value;
                    if (isText) {
                        return Found.exact(number.toPlainString());
                    }
                    BigInteger end = BigInteger.TEN.pow(digits);
                    return number.unscaledValue().abs().compareTo(end) < 0
                            ? Found.exact(number)
                            : Found.near(end(end, number.signum(), scale));
                });
    }

    private static BigDecimal end(BigInteger end, int sign, int scale) {
        return new BigDecimal(end.subtract(BigInteger.ONE).multiply(BigInteger.valueOf(sign)), scale);
    }

    private static SemanticType variableScale() {
        return new Single(
                VARIABLE.name(),
                () -> copy(VARIABLE),
                Numbers::variableScale,
                TypeSettings::variableScale,
                (value, settings) -> {
                    Struct struct = (Struct) value;
                    BigInteger unscaled = new BigInteger(bytes(struct.get("value")));
                    BigDecimal number = new BigDecimal(unscaled, struct.getInt32("scale"));
                    return switch (settings.variableScale()) {
                        case "string" -> Found.exact(text(number));
                        case "double" -> real(number);
                        default -> fitted(number);
                    };
                });
    }

    private static byte[] bytes(Object value) {
        return value instanceof ByteBuffer buffer ? buffer.array() : (byte[]) value;
    }

    private static Object variableScale(Random random) {
        int scale = switch (random.nextInt(12)) {
            case 0 -> Draws.any(random, List.of(Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 30));
            case 1, 2 -> random.nextInt(801) - 400;
            default -> random.nextInt(31) - 8;
        };
        return new Struct(VARIABLE)
                .put("scale", scale)
                .put("value", Draws.whole(random, 1 + random.nextInt(40)).toByteArray());
    }

    /** All digits, unless they are more than any database has. */
    private static String text(BigDecimal number) {
        return Math.abs((long) number.scale()) < 10_000 ? number.toPlainString() : number.toString();
    }

    private static Found real(BigDecimal number) {
        double nearest = Double.parseDouble(number.toString());
        return Double.isInfinite(nearest)
                ? Found.near(nearest > 0 ? Double.MAX_VALUE : -Double.MAX_VALUE)
                : Found.exact(nearest);
    }

    private static Found fitted(BigDecimal number) {
        long scale = number.scale();
        if (number.signum() == 0) {
            return Found.exact(BigDecimal.ZERO.setScale(5));
        }
        if (Math.abs(scale) > 10_000) {
            return Found.near(scale < 0 ? end(END, number.signum(), 5) : BigDecimal.ZERO.setScale(5));
        }
        // In parts of 100,000, towards zero.
        BigInteger[] parts = scale <= 5
                ? new BigInteger[] {
                    number.unscaledValue().multiply(BigInteger.TEN.pow((int) (5 - scale))), BigInteger.ZERO
                }
                : number.unscaledValue().divideAndRemainder(BigInteger.TEN.pow((int) (scale - 5)));
        if (parts[0].abs().compareTo(END) >= 0) {
            return Found.near(end(END, number.signum(), 5));
        }
        BigDecimal down = new BigDecimal(parts[0], 5);
        return parts[1].signum() == 0 ? Found.exact(down) : Found.near(down);
    }

    static SchemaBuilder copy(Schema schema) {
        SchemaBuilder builder = SchemaBuilder.struct().name(schema.name()).version(schema.version());
        schema.fields().forEach(field -> builder.field(field.name(), field.schema()));
        return builder;
    }
}
