/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Stores objects as files below a directory. A file gets its name only when its content is on disk. */
final class DirectoryObjectStore implements ObjectStore {
    private static final String TEMPORARY = ".tmp";

    private final ArchiveLocation.Directory location;

    private DirectoryObjectStore(ArchiveLocation.Directory location) {
        this.location = location;
    }

    static DirectoryObjectStore open(ArchiveLocation.Directory location) {
        Path root = location.root();
        try {
            MainFile.createDirectory(root.toAbsolutePath());
            if (!Files.isWritable(root)) {
                throw new IOException("it is not writable");
            }
        } catch (IOException e) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION, "Cannot archive to " + location + ": " + reason(e), e)
                    .withHint("Set DOSQL_ARCHIVE to a directory that the engine may write to.");
        }
        return new DirectoryObjectStore(location);
    }

    @Override
    public void check() {
        // Nothing to check: opening the store has checked the directory.
    }

    @Override
    public void put(String name, byte[] object) {
        Path file = location.root().resolve(name);
        // The same temporary name for every attempt, so that the next attempt overwrites what a crash has left behind.
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try {
            // Not created again: a missing root is probably a disk that is not mounted, and nothing must be written
            // below its mount point.
            if (!Files.isDirectory(location.root())) {
                throw new NoSuchFileException(location.root().toString(), null, "there is no such directory");
            }
            MainFile.createDirectory(file.getParent());
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(object);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            MainFile.syncDirectory(file.getParent());
        } catch (IOException e) {
            ErrorCode full = SqlErrors.io("write", e).code();
            throw ObjectStore.failed(
                    full == ErrorCode.STORAGE_FULL ? full : ErrorCode.OBJECT_STORE_ERROR, "write", name, location(), e);
        }
    }

    @Override
    public Optional<byte[]> read(String name, int maxBytes) {
        try (InputStream in = Files.newInputStream(location.root().resolve(name))) {
            return Optional.of(in.readNBytes(maxBytes));
        } catch (NoSuchFileException e) {
            return absent(name, e);
        } catch (IOException e) {
            throw ObjectStore.failed(ErrorCode.OBJECT_STORE_ERROR, "read", name, location(), e);
        }
    }

    /** Requires the root directory: without it nothing is known of its objects. */
    private Optional<byte[]> absent(String name, NoSuchFileException e) {
        if (!Files.isDirectory(location.root())) {
            throw ObjectStore.failed(ErrorCode.OBJECT_STORE_ERROR, "read", name, location(), e);
        }
        return Optional.empty();
    }

    @Override
    public void delete(String name) {
        try {
            Files.deleteIfExists(location.root().resolve(name));
        } catch (IOException e) {
            throw ObjectStore.failed(ErrorCode.OBJECT_STORE_ERROR, "delete", name, location(), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileAlreadyExistsException ? "a file is in the way" : String.valueOf(e.getMessage());
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public void close() {
        // holds nothing open
    }
}
