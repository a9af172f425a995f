/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The least that any reader of a WAL must do: read it all, and add up the checksum of every frame. */
final class WalFloor {
    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final int FRAMES_AT_ONCE = 64;
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private WalFloor() {}

    /** Reads the valid frames of a log in little-endian order once; throws if the last checksum does not match. */
    static double seconds(Path wal) throws IOException {
        long begin = System.nanoTime();
        try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "r");
                FileChannel channel = file.getChannel()) {
            byte[] header = new byte[HEADER];
            file.readFully(header);
            ByteBuffer words = ByteBuffer.wrap(header);
            int frameSize = FRAME_HEADER + words.getInt(8);
            ByteBuffer direct = ByteBuffer.allocateDirect(FRAMES_AT_ONCE * frameSize);
            byte[] chunk = new byte[direct.capacity()];
            long sum = (long) words.getInt(24) << 32 | words.getInt(28) & 0xFFFFFFFFL;
            int frames = 0;
            for (int read; (read = fill(channel, direct, chunk)) > 0; ) {
                ByteBuffer view = ByteBuffer.wrap(chunk);
                for (int at = 0; at + frameSize <= read; at += frameSize, frames++) {
                    sum = add(sum, chunk, at, 8);
                    sum = add(sum, chunk, at + FRAME_HEADER, frameSize - FRAME_HEADER);
                    if ((int) (sum >>> 32) != view.getInt(at + 16) || (int) sum != view.getInt(at + 20)) {
                        throw new IllegalStateException("Cannot read " + wal + ": checksum of frame " + frames);
                    }
                }
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static int fill(FileChannel channel, ByteBuffer direct, byte[] chunk) throws IOException {
        direct.clear();
        while (direct.hasRemaining() && channel.read(direct) >= 0) {
            // as much as there is
        }
        direct.flip();
        int length = direct.remaining();
        direct.get(chunk, 0, length);
        return length;
    }

    private static long add(long sum, byte[] bytes, int offset, int length) {
        int s1 = (int) (sum >>> 32);
        int s2 = (int) sum;
        for (int i = offset; i < offset + length; i += 8) {
            s1 += (int) WORDS.get(bytes, i) + s2;
            s2 += (int) WORDS.get(bytes, i + 4) + s1;
        }
        return (long) s1 << 32 | s2 & 0xFFFFFFFFL;
    }
}
