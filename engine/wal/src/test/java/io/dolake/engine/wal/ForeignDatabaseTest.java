/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A3, A7: what is at a path is more than a file, and it does not stand still. */
class ForeignDatabaseTest {
    @TempDir
    Path directory;

    private final SchemaSource schemas =
            new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));
    private Path file;

    @BeforeEach
    void paths() {
        file = directory.resolve("a.db");
    }

    private static byte[] whole(Path path) throws IOException {
        try (InputStream in = ForeignDatabase.at(path, "import").openAlone()) {
            return in.readAllBytes();
        }
    }

    private static void assertRefused(Path path, ErrorCode code, String reason) {
        assertThatThrownBy(() -> whole(path)).isInstanceOfSatisfying(DoLakeException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e).hasMessageStartingWith("Cannot import " + path + ": ").hasMessageContaining(reason);
        });
    }

    private static void run(Path path, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void aFileAloneIsReadThroughLinks() throws Exception {
        run(file, "CREATE TABLE t(a)", "INSERT INTO t VALUES (1)");
        Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
        Path second = Files.createSymbolicLink(directory.resolve("second.db"), link.getFileName());
        assertThat(whole(second)).isEqualTo(Files.readAllBytes(file));
        // What is left of a transaction that has ended.
        Files.write(directory.resolve("a.db-journal"), new byte[1024]);
        assertThat(whole(file)).isEqualTo(Files.readAllBytes(file));
    }

    /** A3: the log is beside the target, not beside the link. */
    @Test
    void aLogBesideTheTargetOfALinkIsSeen() throws Exception {
        Files.createDirectory(directory.resolve("real"));
        Path real = directory.resolve("real/a.db");
        Path link = Files.createSymbolicLink(directory.resolve("link.db"), real);
        try (OtherProgram program = new OtherProgram(real)) {
            program.run(
                    "PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");
            assertRefused(link, ErrorCode.INVALID_DATABASE_FILE, "a.db-wal beside it holds changes");
            try (WalFile wal = WalFile.open(link, schemas)) {
                Events events = new Events();
                wal.decode(events);
                assertThat(events.lines()).containsExactly("CREATE table t", "+t (1)");
            }
        }
        assertRefused(link, ErrorCode.INVALID_DATABASE_FILE, "a.db-wal beside it holds changes");
    }

    /** A3: a transaction has overwritten pages and died; the journal puts them back. The remedy is tried, too. */
    @Test
    void aJournalThatIsHotIsSeen() throws Exception {
        try (OtherProgram program = new OtherProgram(file)) {
            program.run(
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                    DecoderCasesTest.series("INSERT INTO t SELECT i, zeroblob(900) FROM n", 300));
            program.run("PRAGMA cache_size=5", "BEGIN", "UPDATE t SET a = 'half'");
            assertRefused(file, ErrorCode.FILE_CHANGED, "another program is writing to it");
            program.kill();
        }
        assertRefused(file, ErrorCode.INVALID_DATABASE_FILE, "a.db-journal beside it belongs to a transaction");
        assertThatThrownBy(() -> WalFile.open(file, schemas)).hasMessageContaining("a.db-journal beside it belongs");
        Path copy = directory.resolve("copy.db");
        run(file, "VACUUM INTO '" + copy + "'");
        Path got = Files.write(directory.resolve("got.db"), whole(copy));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + got);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*), sum(a = 'half') FROM t")) {
            assertThat(result.getInt(1)).isEqualTo(300);
            assertThat(result.getInt(2)).isZero();
        }
        assertThat(whole(file)).hasSize((int) Files.size(file));
    }

    /** A3: each file has a journal, in the middle of a transaction over both. */
    @Test
    void aJournalOfATransactionOverTwoFilesIsSeen() throws Exception {
        Path other = directory.resolve("other.db");
        String fill = DecoderCasesTest.series("INSERT INTO o.t SELECT zeroblob(900) FROM n", 300);
        try (OtherProgram program = new OtherProgram(file)) {
            program.run("ATTACH '" + other + "' AS o", "CREATE TABLE t(a)", "CREATE TABLE o.t(a)", fill);
            program.run("PRAGMA o.cache_size=5", "BEGIN", "UPDATE o.t SET a = 1", "INSERT INTO t VALUES (1)");
            program.kill();
        }
        assertRefused(other, ErrorCode.INVALID_DATABASE_FILE, "other.db-journal beside it belongs to a transaction");
    }

    @Test
    void aFileWithTwoNamesIsRefused() throws Exception {
        run(file, "CREATE TABLE t(a)");
        Path name = Files.createLink(directory.resolve("name.db"), file);
        assertRefused(name, ErrorCode.INVALID_DATABASE_FILE, "has 2 names (hard links)");
        assertThatThrownBy(() -> WalFile.open(name, schemas)).hasMessageContaining("has 2 names (hard links)");
        Files.delete(file);
        assertThat(whole(name)).isNotEmpty();
    }

    @Test
    void whatIsNoFileIsRefusedWithoutBeingRead() throws Exception {
        assertRefused(directory, ErrorCode.INVALID_DATABASE_FILE, "it is a directory");
        assertRefused(file, ErrorCode.INVALID_DATABASE_FILE, "no such file");
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling.db"), file);
        assertRefused(dangling, ErrorCode.INVALID_DATABASE_FILE, "it is a link to a file that is not there");
        Path loop = directory.resolve("loop.db");
        Files.createSymbolicLink(loop, loop);
        assertRefused(loop, ErrorCode.INVALID_DATABASE_FILE, "");
        assertRefused(Path.of("/dev/null"), ErrorCode.INVALID_DATABASE_FILE, "it is not a regular file");
        Path fifo = directory.resolve("fifo.db");
        if (new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0) {
            assertRefused(fifo, ErrorCode.INVALID_DATABASE_FILE, "it is not a regular file");
        }
    }

    @Test
    void aFileThatChangesUnderTheReaderIsNotTakenForWhole() throws Exception {
        run(file, "CREATE TABLE t(a)", "INSERT INTO t VALUES (zeroblob(50000))");
        try (InputStream in = ForeignDatabase.at(file, "import").openAlone()) {
            in.readNBytes(10_000);
            // Not by SQLite, which the lock would stop.
            Files.write(directory.resolve("new.db"), Files.readAllBytes(file));
            Files.move(directory.resolve("new.db"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(in::readAllBytes).hasMessageContaining("the file changed while it was read");
        }
    }

    @Test
    void writersWaitForTheReader() throws Exception {
        run(file, "CREATE TABLE t(a)");
        try (OtherProgram program = new OtherProgram(file)) {
            program.run("PRAGMA busy_timeout=0");
            try (InputStream in = ForeignDatabase.at(file, "import").openAlone()) {
                assertThatThrownBy(() -> program.run("INSERT INTO t VALUES (1)"))
                        .hasMessageContaining("locked");
                assertThat(in.readAllBytes()).isNotEmpty();
            }
            program.run("INSERT INTO t VALUES (1)");
        }
    }

    /** A7: never WAL_CORRUPT; the log is sound. */
    @Test
    void aLogThatIsCheckpointedWhileItIsReadIsNotCalledCorrupt() throws Exception {
        try (OtherProgram program = new OtherProgram(file)) {
            program.run(
                    "PRAGMA journal_mode=WAL",
                    "PRAGMA synchronous=OFF",
                    "PRAGMA wal_autocheckpoint=0",
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)",
                    DecoderCasesTest.series("INSERT INTO t SELECT i, 0, zeroblob(300) FROM n", 500),
                    "loop");
            Map<ErrorCode, Integer> ends = new EnumMap<>(ErrorCode.class);
            int whole = 0;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
            while (System.nanoTime() < end) {
                try (WalFile wal = WalFile.openAfterCheckpoint(file, schemas)) {
                    wal.decode(new Events());
                    whole++;
                } catch (DoLakeException e) {
                    ends.merge(e.code(), 1, Integer::sum);
                }
            }
            System.out.println("decoded while another program checkpoints: " + whole + " times, else " + ends);
            assertThat(ends).containsOnlyKeys(ErrorCode.FILE_CHANGED);
            assertThat(whole).isPositive();
        }
    }
}
