/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.server.support.Ids;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The files of a database: {@code NAME.db}, its WAL, and the change log {@code NAME.log.db}. */
public record DatabaseFiles(Path directory, String name) {
    public static final String EXTENSION = ".db";
    public static final String LOG_EXTENSION = ".log.db";
    /** Suffix of temporary files; those left by operations that did not finish are removed at start. */
    public static final String TEMPORARY_EXTENSION = ".tmp";

    private static final Pattern TEMPORARY = Pattern.compile(".*\\.tmp(-journal|-wal|-shm)?");

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    public DatabaseFiles {
        if (!isName(name)) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot use database name '" + name + "': it does not match " + NAME.pattern())
                    .withHint("Use 1 to 63 of a-z, 0-9, '_' and '-', and begin with a letter or digit.");
        }
    }

    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Whether a file is temporary, or is a file that SQLite made beside a temporary one. */
    public static boolean isTemporary(String file) {
        return TEMPORARY.matcher(file).matches();
    }

    public Path main() {
        return directory.resolve(name + EXTENSION);
    }

    public Path wal() {
        return directory.resolve(name + EXTENSION + "-wal");
    }

    public Path log() {
        return directory.resolve(name + LOG_EXTENSION);
    }

    public Path logWal() {
        return directory.resolve(name + LOG_EXTENSION + "-wal");
    }

    /** Whether a database of this name exists: its file, or its change log if the file is gone. */
    public boolean exist() {
        return Files.exists(main(), LinkOption.NOFOLLOW_LINKS) || Files.exists(log(), LinkOption.NOFOLLOW_LINKS);
    }

    /** The name of the database that a file belongs to; null if it is not a file of a database. */
    public static String nameOf(String file) {
        String extension = file.endsWith(LOG_EXTENSION) ? LOG_EXTENSION : EXTENSION;
        String name = file.endsWith(extension) ? file.substring(0, file.length() - extension.length()) : "";
        return isName(name) ? name : null;
    }

    /**
     * Refuses files that SQLite would open as a new database, or would refuse without a clear reason.
     *
     * @throws DoLakeException INVALID_DATABASE_FILE if the database file is gone, empty, or not a regular file
     */
    public void checkMain() throws IOException {
        if (!Files.exists(main(), LinkOption.NOFOLLOW_LINKS)) {
            throw invalid("is missing, but its change log exists");
        }
        if (Files.isSymbolicLink(main())) {
            throw invalid("is a symbolic link, so SQLite would keep its -wal elsewhere");
        }
        if (!Files.isRegularFile(main())) {
            throw invalid(Files.isDirectory(main()) ? "is a directory" : "is not a regular file");
        }
        if (Files.size(main()) == 0) {
            throw invalid("is empty");
        }
    }

    private DoLakeException invalid(String reason) {
        return new DoLakeException(
                ErrorCode.INVALID_DATABASE_FILE, "Cannot open database '" + name + "': " + main() + " " + reason);
    }

    /** A new temporary name, different at every call. */
    public Path temporary(String purpose) {
        return directory.resolve(name + "." + purpose + "-" + Ids.random() + TEMPORARY_EXTENSION);
    }
}
