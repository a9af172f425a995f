/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/**
 * The -wal file. SQLite takes no locks on it, so it can be opened and closed at will; it may be missing, truncated or
 * replaced at any time. A thread that is interrupted while it reads closes the channel; the next read of the header
 * opens the file again.
 */
final class WalLog implements AutoCloseable {
    private static final int OPEN_ATTEMPTS = 10;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Path path;
    private final byte[] headerBytes = new byte[WalHeader.SIZE];
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private FileChannel file;
    private Object fileKey;

    WalLog(Path path) {
        this.path = path;
    }

    /** The header; empty if there is no file or no complete header in it. */
    Optional<WalHeader> header() throws IOException {
        if ((file == null || !file.isOpen()) && !open()) {
            return Optional.empty();
        }
        if (read(0, headerBytes, 0, WalHeader.SIZE) < WalHeader.SIZE) {
            return Optional.empty();
        }
        return WalHeader.parse(headerBytes);
    }

    /** Reads up to {@code length} bytes; fewer only at the end of the file. */
    int read(long position, byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            buffer.clear().limit(Math.min(buffer.capacity(), length - done));
            int n = file.read(buffer, position + done);
            if (n < 0) {
                break;
            }
            buffer.flip().get(target, offset + done, n);
            done += n;
        }
        return done;
    }

    /** Switches to the file that is at the path now, if it is a different one; returns whether it did. */
    boolean followReplacement() throws IOException {
        if (file == null || Objects.equals(currentKey(), fileKey)) {
            return false;
        }
        close();
        return open();
    }

    Path path() {
        return path;
    }

    private boolean open() throws IOException {
        for (int i = 0; i < OPEN_ATTEMPTS; i++) {
            Object before = currentKey();
            if (before == null) {
                return false;
            }
            FileChannel opened;
            try {
                opened = FileChannel.open(path, StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                return false;
            }
            if (before.equals(currentKey())) {
                file = opened;
                fileKey = before;
                return true;
            }
            opened.close();
        }
        throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot open " + path + ": it is replaced again and again");
    }

    /** Identifies this file among others at the same path; null if there is no such key. */
    private Object currentKey() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            Object key = attributes.fileKey();
            return key != null ? key : attributes.creationTime();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
