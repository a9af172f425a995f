/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.changelog.HighWaterMark;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;

/**
 * Creates, imports and removes database files that nobody has open. The work is done under a temporary name and becomes
 * visible in one step, so that a failure leaves nothing behind.
 */
final class Importer {
    private static final Logger LOG = LoggerFactory.getLogger(Importer.class);

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 100;
    /** Part of the temporary name that a database file gets when the database is removed. */
    private static final String REMOVAL = "drop";

    private static final int COPY_BYTES = 1 << 16;

    private Importer() {}

    /** Creates a database without tables. */
    static void createEmpty(DatabaseFiles files, ServerConfig config) {
        Path temporary = files.temporary("create");
        try {
            try (Connection connection = Sqlite.openWriter(temporary, config)) {
                Sqlite.execute(connection, "PRAGMA journal_mode = WAL");
            }
            moveIn(files, temporary);
        } catch (SQLException e) {
            throw SqlErrors.io("create database '" + files.name() + "'", e);
        } finally {
            delete(temporary);
        }
    }

    /**
     * Stores and checks a file.
     *
     * @return the temporary file, ready to be moved in
     * @throws DoLakeException INVALID_DATABASE_FILE, PAYLOAD_TOO_LARGE, STORAGE_FULL; then nothing is left of it
     */
    static Path receive(DatabaseFiles files, InputStream content, ServerConfig config) {
        Path temporary = files.temporary("import");
        try {
            copy(content, temporary, config.limit(Limit.MAX_IMPORT_BYTES));
            checkHeader(files.name(), temporary);
            prepare(files.name(), temporary);
            checkWhole(files.name(), temporary);
            MainFile.sync(temporary);
            return temporary;
        } catch (IOException e) {
            delete(temporary);
            throw SqlErrors.io("import database '" + files.name() + "'", e);
        } catch (RuntimeException e) {
            delete(temporary);
            throw e;
        }
    }

