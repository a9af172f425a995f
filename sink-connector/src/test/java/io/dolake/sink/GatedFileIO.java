/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Local files of which those with rows can be read only while there are permits, one for each. */
public final class GatedFileIO implements FileIO {
    private static final long serialVersionUID = 1L;

    static final Semaphore PERMITS = new Semaphore(0);
    static final AtomicInteger READ = new AtomicInteger();

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
        if (location.endsWith(".parquet")) {
            try {
                PERMITS.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted before " + location + " was read", e);
            }
            READ.incrementAndGet();
        }
        return files.newInputFile(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return files.newOutputFile(location);
    }

    @Override
    public void deleteFile(String location) {
        files.deleteFile(location);
    }
}
