/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Comparator;

/**
 * 128 bits that represent a key in the index: MurmurHash3 x64, randomly seeded for each index, so that nobody can
 * choose keys that collide. Two keys of one table share all 128 bits with a probability below n^2 / 2^129.
 */
public record KeyHash(long high, long low) {
    /** The order of the index: keys of one page are adjacent. */
    public static final Comparator<KeyHash> ORDER = (left, right) -> Long.compareUnsigned(left.high, right.high);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    public static KeyHash of(byte[] data, long seed) {
        long h1 = seed;
        long h2 = seed;
        int whole = data.length & ~15;
        for (int i = 0; i < whole; i += 16) {
            h1 ^= mixFirst((long) LONGS.get(data, i));
            h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= mixSecond((long) LONGS.get(data, i + 8));
            h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }
        long k1 = 0;
        long k2 = 0;
        for (int i = data.length - 1; i >= whole; i--) {
            long octet = data[i] & 0xffL;
            int place = i - whole;
            if (place >= 8) {
                k2 |= octet << (8 * (place - 8));
            } else {
                k1 |= octet << (8 * place);
            }
        }
        h1 ^= mixFirst(k1) ^ data.length;
        h2 ^= mixSecond(k2) ^ data.length;
        h1 += h2;
        h2 += h1;
        h1 = finish(h1);
        h2 = finish(h2);
        h1 += h2;
        return new KeyHash(h1, h2 + h1);
    }

    private static long mixFirst(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long mixSecond(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    private static long finish(long hash) {
        long k = hash;
        k = (k ^ (k >>> 33)) * 0xff51afd7ed558ccdL;
        k = (k ^ (k >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return k ^ (k >>> 33);
    }
}