    private static void copy(InputStream content, Path target, long maxBytes) throws IOException {
        byte[] buffer = new byte[COPY_BYTES];
        long copied = 0;
        try (OutputStream out = Files.newOutputStream(target)) {
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                copied += count;
                if (copied > maxBytes) {
                    throw new DoLakeException(
                                    ErrorCode.PAYLOAD_TOO_LARGE,
                                    "Cannot import database: the file is larger than " + maxBytes + " bytes")
                            .withHint("DOSQL_MAX_IMPORT_BYTES sets the limit.")
                            .withDetail("limit", maxBytes);
                }
                out.write(buffer, 0, count);
            }
        }
    }

    private static void checkHeader(String name, Path file) throws IOException {
        byte[] header = MainFile.first(file, HEADER_BYTES);
        if (header.length == 0) {
            throw invalid(name, "the file is empty", null);
        }
        if (header.length < HEADER_BYTES || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw invalid(name, "it is not an SQLite database", null);
        }
        int page = (header[16] & 0xFF) << 8 | header[17] & 0xFF;
        long pageBytes = page == 1 ? 65_536 : page;
        long size = Files.size(file);
        if (pageBytes < 512 || Long.bitCount(pageBytes) != 1 || size % pageBytes != 0) {
            throw invalid(name, "its size of " + size + " bytes is not a multiple of its page size " + pageBytes, null);
        }
    }

    private static void prepare(String name, Path file) {
        // No other process or connection uses the temporary file, so it is opened without special settings.
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties())) {
            // The check runs CHECK constraints, indexes and generated columns of an unknown file.
            Sqlite.execute(connection, "PRAGMA trusted_schema = OFF");
            String result = Sqlite.text(connection, "PRAGMA integrity_check(1)");
            if (!"ok".equals(result)) {
                throw invalid(name, "integrity_check reports " + result, null);
            }
            String mode = Sqlite.text(connection, "PRAGMA journal_mode = WAL");
            if (!"wal".equals(mode)) {
                throw invalid(name, "it cannot be switched to WAL mode", null);
            }
        } catch (SQLException e) {
            if (SqlErrors.io("import", e).code() == ErrorCode.STORAGE_FULL) {
                throw SqlErrors.io("import database '" + name + "'", e);
            }
            throw invalid(name, SqlErrors.nativeMessage(e), e);
        }
    }

    /** Requires an empty WAL: the last connection has moved everything into the main file when it was closed. */
    private static void checkWhole(String name, Path file) throws IOException {
        Path wal = file.resolveSibling(file.getFileName() + "-wal");
        if (Files.exists(wal) && Files.size(wal) > 0) {
            throw new IOException("the write-ahead log of the copy of '" + name + "' could not be emptied");
        }
    }

    private static DoLakeException invalid(String name, String reason, Exception cause) {
        return new DoLakeException(
                        ErrorCode.INVALID_DATABASE_FILE, "Cannot import database '" + name + "': " + reason, cause)
                .withHint("Make the copy with VACUUM INTO or the .backup command, not while a program writes to it.");
    }

    /**
     * Moves a prepared file to its name, after removing the files that an earlier database of that name left behind.
     */
    static void moveIn(DatabaseFiles files, Path temporary) {
        try {
            Files.deleteIfExists(files.wal());
            Files.deleteIfExists(files.log());
            Files.deleteIfExists(files.logWal());
            HighWaterMark.delete(files);
            // Otherwise, after a power cut, the new file could have the WAL of the earlier database.
            MainFile.syncDirectory(files.directory());
            Files.move(temporary, files.main(), StandardCopyOption.ATOMIC_MOVE);
            MainFile.syncDirectory(files.directory());
        } catch (IOException e) {
            throw SqlErrors.io("create database '" + files.name() + "'", e);
        }
    }

    /**
     * Removes the files of a closed database, as far as they exist. The first step makes the database disappear, the
     * rest is cleaning up.
     */
    static void remove(DatabaseFiles files) {
        Path temporary = files.temporary(REMOVAL);
        try {
            if (Files.isDirectory(files.main(), LinkOption.NOFOLLOW_LINKS)) {
                throw new DoLakeException(
                                ErrorCode.INVALID_DATABASE_FILE,
                                "Cannot remove database '" + files.name() + "': " + files.main() + " is a directory")
                        .withHint("Move it away; its content does not belong to the engine.");
            }
            if (Files.exists(files.main(), LinkOption.NOFOLLOW_LINKS)) {
                Files.move(files.main(), temporary, StandardCopyOption.ATOMIC_MOVE);
                MainFile.syncDirectory(files.directory());
            }
            removeRest(files);
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw SqlErrors.io("remove database '" + files.name() + "'", e);
        }
    }

    /**
     * Deletes the other files durably before the file that marks the removal: a change log that remained would stand
     * for a database without its file.
     */
    private static void removeRest(DatabaseFiles files) throws IOException {
        Files.deleteIfExists(files.wal());
        Files.deleteIfExists(files.logWal());
        Files.deleteIfExists(files.log());
        HighWaterMark.delete(files);
        MainFile.syncDirectory(files.directory());
    }

    /** Completes an interrupted removal, if this temporary file belongs to one. */
    static void finishRemoval(Path directory, Path temporary) throws IOException {
        String name = temporary.getFileName().toString();
        int end = name.indexOf("." + REMOVAL + "-");
        if (end < 0 || !DatabaseFiles.isName(name.substring(0, end))) {
            return;
        }
        DatabaseFiles files = new DatabaseFiles(directory, name.substring(0, end));
        if (!Files.exists(files.main(), LinkOption.NOFOLLOW_LINKS)) {
            removeRest(files);
        }
    }

    /** Deletes a temporary file and the files that SQLite made beside it. */
    static void delete(Path temporary) {
        for (String suffix : new String[] {"", "-wal", "-shm", "-journal"}) {
            Path file = temporary.resolveSibling(temporary.getFileName() + suffix);
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("Cannot delete {}: {}", file, e.toString());
            }
        }
    }
}
