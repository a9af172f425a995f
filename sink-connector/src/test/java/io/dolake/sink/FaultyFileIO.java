/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** Local files of which one write fails: the so-manieth file created or closed. */
public final class FaultyFileIO implements FileIO {
    private static final long serialVersionUID = 1L;

    /** Operations until one fails; negative: none will. */
    static final AtomicInteger UNTIL_FAILURE = new AtomicInteger(-1);

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
        return files.newInputFile(location);
    }

    @Override
    public void deleteFile(String location) {
        files.deleteFile(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new FaultyOutput(files.newOutputFile(location));
    }

    private static void step() throws IOException {
        if (UNTIL_FAILURE.getAndUpdate(left -> left < 0 ? left : left - 1) == 0) {
            throw new IOException("No space left on device");
        }
    }

    private record FaultyOutput(OutputFile file) implements OutputFile {
        @Override
        public PositionOutputStream create() {
            return faulty(file::create);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return faulty(file::createOrOverwrite);
        }

        @Override
        public String location() {
            return file.location();
        }

        @Override
        public InputFile toInputFile() {
            return file.toInputFile();
        }

        private static PositionOutputStream faulty(Supplier<PositionOutputStream> open) {
            try {
                step();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new FaultyStream(open.get());
        }
    }

    private static final class FaultyStream extends PositionOutputStream {
        private final PositionOutputStream stream;
        private boolean isClosed;

        FaultyStream(PositionOutputStream stream) {
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
                step();
            }
        }
    }
}
