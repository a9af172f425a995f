/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The running checksum of a WAL: two words in one long. */
final class WalChecksum {
    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final int MIN_SPLIT_BYTES = 512;
    /** A quarter of the largest page, 16 KiB, is 2^11 times eight bytes. */
    private static final int MAX_STEPS_BITS = 11;

    private static final int[][] POWERS = powers();

    private WalChecksum() {}

    static long of(int first, int second) {
        return (long) first << 32 | (second & 0xFFFFFFFFL);
    }

    static int first(long checksum) {
        return (int) (checksum >>> 32);
    }

    static int second(long checksum) {
        return (int) checksum;
    }

    /** Continues the checksum over {@code length} bytes, a multiple of 8. */
    static long add(long checksum, boolean bigEndian, byte[] bytes, int offset, int length) {
        if (bigEndian) {
            return addBig(checksum, bytes, offset, length);
        }
        // Pages: their sizes are powers of two from 512.
        return length >= MIN_SPLIT_BYTES && Integer.bitCount(length) == 1
                ? addSplit(checksum, bytes, offset, length)
                : addLittle(checksum, bytes, offset, length);
    }

    /**
     * The same sum from four quarters that do not wait for each other. The sum is linear: eight bytes take (a, b) to (a
     * + b, a + 2b) plus something that depends on the bytes alone, so a quarter may start from zero, and what came
     * before it is carried over it by one multiplication.
     */
    private static long addSplit(long checksum, byte[] bytes, int offset, int length) {
        int quarter = length / 4;
        int a1 = first(checksum);
        int a2 = second(checksum);
        int b1 = 0;
        int b2 = 0;
        int c1 = 0;
        int c2 = 0;
        int d1 = 0;
        int d2 = 0;
        for (int a = offset; a < offset + quarter; a += 8) {
            int b = a + quarter;
            int c = b + quarter;
            int d = c + quarter;
            a1 += (int) LITTLE.get(bytes, a) + a2;
            b1 += (int) LITTLE.get(bytes, b) + b2;
            c1 += (int) LITTLE.get(bytes, c) + c2;
            d1 += (int) LITTLE.get(bytes, d) + d2;
            a2 += (int) LITTLE.get(bytes, a + 4) + a1;
            b2 += (int) LITTLE.get(bytes, b + 4) + b1;
            c2 += (int) LITTLE.get(bytes, c + 4) + c1;
            d2 += (int) LITTLE.get(bytes, d + 4) + d1;
        }
        int steps = Integer.numberOfTrailingZeros(quarter / 8);
        long sum = carry(of(a1, a2), steps, b1, b2);
        sum = carry(sum, steps, c1, c2);
        return carry(sum, steps, d1, d2);
    }

    /** A sum, continued over 2^steps times eight bytes whose own sum from zero is given. */
    private static long carry(long sum, int steps, int own1, int own2) {
        int[] power = POWERS[steps];
        int s1 = first(sum);
        int s2 = second(sum);
        return of(power[0] * s1 + power[1] * s2 + own1, power[1] * s1 + power[2] * s2 + own2);
    }

    /** The matrix (1 1, 1 2) to the powers 1, 2, 4 and so on, modulo 2^32; it is symmetric, and so are its powers. */
    private static int[][] powers() {
        int[][] powers = new int[MAX_STEPS_BITS + 1][];
        int[] power = {1, 1, 2};
        for (int i = 0; i < powers.length; i++) {
            powers[i] = power;
            power = new int[] {
                power[0] * power[0] + power[1] * power[1],
                power[0] * power[1] + power[1] * power[2],
                power[1] * power[1] + power[2] * power[2]
            };
        }
        return powers;
    }

    private static long addLittle(long checksum, byte[] bytes, int offset, int length) {
        int s1 = first(checksum);
        int s2 = second(checksum);
        for (int i = offset; i < offset + length; i += 8) {
            s1 += (int) LITTLE.get(bytes, i) + s2;
            s2 += (int) LITTLE.get(bytes, i + 4) + s1;
        }
        return of(s1, s2);
    }

    // A loop of its own: with the order as a variable it is several times slower. Not split: such files are rare.
    private static long addBig(long checksum, byte[] bytes, int offset, int length) {
        int s1 = first(checksum);
        int s2 = second(checksum);
        for (int i = offset; i < offset + length; i += 8) {
            s1 += (int) BIG.get(bytes, i) + s2;
            s2 += (int) BIG.get(bytes, i + 4) + s1;
        }
        return of(s1, s2);
    }
}
