/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;

/** Values at the ends of things, and any others. */
final class Draws {
    private static final long[] TIMES = {
        86_400L,
        86_400_000L,
        86_400_000_000L,
        86_400_000_000_000L,
        3_020_399_000_000L, // 838:59:59
        253_402_300_800_000L, // the year 10000, in ms
        253_402_300_800_000_000L,
        62_135_596_800_000L, // the year 1
        62_135_596_800_000_000L,
        210_866_803_200_000L, // 4714 BC, in ms
        2_932_897L, // the year 10000, in days
        719_162L, // the year 1
        9_223_372_036_825_200_000L, // what Postgres' driver has for infinity
        9_223_372_036_832_400_000L,
        9_223_372_036_825_200L,
        9_223_372_036_832_400L,
        2_147_472_692L,
        Long.MAX_VALUE / 1_000,
        Long.MAX_VALUE / 1_000_000
    };

    private static final double[] REALS = {
        0.0,
        -0.0,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Math.nextDown(Double.MIN_NORMAL),
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Float.MAX_VALUE,
        Math.nextUp((double) Float.MAX_VALUE),
        Float.MIN_VALUE,
        Float.MIN_NORMAL,
        0.1,
        0.1f,
        1e22,
        1e23,
        0x1p53,
        0x1p53 + 2,
        0x1p62,
        0x1p63,
        -0x1p63,
        0x1p64,
        2e-3,
        9007199254740993.0
    };

    private static final List<String> TEXTS = List.of(
            "",
            "\0",
            "a\0b",
            "?",
            "Gr\u00fc\u00dfe",
            "Gru\u0308\u00dfe",
            "\ud83c\udf75",
            "\ud800\udc00",
            "\udbff\udfff",
            "\ud800",
            "\udc00",
            "\udfff\udbff",
            "a\ud83c",
            "\ud83c?\udf75",
            "\ufffd",
            "\uffff",
            "\ufeff",
            "\u2028",
            "\u202e",
            "null",
            "NaN",
            "infinity",
            "'\"\\\n\r\t\u007f\u0080",
            " ");

    private Draws() {}

    static <T> T any(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Any number, most often next to a power of two or ten, or an end of a calendar. */
    static long number(Random random) {
        long next = random.nextInt(5) - 2;
        long sign = random.nextBoolean() ? 1 : -1;
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> sign * (1L << random.nextInt(64)) + next;
            case 3 -> sign * (long) Math.pow(10, random.nextInt(19)) + next;
            case 4 -> Math.floorMod(random.nextLong(), 86_400_000_000L) * 1_000;
            case 5 -> next;
            default -> sign * TIMES[random.nextInt(TIMES.length)] + next;
        };
    }

    /** The same, cut to this number of bits. */
    static long number(Random random, int bits) {
        long number = number(random);
        long cut = number << (64 - bits) >> (64 - bits);
        long end = random.nextBoolean() ? -1L << (bits - 1) : ~(-1L << (bits - 1));
        return random.nextInt(5) == 0 ? end : cut;
    }

    static double real(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> number(random);
            case 2 -> number(random, 40) / Math.pow(10, random.nextInt(12));
            case 3 -> (float) random.nextGaussian();
            case 4 -> REALS[random.nextInt(5)];
            default -> REALS[random.nextInt(REALS.length)];
        };
    }

    static float smallReal(Random random) {
        return random.nextInt(4) == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) real(random);
    }

    static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int parts = random.nextInt(4); parts >= 0; parts--) {
            switch (random.nextInt(8)) {
                case 0 -> text.appendCodePoint(random.nextInt(0x110000));
                case 1 -> text.append("text ".repeat(random.nextInt(20)));
                case 2 -> text.append(random.nextInt());
                default -> text.append(any(random, TEXTS));
            }
        }
        return text.toString();
    }

    static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(20)];
        switch (random.nextInt(3)) {
            case 0 -> java.util.Arrays.fill(bytes, (byte) -1);
            case 1 -> random.nextBytes(bytes);
            default -> java.util.Arrays.fill(bytes, (byte) random.nextInt());
        }
        return bytes;
    }

    /** With at most this number of decimal digits, and now and then one more. */
    static BigInteger whole(Random random, int digits) {
        BigInteger number = switch (random.nextInt(5)) {
            case 0 -> BigInteger.valueOf(random.nextInt(5) - 2L);
            case 1 -> new BigInteger(1 + random.nextInt(digits * 10 / 3 + 3), random);
            case 2 -> BigInteger.ONE.shiftLeft(random.nextInt(digits * 10 / 3 + 2));
            default ->
                BigInteger.TEN
                        .pow(random.nextInt(3) == 0 ? random.nextInt(digits + 1) : digits)
                        .add(BigInteger.valueOf(random.nextInt(3) - 1L));
        };
        return random.nextBoolean() ? number : number.negate();
    }
}
