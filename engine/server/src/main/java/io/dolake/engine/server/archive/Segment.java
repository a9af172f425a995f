/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A segment of the change log: a row of {@code _wal_segments}.
 *
 * @param id key; 0 if it is not stored yet
 * @param start LSN of the first transaction
 * @param end LSN of the last transaction
 * @param part 0 for whole transactions; else the number of this part of one transaction, from 1
 * @param data the block in its stored form, see {@link #pack}
 * @param events row and schema changes in it
 * @param previous {@code end} of the segment before it, {@link Lsn#ZERO} for the first of an epoch; null if the segment
 *     is not stored yet, or was stored by a version that did not record it
 * @param createdAtMs time of writing; 0 if it is not stored yet
 */
public record Segment(long id, Lsn start, Lsn end, int part, byte[] data, long events, Lsn previous, long createdAtMs) {
    private static final byte STORED = 0;
    /** Deflate, written by earlier versions: only read. */
    private static final byte DEFLATED = 1;

    private static final byte ZSTD = 2;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    /** Smaller blocks are not worth compressing. */
    private static final int COMPRESS_BYTES = 512;

    /** A segment that gets its place in the log later. */
    public static Segment unplaced(Lsn start, Lsn end, int part, byte[] data, long events) {
        return new Segment(0, start, end, part, data, events, null, 0);
    }

    public Segment placed(long newId, Lsn newPrevious, long newCreatedAtMs) {
        return new Segment(newId, start, end, part, data, events, newPrevious, newCreatedAtMs);
    }

    public long checksum() {
        return checksum(data);
    }

    static long checksum(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return crc.getValue();
    }

    /** The stored form of a block: method, length of the block, the block itself, compressed where that is smaller. */
    public static byte[] pack(ByteSlice block) {
        if (block.length() >= COMPRESS_BYTES) {
            byte[] compressed = compress(block);
            if (compressed.length < HEADER_BYTES + block.length()) {
                return compressed;
            }
        }
        return ByteBuffer.allocate(HEADER_BYTES + block.length())
                .put(STORED)
                .putInt(block.length())
                .put(block.array(), block.offset(), block.length())
                .array();
    }

    private static byte[] compress(ByteSlice block) {
        byte[] packed = new byte[HEADER_BYTES + (int) Zstd.compressBound(block.length())];
        ByteBuffer.wrap(packed).put(ZSTD).putInt(block.length());
        return Arrays.copyOf(packed, HEADER_BYTES + Zstandard.compress(block, packed, HEADER_BYTES));
    }

    /**
     * The block.
     *
     * @throws DoLakeException CHANGE_LOG_CORRUPT if the stored form is not one that {@link #pack} makes
     */
    public ByteSlice unpack() {
        if (data.length < HEADER_BYTES) {
            throw corrupt("it has " + data.length + " bytes");
        }
        int length = ByteBuffer.wrap(data).getInt(1);
        if (length < 0) {
            throw corrupt("its length is " + length);
        }
        return switch (data[0]) {
            case STORED -> stored(length);
            case DEFLATED -> inflate(length);
            case ZSTD -> decompress(length);
            default -> throw corrupt("its method is " + data[0]);
        };
    }

    private ByteSlice stored(int length) {
        if (length != data.length - HEADER_BYTES) {
            throw corrupt("its length is " + length + " of " + (data.length - HEADER_BYTES));
        }
        return new ByteSlice(data, HEADER_BYTES, length);
    }

    private ByteSlice inflate(int length) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(data, HEADER_BYTES, data.length - HEADER_BYTES);
            byte[] block = new byte[length];
            int done = 0;
            while (done < length) {
                int count = inflater.inflate(block, done, length - done);
                if (count == 0) {
                    throw corrupt("it ends after " + done + " of " + length + " bytes");
                }
                done += count;
            }
            return new ByteSlice(block);
        } catch (DataFormatException e) {
            throw corrupt(e.getMessage());
        } finally {
            inflater.end();
        }
    }

    private ByteSlice decompress(int length) {
        byte[] block = new byte[length];
        try {
            int done = Zstandard.decompress(data, HEADER_BYTES, block);
            if (done != length) {
                throw corrupt("it ends after " + done + " of " + length + " bytes");
            }
            return new ByteSlice(block);
        } catch (ZstdException e) {
            throw corrupt(e.getMessage());
        }
    }

    public DoLakeException corrupt(String reason) {
        return new DoLakeException(
                ErrorCode.CHANGE_LOG_CORRUPT, "Cannot read segment " + id + " of the change log: " + reason);
    }
}
