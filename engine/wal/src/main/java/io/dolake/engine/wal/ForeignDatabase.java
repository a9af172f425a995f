/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A database file of another program, and the files beside it, found as SQLite finds them, through symbolic links.
 * Read-only. Not for a database that SQLite has open in this process: closing the file here would drop SQLite's locks
 * on it.
 *
 * <p>The database is more than its file while a {@code -wal} holds changes, or a {@code -journal} what an interrupted
 * transaction has overwritten.
 */
public final class ForeignDatabase {
    private static final long PENDING_BYTE = 0x40000000L;
    private static final long SHARED_FIRST = PENDING_BYTE + 2;
    private static final long SHARED_SIZE = 510;

    private final Path given;
    private final Path file;
    private final String verb;

    private ForeignDatabase(Path given, Path file, String verb) {
        this.given = given;
        this.file = file;
        this.verb = verb;
    }

    /**
     * Finds the file.
     *
     * @param verb the operation, for messages: "import"
     * @throws DoLakeException INVALID_DATABASE_FILE if it is not a readable file
     */
    public static ForeignDatabase at(Path path, String verb) throws IOException {
        ForeignDatabase database = new ForeignDatabase(path, resolve(path, verb), verb);
        if (Files.isDirectory(database.file)) {
            throw database.invalid("it is a directory");
        }
        if (!Files.isRegularFile(database.file)) {
            throw database.invalid("it is not a regular file");
        }
        if (!Files.isReadable(database.file)) {
            throw database.invalid("it cannot be read");
        }
        return database;
    }

    private static Path resolve(Path path, String verb) throws IOException {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            String reason = Files.isSymbolicLink(path) ? "it is a link to a file that is not there" : "no such file";
            throw invalid(path, verb, reason);
        } catch (FileSystemException e) {
            throw invalid(path, verb, e.getReason() == null ? "it cannot be read" : e.getReason());
        }
    }

    /** The file itself, behind all links. */
    public Path file() {
        return file;
    }

    /** Where its write-ahead log is, if it has one. */
    public Path wal() {
        return beside("-wal");
    }

    Path index() {
        return beside("-shm");
    }

    private Path journal() {
        return beside("-journal");
    }

    private Path beside(String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /**
     * Refuses a file that SQLite itself would first repair: it would restore the pages that an interrupted transaction
     * has overwritten.
     */
    void requireNoJournal() throws IOException {
        if (isJournalHot()) {
            throw invalid(journal().getFileName() + " beside it belongs to a transaction that has not ended")
                    .withHint("If no program is writing to it, one has died in the middle. To open it once repairs it: "
                            + copyAdvice());
        }
    }

    /** Whether the journal is live: SQLite overwrites the start of a finished journal with zeros, or empties it. */
    private boolean isJournalHot() throws IOException {
        try (InputStream in = Files.newInputStream(journal())) {
            return in.read() > 0;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Refuses a file that is not the whole database: changes are in a {@code -wal}, or may be in one under another
     * name.
     */
    private void requireAlone() throws IOException {
        if (wal().toFile().length() > 0) {
            throw invalid(wal().getFileName() + " beside it holds changes that are not in the file")
                    .withHint("Close the programs that use it, or import a copy: " + copyAdvice());
        }
        requireNoJournal();
        requireOneName();
    }

    /**
     * Refuses a file with several names (hard links): its {@code -wal} or {@code -journal} may be beside any of them,
     * and SQLite looks only beside the name it is given.
     */
    void requireOneName() throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Object names = Files.getAttribute(file, "unix:nlink");
            if (names instanceof Integer count && count > 1) {
                throw invalid("the file has " + count
                                + " names (hard links), and its -wal or -journal may be beside another")
                        .withHint("Make a copy by the name under which programs open it: " + copyAdvice());
            }
        }
    }

    private static String copyAdvice() {
        return "sqlite3 FILE \"VACUUM INTO 'copy.db'\"";
    }

    /**
     * Opens the bytes of the file under a lock that keeps SQLite from writing to it. If the lock cannot be had, or a
     * program has written all the same, the stream fails before its end, so that a copier does not treat the copy as
     * complete.
     *
     * @throws DoLakeException INVALID_DATABASE_FILE if the file alone is not the database; FILE_CHANGED if it is being
     *     written to
     */
    public InputStream openAlone() throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            lock(channel);
            requireAlone();
            FileTraces before = FileTraces.of(this);
            return new WholeFile(Channels.newInputStream(channel), before);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Locks the file as a reader of SQLite does. The lock ends with the channel. */
    private void lock(FileChannel channel) throws IOException {
        try (FileLock pending = channel.tryLock(PENDING_BYTE, 1, true)) {
            if (pending != null && channel.tryLock(SHARED_FIRST, SHARED_SIZE, true) != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw changed("this process reads it already", e);
        }
        throw changed("another program is writing to it, or keeps it locked", null);
    }

    DoLakeException changed(String reason, Exception cause) {
        return new DoLakeException(ErrorCode.FILE_CHANGED, "Cannot " + verb + " " + given + ": " + reason, cause)
                .withHint("Try again, or take a copy: " + copyAdvice());
    }

    private DoLakeException invalid(String reason) {
        return invalid(given, verb, reason);
    }

    private static DoLakeException invalid(Path path, String verb, String reason) {
        return new DoLakeException(ErrorCode.INVALID_DATABASE_FILE, "Cannot " + verb + " " + path + ": " + reason);
    }

    /** Fails in place of its end if the file is not as it was at the start. */
    private final class WholeFile extends FilterInputStream {
        private final FileTraces before;

        WholeFile(InputStream in, FileTraces before) {
            super(in);
            this.before = before;
        }

        @Override
        public int read() throws IOException {
            return checkEnd(super.read());
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return checkEnd(super.read(target, offset, length));
        }

        private int checkEnd(int result) throws IOException {
            if (result < 0) {
                requireAlone();
                if (!FileTraces.of(ForeignDatabase.this).equals(before)) {
                    throw changed("the file changed while it was read", null);
                }
            }
            return result;
        }
    }
}
