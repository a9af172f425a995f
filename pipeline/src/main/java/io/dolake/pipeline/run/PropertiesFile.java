/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;

/** Property files, replaced as a whole so that a reader never sees half of one. */
final class PropertiesFile {
    private PropertiesFile() {}

    /**
     * Empty if there is none, or if it cannot be read as one: a file that another start writes anew anyway must not
     * stop a command.
     */
    static Optional<Properties> find(Path file) {
        try {
            return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
        } catch (DoLakeException e) {
            return Optional.empty();
        }
    }

    static Properties read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot read " + file + ": " + e.getMessage(), e);
        }
        return properties;
    }

    static void write(Path file, Properties properties) {
        try {
            StringWriter text = new StringWriter();
            properties.store(text, null);
            Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
            Files.writeString(temporary, text.toString());
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot write " + file + ": " + Home.reason(e), e);
        }
    }
}
