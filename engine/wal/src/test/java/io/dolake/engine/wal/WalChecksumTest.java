/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the checksum of the library with the one that the file format defines, word by word. */
class WalChecksumTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @ParameterizedTest
    @ValueSource(ints = {8, 24, 504, 512, 520, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void sumIsThatOfTheFormat(int length) {
        Random random = new Random(SEED + length);
        for (int run = 0; run < 50; run++) {
            byte[] bytes = new byte[length + 48];
            random.nextBytes(bytes);
            int offset = random.nextInt(48);
            long start = random.nextLong();
            for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
                assertThat(WalChecksum.add(start, order == ByteOrder.BIG_ENDIAN, bytes, offset, length))
                        .as("seed %d, length %d, %s", SEED, length, order)
                        .isEqualTo(plain(start, ByteBuffer.wrap(bytes).order(order), offset, length));
            }
        }
    }

    private static long plain(long start, ByteBuffer bytes, int offset, int length) {
        int s0 = (int) (start >>> 32);
        int s1 = (int) start;
        for (int i = 0; i < length; i += 8) {
            s0 += bytes.getInt(offset + i) + s1;
            s1 += bytes.getInt(offset + i + 4) + s0;
        }
        return (long) s0 << 32 | s1 & 0xFFFFFFFFL;
    }
}
