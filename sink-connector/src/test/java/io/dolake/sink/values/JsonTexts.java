/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * JSON with what it says, written without a library: numbers as BigDecimal, objects as maps, null as {@link
 * Shown#NULL}.
 */
public final class JsonTexts {
    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "0.0",
            "-0.0",
            "1",
            "127",
            "128",
            "-128",
            "-129",
            "32767",
            "32768",
            "-32769",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775809",
            "18446744073709551616",
            "99999999999999999999999999999999999999",
            "100000000000000000000000000000000000000",
            "1e2",
            "1E+2",
            "1e23",
            "1e37",
            "1e38",
            "1.5e-3",
            "1e-38",
            "1e-39",
            "0.1",
            "0.10",
            "1.000",
            "1.7976931348623157e308",
            "5e-324",
            "4.9e-324",
            "2.2250738585072014e-308",
            "1e308",
            "12345678901234567890.123456789012345678",
            "0.3",
            "0.1234567890123456789012345678901234567");

    /** JSON that no variant holds. */
    private static final List<String> TOO_MUCH = List.of(
            "1e309",
            "-1e400",
            "1e-400",
            "0.123456789012345678901234567890123456789",
            "123456789012345678901234567890123456789",
            "\"\\ud800\"",
            "\"a\\udc00\"",
            "1.23456789012345678e300");

    private static final List<String> NONE = List.of(
            "", " ", "{", "[1,]", "{\"a\":1,\"a\":2}", "nul", "01", "+1", ".5", "NaN", "1 2", "'a'", "{a:1}", "\"\t\"");

    private JsonTexts() {}

    /** @param value the parsed value; null if it is not JSON, or has content that a variant cannot hold */
    public record Drawn(String text, Object value, boolean isTooMuch) {}

    public static Drawn draw(Random random) {
        int kind = random.nextInt(12);
        if (kind == 0) {
            return new Drawn(Draws.any(random, NONE), null, false);
        }
        StringBuilder text = new StringBuilder();
        if (kind == 1) {
            String odd = Draws.any(random, TOO_MUCH);
            return new Drawn(random.nextBoolean() ? odd : "{\"x\": [1, " + odd + "]}", null, true);
        }
        Object value = write(random, 3, text);
        return new Drawn(text.toString(), value, false);
    }

    private static Object write(Random random, int depth, StringBuilder text) {
        switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0 -> {
                String literal = Draws.any(random, List.of("true", "false", "null"));
                text.append(literal);
                return literal.equals("null") ? Shown.NULL : (Object) literal;
            }
            case 1, 2 -> {
                String number = random.nextBoolean() ? Draws.any(random, NUMBERS) : number(random);
                text.append(number);
                return new BigDecimal(number);
            }
            case 3, 4 -> {
                return string(random, text);
            }
            case 5 -> {
                List<Object> items = new ArrayList<>();
                text.append("[ ");
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(write(random, depth - 1, text.append(items.isEmpty() ? "" : ",")));
                }
                text.append("]");
                return items;
            }
            default -> {
                Map<Object, Object> fields = new LinkedHashMap<>();
                text.append("{");
                for (int i = random.nextInt(4); i > 0; i--) {
                    text.append(fields.isEmpty() ? "" : " , ");
                    String name = fields.size() + string(random, new StringBuilder());
                    quote(name, text);
                    text.append(":");
                    fields.put(name, write(random, depth - 1, text));
                }
                text.append("}");
                return fields;
            }
        }
    }

    private static String number(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> Long.toString(Draws.number(random));
            case 1 ->
                new BigDecimal(new BigInteger(1 + random.nextInt(120), random), random.nextInt(38)).toPlainString();
            default -> {
                double real = Draws.real(random);
                yield Double.isFinite(real) ? Double.toString(real) : "1";
            }
        };
    }

    private static String string(Random random, StringBuilder text) {
        String value = Draws.text(random);
        String whole = Texts.found(value).exact() == null ? "whole" : value;
        quote(whole, text);
        return whole;
    }

    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (char c : value.toCharArray()) {
            boolean isEscaped = c < ' ' || c == '"' || c == '\\' || c > 0x7e && c % 3 == 0;
            text.append(isEscaped ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        text.append('"');
    }
}
