/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The position that a change log had reached, kept in a separate file. A log that is behind the mark, or does not know
 * its epoch, was restored from an older backup. The mark is written after the log, so it is never ahead of the durable
 * log. It is not synced: an old, torn or lost mark only means that fewer restores are noticed.
 */
public final class HighWaterMark {
    private static final Logger LOG = LoggerFactory.getLogger(HighWaterMark.class);

    /** The directory with a file for each database; no database can have such a name. */
    public static final String DIRECTORY = "engine.marks";

    private static final String NEW = ".new";

    private HighWaterMark() {}

    /** @param lsn the LSN up to which the log of the epoch was durable */
    public record Mark(String epoch, Lsn lsn) {}

    private static Path file(DatabaseFiles files) {
        return files.directory().resolve(DIRECTORY).resolve(files.name());
    }

    /** Reads the mark; empty if there is none, or it is incomplete. */
    public static Optional<Mark> read(DatabaseFiles files) {
        String text;
        try {
            text = new String(Files.readAllBytes(file(files)), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw SqlErrors.io("read " + file(files), e);
        }
        String[] parts = text.split(" ", -1);
        if (parts.length != 3 || !parts[2].equals("\n")) {
            LOG.warn("{} is incomplete and is ignored", file(files));
            return Optional.empty();
        }
        try {
            return Optional.of(new Mark(parts[0], Lsn.parse(parts[1])));
        } catch (DoLakeException e) {
            LOG.warn("{} cannot be read and is ignored", file(files), e);
            return Optional.empty();
        }
    }

    /** Writes the durable position of the log. If that fails, an older mark stays, which is still correct. */
    static void write(DatabaseFiles files, LogState state) {
        Path file = file(files);
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(file.getFileName() + NEW);
            Files.writeString(fresh, state.epoch() + " " + state.position().lsn() + " \n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("Cannot write {}: {}", file, e.toString());
        }
    }

    /** Deletes the mark durably, so that it does not reappear for another database of the same name. */
    public static void delete(DatabaseFiles files) throws IOException {
        if (Files.deleteIfExists(file(files))) {
            MainFile.syncDirectory(file(files).getParent());
        }
    }
}
