/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be learned about the main file without opening it, and operations on files that nobody has open. */
public final class MainFile {
    private static final Logger LOG = LoggerFactory.getLogger(MainFile.class);

    private MainFile() {}

    /**
     * The fingerprint of the file: it changes when another program writes to the file or replaces it. A copy that keeps
     * the time of modification has the same fingerprint.
     */
    public static String fingerprint(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.size() + "@" + attributes.lastModifiedTime().toInstant();
        } catch (IOException e) {
            throw SqlErrors.io("read the attributes of " + file, e);
        }
    }

    /** Makes a directory and its parents durably; does nothing if it exists. */
    public static void createDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        createDirectory(directory.getParent());
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
            LOG.debug("{} was created by another thread or program", directory, e);
        }
        syncDirectory(directory.getParent());
    }

    /** Makes the names in a directory durable, after files were made, moved or deleted there. */
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Makes the content of a file durable. Not for a database that is open. */
    public static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** The first bytes of a file, fewer if it is shorter. Not for a database that is open. */
    public static byte[] first(Path file, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(bytes);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                continue;
            }
            return java.util.Arrays.copyOf(buffer.array(), buffer.position());
        }
    }
}
