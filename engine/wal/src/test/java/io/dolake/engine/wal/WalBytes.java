/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.nio.ByteBuffer;

/** Writes into the bytes of a log, for tests. */
final class WalBytes {
    private WalBytes() {}

    /** Computes all checksums again, in either byte order, as far as there are complete frames. */
    static void seal(byte[] wal, boolean bigEndian) {
        ByteBuffer buffer = ByteBuffer.wrap(wal);
        int pageSize = buffer.getInt(8);
        buffer.putInt(0, bigEndian ? 0x377F0683 : 0x377F0682);
        long sum = WalChecksum.add(0, bigEndian, wal, 0, 24);
        put(buffer, 24, sum);
        if (!WalHeader.isPageSize(pageSize)) {
            return;
        }
        for (int at = WalHeader.SIZE; at + 24 + pageSize <= wal.length; at += 24 + pageSize) {
            buffer.putInt(at + 8, buffer.getInt(16));
            buffer.putInt(at + 12, buffer.getInt(20));
            sum = WalChecksum.add(sum, bigEndian, wal, at, 8);
            sum = WalChecksum.add(sum, bigEndian, wal, at + 24, pageSize);
            put(buffer, at + 16, sum);
        }
    }

    private static void put(ByteBuffer buffer, int at, long sum) {
        buffer.putInt(at, WalChecksum.first(sum));
        buffer.putInt(at + 4, WalChecksum.second(sum));
    }
}
