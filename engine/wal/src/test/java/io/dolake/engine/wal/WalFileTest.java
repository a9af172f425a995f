/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests files as another program leaves them; they are copied, since this process has the originals open. */
class WalFileTest {
    @TempDir
    Path directory;

    private final SchemaSource schemas =
            new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));
    private Path original;

    @BeforeEach
    void paths() {
        original = directory.resolve("original.db");
    }

    /** Runs statements and copies the files while the connection, and so the log, is still there. */
    private Path copyAfter(boolean withIndex, String... statements) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + original);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA wal_autocheckpoint=0");
            for (String sql : statements) {
                statement.execute(sql);
            }
            Path copy = directory.resolve("copy.db");
            Files.copy(original, copy);
            Files.copy(directory.resolve("original.db-wal"), directory.resolve("copy.db-wal"));
            if (withIndex) {
                Files.copy(directory.resolve("original.db-shm"), directory.resolve("copy.db-shm"));
            }
            return copy;
        }
    }

    private static Events decode(WalFile file) throws IOException {
        Events events = new Events();
        file.decode(events);
        return events;
    }

    @Test
    void decodesTheLogOfAnotherProgram() throws Exception {
        Path copy = copyAfter(
                true, "CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 1)", "UPDATE t SET a = 2");
        try (WalFile file = WalFile.open(copy, schemas)) {
            Events events = decode(file);
            assertThat(events.lines()).containsExactly("CREATE table t", "+t (1, 1)", "~t (1, 1) -> (1, 2)");
            assertThat(events.lsns()).extracting(Object::toString).containsExactly("2", "3", "4");
            assertThat(file.tables()).containsOnlyKeys("t");
        }
    }

    @Test
    void everythingMayStillBeInTheLog() throws Exception {
        Path copy = copyAfter(false, "CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 1)");
        Files.write(copy, new byte[0]);
        try (WalFile file = WalFile.open(copy, schemas)) {
            // Page 1 is in the log as a whole, since the CREATE changed it.
            assertThat(decode(file).lines()).containsExactly("CREATE table t", "+t (1, 1)");
        }
    }

    @Test
    void whatWasCheckpointedIsRefused() throws Exception {
        Path copy = copyAfter(
                true,
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                "INSERT INTO t VALUES (1, 1)",
                "PRAGMA wal_checkpoint(PASSIVE)");
        assertThatThrownBy(() -> WalFile.open(copy, schemas)).isInstanceOfSatisfying(DoLakeException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.WAL_GAP);
            assertThat(e).hasMessageContaining("3 of its frames are in the database file already");
            assertThat(e.hint()).isPresent();
        });
    }

    @Test
    void aCheckpointIsNoticedWithoutTheIndexToo() throws Exception {
        Path copy = copyAfter(
                false,
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                "INSERT INTO t VALUES (1, 1)",
                "UPDATE t SET a = 2",
                "PRAGMA wal_checkpoint(PASSIVE)");
        assertThatThrownBy(() -> WalFile.open(copy, schemas)).hasMessageContaining("it seems that 4 of its frames");
    }

    @Test
    void aPartialCheckpointIsPassedOverWhereAskedFor() throws Exception {
        try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + original);
                Connection writer = DriverManager.getConnection("jdbc:sqlite:" + original);
                Statement read = reader.createStatement();
                Statement write = writer.createStatement()) {
            write.execute("PRAGMA journal_mode=WAL");
            write.execute("PRAGMA wal_autocheckpoint=0");
            write.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
            write.execute("INSERT INTO t VALUES (1, 1)");
            read.execute("BEGIN");
            read.executeQuery("SELECT * FROM t").close();
            write.execute("UPDATE t SET a = 2");
            write.execute("PRAGMA wal_checkpoint(PASSIVE)");
            for (String suffix : new String[] {"", "-wal", "-shm"}) {
                Files.copy(directory.resolve("original.db" + suffix), directory.resolve("copy.db" + suffix));
            }
        }
        Path copy = directory.resolve("copy.db");
        assertThatThrownBy(() -> WalFile.open(copy, schemas)).hasMessageContaining("3 of its frames");
        Files.copy(directory.resolve("copy.db-shm"), directory.resolve("kept-shm"));
        Files.delete(directory.resolve("copy.db-shm"));
        assertThatThrownBy(() -> WalFile.open(copy, schemas)).hasMessageContaining("it seems that 2 of its frames");
        Files.move(directory.resolve("kept-shm"), directory.resolve("copy.db-shm"));
        try (WalFile file = WalFile.openAfterCheckpoint(copy, schemas)) {
            Events events = decode(file);
            assertThat(events.lines()).containsExactly("~t (1, 1) -> (1, 2)");
            assertThat(events.lsns()).extracting(Object::toString).containsExactly("4");
        }
    }

    @Test
    void aValueThatChangedBackIsNoCheckpoint() throws Exception {
        Path prepared = copyAfter(false, "CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 1)");
        assertThat(prepared).exists();
        for (String suffix : new String[] {"", "-wal"}) {
            Files.delete(directory.resolve("copy.db" + suffix));
        }
        Path copy =
                copyAfter(false, "UPDATE t SET a = 2", "UPDATE t SET a = 1", "CREATE TABLE u(a)", "UPDATE t SET a = 3");
        try (WalFile file = WalFile.open(copy, schemas)) {
            assertThat(decode(file).lines())
                    .containsExactly(
                            "~t (1, 1) -> (1, 2)", "~t (1, 2) -> (1, 1)", "CREATE table u", "~t (1, 1) -> (1, 3)");
        }
    }

    @Test
    void aLogThatIsMissingOrEmptyHoldsNothing() throws Exception {
        Path copy = copyAfter(false, "CREATE TABLE t(id INTEGER PRIMARY KEY)", "PRAGMA wal_checkpoint(TRUNCATE)");
        try (WalFile file = WalFile.open(copy, schemas)) {
            assertThat(decode(file).lines()).isEmpty();
            assertThat(file.tables()).containsOnlyKeys("t");
        }
        Files.delete(directory.resolve("copy.db-wal"));
        try (WalFile file = WalFile.open(copy, schemas)) {
            assertThat(decode(file).lines()).isEmpty();
        }
    }

    @Test
    void filesThatAreNoDatabaseAreRefused() throws Exception {
        Path text = Files.writeString(directory.resolve("text.db"), "no database ".repeat(100));
        assertThatThrownBy(() -> WalFile.open(text, schemas))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATABASE_FILE));
        assertThatThrownBy(() -> WalFile.open(directory.resolve("none.db"), schemas))
                .hasMessageContaining("no such file");
    }
}
