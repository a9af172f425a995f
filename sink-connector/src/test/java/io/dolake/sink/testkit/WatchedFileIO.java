/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import io.dolake.sink.catalog.LocalFileIO;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** Local files whose reading and writing is watched; the watcher may throw. */
public final class WatchedFileIO implements FileIO {
    private static final long serialVersionUID = 1L;

    /** Told before a file is read, before one is created and after it is closed. */
    interface Watcher {
        default void opening(String location) {}

        default void creating(String location) throws IOException {}

        default void closed(String location) throws IOException {}
    }

    private static final Watcher NONE = new Watcher() {};
    private static volatile Watcher watcher = NONE;

    private final LocalFileIO files = new LocalFileIO();

    @Override
    public void initialize(Map<String, String> properties) {
        files.initialize(properties);
    }

    @Override
    public Map<String, String> properties() {
        return files.properties();
    }

    @Override
    public InputFile newInputFile(String location) {
        watcher.opening(location);
        return files.newInputFile(location);
    }

    @Override
    public void deleteFile(String location) {
        files.deleteFile(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new WatchedOutput(files.newOutputFile(location));
    }

    /**
     * All files from now on are watched by this one; null: by none. Iceberg makes the instances, hence no constructor.
     */
    public static void watch(Watcher newWatcher) {
        watcher = newWatcher == null ? NONE : newWatcher;
    }

    private record WatchedOutput(OutputFile file) implements OutputFile {
        @Override
        public PositionOutputStream create() {
            return watched(location(), file::create);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return watched(location(), file::createOrOverwrite);
        }

        @Override
        public String location() {
            return file.location();
        }

        @Override
        public InputFile toInputFile() {
            return file.toInputFile();
        }

        private static PositionOutputStream watched(String location, Supplier<PositionOutputStream> open) {
            try {
                watcher.creating(location);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new WatchedStream(location, open.get());
        }
    }

    private static final class WatchedStream extends PositionOutputStream {
        private final String location;
        private final PositionOutputStream stream;
        private boolean isClosed;

        WatchedStream(String location, PositionOutputStream stream) {
            this.location = location;
            this.stream = stream;
        }

        @Override
        public long getPos() throws IOException {
            return stream.getPos();
        }

        @Override
        public void write(int value) throws IOException {
            stream.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            stream.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            boolean isFirst = !isClosed;
            isClosed = true;
            stream.close();
            if (isFirst) {
                watcher.closed(location);
            }
        }
    }
}
