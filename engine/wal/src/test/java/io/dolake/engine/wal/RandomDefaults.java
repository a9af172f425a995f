/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Random;

/** Random texts to follow the word DEFAULT; SQLite may refuse them. The same for the same state of the generator. */
final class RandomDefaults {
    private static final String[] WORDS = {
        "TRUE", "false", "\"dq\"", "\"false\"", "[br]", "`bt`", "plain", "NULL", "x''"
    };
    private static final String[] TEXTS = {"", "12", " 7 ", "1e3", "it''s", ")--", "0x10", "-5", "ä€", "9e99", "/*"};
    private static final String[] NUMBERS = {
        "0",
        "1",
        "5",
        "127",
        "9223372036854775807",
        "9223372036854775808",
        "0x0",
        "0xFF",
        "0x8000000000000000",
        "1.0",
        "0.1",
        "1e3",
        "1e308",
        "1e309",
        ".5",
        "5.",
        "1_000"
    };
    private static final String[] CASTS = {"INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", "ANY", "VARCHAR(5)"};

    private RandomDefaults() {}

    static String clause(Random random) {
        if (random.nextInt(4) > 0) {
            return "(" + expression(random, 0) + ")";
        }
        String sign = new String[] {"", "-", "+", "- ", "-/**/"}[random.nextInt(5)];
        return random.nextInt(4) == 0 ? pick(random, WORDS) : sign + literal(random);
    }

    private static String expression(Random random, int depth) {
        if (depth > 4) {
            return literal(random);
        }
        String inner = expression(random, depth + 1 + random.nextInt(3));
        return switch (random.nextInt(14)) {
            case 0, 1 -> "-" + space(random) + inner;
            case 2 -> "+" + space(random) + inner;
            case 3, 4 -> "(" + space(random) + inner + space(random) + ")";
            case 5, 6 -> "CAST(" + inner + " AS " + pick(random, CASTS) + ")";
            case 7 -> inner + " -- note\n";
            case 8 -> "/* ) */ " + inner;
            case 9 -> pick(random, WORDS);
            case 10 -> inner + " COLLATE NOCASE";
            case 11 -> inner + new String[] {" + 1", " || 'x'", " IS NULL", " = 5"}[random.nextInt(4)];
            default -> literal(random);
        };
    }

    private static String literal(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "'" + pick(random, TEXTS) + "'";
            case 1 -> "x'" + new String[] {"", "00", "3132", "410042", "2D35"}[random.nextInt(5)] + "'";
            default -> pick(random, NUMBERS);
        };
    }

    private static String space(Random random) {
        return new String[] {"", " ", "\n", "/**/", " -- c\n"}[random.nextInt(5)];
    }

    private static String pick(Random random, String[] texts) {
        return texts[random.nextInt(texts.length)];
    }
}
