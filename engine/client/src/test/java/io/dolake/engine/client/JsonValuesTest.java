/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValuesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "9223372036854775807|9223372036854775807",
                "-9223372036854775808|-9223372036854775808",
                "9007199254740993|9007199254740993",
                "0|0"
            })
    void keepsIntegersExact(String json, long value) {
        assertThat(JsonValues.fromJson(JsonTrees.read(json))).isEqualTo(value);
        assertThat(JsonTrees.write(JsonValues.toJson(value))).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({
        "1.0,1.0",
        "1e3,1000.0",
        "-0.0,-0.0",
        "4.9E-324,4.9E-324",
        "1.7976931348623157E308,1.7976931348623157E308"
    })
    void readsANumberWithFractionOrExponentAsReal(String json, double value) {
        assertThat(JsonValues.fromJson(JsonTrees.read(json))).isEqualTo(value);
    }

    @Test
    void writesARealOfWholeValueWithAFraction() {
        assertThat(JsonTrees.write(JsonValues.toJson(1.0))).isEqualTo("1.0");
        assertThat(JsonTrees.write(JsonValues.toJson(1.5f))).isEqualTo("1.5");
    }

    @Test
    void writesInfinitiesAsObjects() {
        assertThat(JsonTrees.write(JsonValues.toJson(Double.POSITIVE_INFINITY))).isEqualTo("{\"real\":\"Infinity\"}");
        assertThat(JsonTrees.write(JsonValues.toJson(Double.NEGATIVE_INFINITY))).isEqualTo("{\"real\":\"-Infinity\"}");
    }

    @Test
    void writesNotANumberAsNullAsSqliteStoresIt() {
        assertThat(JsonTrees.write(JsonValues.toJson(Double.NaN))).isEqualTo("null");
    }

    @Test
    void writesBooleansAsTheyAre() {
        assertThat(JsonTrees.write(JsonValues.toJson(true))).isEqualTo("true");
    }

    @Test
    void roundTripsRandomValues() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Object value = randomValue(random);

            assertThat(JsonValues.fromJson(JsonTrees.read(JsonTrees.write(JsonValues.toJson(value)))))
                    .isEqualTo(value);
            assertThat(JsonValues.fromJson(JsonTrees.read(JsonTrees.writeBytes(JsonValues.toJson(value)))))
                    .isEqualTo(value);
        }
    }

    private static Object randomValue(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> randomReal(random);
            case 3 -> randomText(random);
            case 4 -> {
                byte[] bytes = new byte[random.nextInt(40)];
                random.nextBytes(bytes);
                yield bytes;
            }
            default -> null;
        };
    }

    private static Double randomReal(Random random) {
        double value = random.nextBoolean() ? random.nextGaussian() : Double.longBitsToDouble(random.nextLong());
        return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            int codePoint = random.nextInt(Character.MAX_CODE_POINT + 1);
            text.appendCodePoint(codePoint >= 0xD800 && codePoint < 0xE000 ? codePoint - 0xD800 : codePoint);
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "[1]",
                "{}",
                "{\"blob\": \"0\"}",
                "{\"blob\": \"zz\"}",
                "{\"real\": \"NaN\"}",
                "9223372036854775808"
            })
    void refusesWhatIsNoValue(String json) {
        assertThatThrownBy(() -> JsonValues.fromJson(JsonTrees.read(json)))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL_ERROR));
    }

    @Test
    void refusesAParameterThatHasNoSqliteForm() {
        assertThatThrownBy(() -> JsonValues.toJson(BigDecimal.ONE))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void refusesTextThatIsNotUnicode() {
        assertThatThrownBy(() -> JsonTrees.statement(Statement.of("SELECT ?", "a\uD800")))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }
}
