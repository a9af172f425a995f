/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The running checksum of a WAL: two words, held in one long. */
final class WalChecksum {
    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

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

    /** Goes on over {@code length} bytes, a multiple of 8. */
    static long add(long checksum, boolean bigEndian, byte[] bytes, int offset, int length) {
        return bigEndian ? addBig(checksum, bytes, offset, length) : addLittle(checksum, bytes, offset, length);
    }

    // Twice the same loop: one loop with the order as a variable is several times slower.
    private static long addLittle(long checksum, byte[] bytes, int offset, int length) {
        int s1 = first(checksum);
        int s2 = second(checksum);
        for (int i = offset; i < offset + length; i += 8) {
            s1 += (int) LITTLE.get(bytes, i) + s2;
            s2 += (int) LITTLE.get(bytes, i + 4) + s1;
        }
        return of(s1, s2);
    }

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
