/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads from the {@code -shm} file how far the log was checkpointed. The file is in the byte order of the machine that
 * wrote it. Only for databases that are not open in this process: closing this file drops SQLite's locks on it.
 */
final class WalIndex {
    private static final int VERSION = 3007000;
    private static final int SALTS_AT = 32;
    private static final int BACKFILL_AT = 96;
    private static final int BACKFILL_ATTEMPTED_AT = 128;
    private static final int SIZE = 136;

    private final Path path;

    WalIndex(Path path) {
        this.path = path;
    }

    /** Frames of this generation of the log that are, or may be, in the database file; empty if that is unknown. */
    Optional<Integer> checkpointed(WalHeader header) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        byte[] bytes = new byte[SIZE];
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            if (file.length() < SIZE) {
                return Optional.empty();
            }
            file.readFully(bytes);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        if (buffer.getInt(0) != VERSION) {
            buffer.order(buffer.order() == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        }
        // The salts are copied from the log byte by byte.
        if (buffer.getInt(0) != VERSION
                || Bytes.i32(bytes, SALTS_AT) != header.salt1()
                || Bytes.i32(bytes, SALTS_AT + 4) != header.salt2()) {
            return Optional.empty();
        }
        int done = Math.max(buffer.getInt(BACKFILL_AT), buffer.getInt(BACKFILL_ATTEMPTED_AT));
        return Optional.of(Math.max(done, 0));
    }
}
