/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.dolake.schemas.ByteSlice;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Zstandard with contexts that are used again: making and giving up one costs more than the block of a few transactions.
 * As many are kept as threads can be at work; they are memory outside of the heap. Thread-safe.
 */
final class Zstandard {
    /** The fastest regular level, since the machine of the writers does the compression. */
    private static final int LEVEL = 1;

    private static final int KEPT = Runtime.getRuntime().availableProcessors();
    private static final BlockingQueue<ZstdCompressCtx> COMPRESSORS = new ArrayBlockingQueue<>(KEPT);
    private static final BlockingQueue<ZstdDecompressCtx> DECOMPRESSORS = new ArrayBlockingQueue<>(KEPT);

    private Zstandard() {}

    /** Compresses a block into the rest of an array, which must be large enough; returns the number of bytes. */
    static int compress(ByteSlice block, byte[] target, int offset) {
        ZstdCompressCtx kept = COMPRESSORS.poll();
        ZstdCompressCtx context = kept != null ? kept : new ZstdCompressCtx().setLevel(LEVEL);
        boolean isSound = false;
        try {
            int length = context.compressByteArray(
                    target, offset, target.length - offset, block.array(), block.offset(), block.length());
            isSound = true;
            return length;
        } finally {
            if (!isSound || !COMPRESSORS.offer(context)) {
                context.close();
            }
        }
    }

    /**
     * Decompresses the rest of an array; returns the number of bytes.
     *
     * @throws ZstdException if it is not what {@link #compress} makes, or too long for the target
     */
    static int decompress(byte[] source, int offset, byte[] target) {
        ZstdDecompressCtx kept = DECOMPRESSORS.poll();
        ZstdDecompressCtx context = kept != null ? kept : new ZstdDecompressCtx();
        boolean isSound = false;
        try {
            int length = context.decompressByteArray(target, 0, target.length, source, offset, source.length - offset);
            isSound = true;
            return length;
        } finally {
            if (!isSound || !DECOMPRESSORS.offer(context)) {
                context.close();
            }
        }
    }
}
