/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.lake;

import java.nio.file.Path;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Files of a warehouse on local disk, for reading only. Made by name, so it needs a public constructor. */
public final class LocalFiles implements FileIO {
    private static final long serialVersionUID = 1L;

    @Override
    public InputFile newInputFile(String location) {
        return Files.localInput(path(location));
    }

    private static String path(String location) {
        if (!location.startsWith("file:")) {
            return location;
        }
        String rest = location.substring("file:".length());
        return Path.of(rest.startsWith("///") ? rest.substring(2) : rest).toString();
    }

    @Override
    public OutputFile newOutputFile(String location) {
        throw new UnsupportedOperationException("the lake is only read here");
    }

    @Override
    public void deleteFile(String location) {
        throw new UnsupportedOperationException("the lake is only read here");
    }
}
