/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Iceberg file access for local disks, without Hadoop: plain paths and {@code file:} URIs. Once the stream that wrote a
 * file is closed, the file and its directory entry are on the disk; {@code local.sync=false} leaves that to the
 * operating system.
 */
public final class LocalFileIO implements SupportsPrefixOperations {
    private static final long serialVersionUID = 1L;
    static final String SYNC = "local.sync";

    private Map<String, String> properties = Map.of();

    @Override
    public void initialize(Map<String, String> props) {
        properties = Map.copyOf(props);
    }

    @Override
    public Map<String, String> properties() {
        return properties;
    }

    @Override
    public InputFile newInputFile(String location) {
        return new LocalInput(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new LocalOutput(location, !"false".equals(properties.get(SYNC)));
    }

    @Override
    public void deleteFile(String location) {
        try {
            Files.delete(path(location));
        } catch (NoSuchFileException e) {
            throw new NotFoundException(e, "Cannot delete file %s: it does not exist", location);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete file " + location, e);
        }
    }

    /** The files under a folder, at any depth; none if it does not exist. */
    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        List<FileInfo> files = new ArrayList<>();
        if (!Files.isDirectory(path(prefix))) {
            return files;
        }
        try (Stream<Path> found = Files.walk(path(prefix))) {
            for (Path file : (Iterable<Path>) found.filter(Files::isRegularFile)::iterator) {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                files.add(new FileInfo(
                        file.toString(),
                        attributes.size(),
                        attributes.lastModifiedTime().toMillis()));
            }
        } catch (NoSuchFileException e) {
            // A file disappeared while the folder was read: list what is there now.
            return listPrefix(prefix);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files under " + prefix, e);
        }
        return files;
    }

    @Override
    public void deletePrefix(String prefix) {
        listPrefix(prefix).forEach(file -> deleteFile(file.location()));
    }

    /** The path of {@code /a/b}, {@code file:/a/b} or {@code file:///a/b}. */
    static Path path(String location) {
        String plain = location.startsWith("file:") ? location.substring("file:".length()) : location;
        return Path.of(plain.startsWith("//") ? plain.substring(plain.indexOf('/', 2)) : plain);
    }

    private record LocalInput(String location) implements InputFile {
        @Override
        public long getLength() {
            try {
                return Files.size(path(location));
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "Cannot read file %s: it does not exist", location);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read file " + location, e);
            }
        }

        @Override
        public SeekableInputStream newStream() {
            try {
                return new LocalInputStream(FileChannel.open(path(location), StandardOpenOption.READ));
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "Cannot read file %s: it does not exist", location);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read file " + location, e);
            }
        }

        @Override
        public boolean exists() {
            return Files.exists(path(location));
        }
    }

    private record LocalOutput(String location, boolean sync) implements OutputFile {
        @Override
        public PositionOutputStream create() {
            return open(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return open(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        }

        @Override
        public InputFile toInputFile() {
            return new LocalInput(location);
        }

        private PositionOutputStream open(OpenOption... options) {
            try {
                Path path = path(location);
                Files.createDirectories(path.getParent());
                return new LocalOutputStream(path, FileChannel.open(path, options), sync);
            } catch (FileAlreadyExistsException e) {
                throw new AlreadyExistsException(e, "Cannot create file %s: it exists", location);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot create file " + location, e);
            }
        }
    }

    private static final class LocalOutputStream extends PositionOutputStream {
        private final Path path;
        private final FileChannel channel;
        private final OutputStream stream;
        private final boolean sync;
        private long position;

        LocalOutputStream(Path path, FileChannel channel, boolean sync) {
            this.path = path;
            this.channel = channel;
            this.stream = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            this.sync = sync;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int value) throws IOException {
            stream.write(value);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            stream.write(bytes, offset, length);
            position += length;
        }

        @Override
        public void flush() throws IOException {
            stream.flush();
        }

        @Override
        public void close() throws IOException {
            if (!channel.isOpen()) {
                return;
            }
            try (channel) {
                stream.flush();
                if (sync) {
                    channel.force(true);
                }
            }
            if (sync) {
                try (FileChannel directory = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
                    directory.force(true);
                }
            }
        }
    }

    private static final class LocalInputStream extends SeekableInputStream {
        private static final int BUFFER_BYTES = 1 << 16;

        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();

        LocalInputStream(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long getPos() throws IOException {
            return channel.position() - buffer.remaining();
        }

        @Override
        public void seek(long position) throws IOException {
            buffer.position(0).limit(0);
            channel.position(position);
        }

        @Override
        public int read() throws IOException {
            return fill() ? buffer.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!buffer.hasRemaining() && length >= BUFFER_BYTES) {
                return channel.read(ByteBuffer.wrap(bytes, offset, length));
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(bytes, offset, count);
            return count;
        }

        private boolean fill() throws IOException {
            if (buffer.hasRemaining()) {
                return true;
            }
            buffer.clear();
            int count = channel.read(buffer);
            buffer.flip();
            return count > 0;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
