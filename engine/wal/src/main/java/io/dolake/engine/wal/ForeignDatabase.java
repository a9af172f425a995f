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
 * A database file of some other program, and the files beside it, found as SQLite finds them: behind symbolic links. Only
 * read. Not for a database that SQLite has open in this process: closing the file here would drop SQLite's locks on it.
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
     * Looks the file up.
     *
     * @param verb what is to be done, for messages: "import"
     * @throws DoLakeException INVALID_DATABASE_FILE if it is no file that can be read
     */
    public static ForeignDatabase at(Path path, String verb) throws IOException {
        ForeignDatabase database = new ForeignDatabase(path, resolve(path, verb), verb);
        if (Files.isDirectory(database.file)) {
            throw database.invalid("it is a directory");
        }
        if (!Files.isRegularFile(database.file)) {
            throw database.invalid("it is no regular file");
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
     * Refuses a file that is not what SQLite reads there for itself: it would first put back what an interrupted transaction
     * has overwritten.
     */
    void requireNoJournal() throws IOException {
        if (isJournalHot()) {
            throw invalid(journal().getFileName() + " beside it belongs to a transaction that has not ended")
                    .withHint("If no program is writing to it, one has died in the middle. To open it once repairs it: "
                            + copyAdvice());
        }
    }

    /** SQLite writes zeros over the start of a journal that is done with, or empties it. */
    private boolean isJournalHot() throws IOException {
        try (InputStream in = Files.newInputStream(journal())) {
            return in.read() > 0;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Refuses a file that is not the whole database: there is something in a {@code -wal}, or may be under another name. */
    private void requireAlone() throws IOException {
        if (wal().toFile().length() > 0) {
            throw invalid(wal().getFileName() + " beside it holds changes that are not in the file")
                    .withHint("Close the programs that use it, or import a copy: " + copyAdvice());
        }
        requireNoJournal();
        requireOneName();
    }

    /** What belongs to a file with several names (hard links) is beside one of them, and SQLite knows only the one it is given. */
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
     * The bytes of the file, while no program may write to it as SQLite does it. Where that cannot be had, or one has written
     * all the same, the stream fails: before its end, so that whoever copies it does not take it for whole.
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

    /** As a reader of SQLite does. The lock ends with the channel. */
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
