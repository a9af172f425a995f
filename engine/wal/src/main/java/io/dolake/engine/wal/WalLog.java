/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/**
 * The -wal file. SQLite takes no locks on it, so it can be opened and closed at will; it may be missing, truncated or
 * replaced at any time. A RandomAccessFile, since an interrupt would close a channel.
 */
final class WalLog implements AutoCloseable {
    private static final int OPEN_ATTEMPTS = 10;

    private final Path path;
    private final byte[] headerBytes = new byte[WalHeader.SIZE];
    private RandomAccessFile file;
    private Object fileKey;

    WalLog(Path path) {
        this.path = path;
    }

    /** The header; empty if there is no file or no whole header in it. */
    Optional<WalHeader> header() throws IOException {
        if (file == null && !open()) {
            return Optional.empty();
        }
        if (read(0, headerBytes, 0, WalHeader.SIZE) < WalHeader.SIZE) {
            return Optional.empty();
        }
        return WalHeader.parse(headerBytes);
    }

    /** Reads up to {@code length} bytes; fewer only at the end of the file. */
    int read(long position, byte[] target, int offset, int length) throws IOException {
        file.seek(position);
        int done = 0;
        while (done < length) {
            int n = file.read(target, offset + done, length - done);
            if (n < 0) {
                break;
            }
            done += n;
        }
        return done;
    }

    /** Reads one page of a committed frame. */
    void readPage(WalHeader header, int frame, byte[] target) throws IOException {
        long position = header.frameOffset(frame) + WalHeader.FRAME_HEADER_SIZE;
        if (read(position, target, 0, header.pageSize()) < header.pageSize()) {
            throw new DoLakeException(
                    ErrorCode.WAL_GAP,
                    "Cannot read frame " + frame + " of " + path + ": the file was cut off while it was decoded");
        }
    }

    /** Goes over to the file that is at the path now, if it is another one; whether it did. */
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
            RandomAccessFile opened;
            try {
                opened = new RandomAccessFile(path.toFile(), "r");
            } catch (FileNotFoundException e) {
                if (Files.exists(path)) {
                    throw e;
                }
                return false;
            }
            if (before.equals(currentKey())) {
                file = opened;
                fileKey = before;
                return true;
            }
            opened.close();
        }
        throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot open " + path + ": it is being replaced all the time");
    }

    /** What tells this file from another at the same path; null if there is none. */
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
