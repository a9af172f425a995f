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
 * How far a change log had come, kept away from it and the database: a log that has not come so far, or does not know the
 * epoch, was put back from an older backup. Written after the log was, so it is never ahead of what is durable there; and
 * not synced, since one that is old, torn or lost makes that less is noticed, and nothing else.
 */
public final class HighWaterMark {
    private static final Logger LOG = LoggerFactory.getLogger(HighWaterMark.class);

    /** Holds a file for each database; no database has such a name. */
    public static final String DIRECTORY = "engine.marks";

    private static final String NEW = ".new";

    private HighWaterMark() {}

    /** @param lsn up to which the log of the epoch was durable */
    public record Mark(String epoch, Lsn lsn) {}

    private static Path file(DatabaseFiles files) {
        return files.directory().resolve(DIRECTORY).resolve(files.name());
    }

    /** Empty if there is none, or not a whole one. */
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
            LOG.warn("{} is not whole; it is left out of account", file(files));
            return Optional.empty();
        }
        try {
            return Optional.of(new Mark(parts[0], Lsn.parse(parts[1])));
        } catch (DoLakeException e) {
            LOG.warn("{} is left out of account", file(files), e);
            return Optional.empty();
        }
    }

    /** Notes what is durable in the log. Where it cannot, an older mark stays, which is true too. */
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

    /** Durably, so that it does not come back for another database of that name. */
    public static void delete(DatabaseFiles files) throws IOException {
        if (Files.deleteIfExists(file(files))) {
            MainFile.syncDirectory(file(files).getParent());
        }
    }
}
