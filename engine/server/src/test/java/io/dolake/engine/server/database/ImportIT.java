/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.HttpCalls.Reply;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.engine.server.testkit.StoredFiles;
import io.dolake.engine.wal.ForeignDatabase;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that come from outside: imported ones, and those that change behind the back of the engine. */
class ImportIT {
    @TempDir
    Path directory;

    @TempDir
    Path elsewhere;

    private RunningEngine engine;

    @BeforeEach
    void start() {
        engine = new RunningEngine(directory);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private Path file(String... statements) throws SQLException {
        Path file = elsewhere.resolve("source.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            for (String statement : statements) {
                Sqlite.execute(connection, statement);
            }
        }
        return file;
    }

    /** A3: from the file behind a link, under its lock. */
    @Test
    void takesInWhatAStreamGives() throws Exception {
        Path file = file("create table t(a)", "insert into t values (zeroblob(3000000))");
        Path link = Files.createSymbolicLink(elsewhere.resolve("link.db"), file);
        try (InputStream content = ForeignDatabase.at(link, "import").openAlone()) {
            engine.client().importDatabase("shop", content);
        }
        assertThat(engine.value("shop", "select length(a) from t")).isEqualTo(3_000_000L);
    }

    /** A3: the last bytes are not sent, so nobody takes the rest for a database. */
    @Test
    void aFileThatChangesWhileItIsSentIsNotTakenIn() throws Exception {
        Path file = file("create table t(a)", "insert into t values (zeroblob(3000000))");
        try (InputStream content = ForeignDatabase.at(file, "import").openAlone()) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(1));
            assertThatThrownBy(() -> engine.client().importDatabase("shop", content))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_CHANGED))
                    .hasMessage("Cannot import " + file + ": the file changed while it was read");
        }
        Awaitility.await()
                .until(() -> StoredFiles.below(directory).stream()
                        .noneMatch(each -> each.toString().contains(".tmp")));
        assertThat(HttpCalls.send(engine.uri(), "GET", "/v1/databases", "")
                        .body()
                        .get("databases"))
                .isEmpty();
    }

    private Reply send(byte[] content) {
        return HttpCalls.send(engine.uri(), "POST", "/v1/databases/shop/import", content);
    }

    @ParameterizedTest
    @CsvSource({
        "512, 0, UTF-8, delete",
        "4096, 1, UTF-16le, wal",
        "65536, 2, UTF-16be, delete",
        "1024, 0, UTF-16be, persist"
    })
    void fileOfAnyKindIsTakenInAndCaptured(int pageSize, int autoVacuum, String encoding, String journal)
            throws Exception {
        Path file = file(
                "pragma page_size = " + pageSize,
                "pragma auto_vacuum = " + autoVacuum,
                "pragma encoding = '" + encoding + "'",
                "pragma journal_mode = " + journal,
                "create table t(id integer primary key, v text)",
                "with recursive n(i) as (values (1) union all select i + 1 from n limit 500)"
                        + " insert into t select i, 'v\u00e4' || i from n");
        DatabaseStatus status = engine.client().importDatabase("shop", file);
        assertThat(status.lsn()).isEqualTo(Lsn.ZERO);
        ReplayedTables tables = new ReplayedTables();
        tables.load("t", engine.rows("shop", "select * from t"), Lsn.ZERO);
        engine.exec("shop", "update t set v = v || '!' where id % 3 = 0");
        engine.exec("shop", "delete from t where id > 400");
        Lsn end = engine.awaitCaptured("shop");
        Consumer.readTo(end, engine.client(), "shop", tables);
        tables.assertEqualTo(engine.client(), "shop");
        assertThat(engine.value("shop", "pragma page_size")).isEqualTo((long) pageSize);
    }

    @Test
    void damagedFileIsRefusedAndLeavesNothingBehind() throws Exception {
        Path file = file(
                "create table t(id integer primary key, v text)",
                "create index i on t(v)",
                "with recursive n(i) as (values (1) union all select i + 1 from n limit 2000)"
                        + " insert into t select i, hex(randomblob(20)) from n");
        byte[] good = Files.readAllBytes(file);
        byte[] damaged = good.clone();
        for (int i = good.length / 2; i < good.length / 2 + 4_096; i++) {
            damaged[i] = (byte) (i * 31);
        }
        byte[] cut = java.util.Arrays.copyOf(good, good.length / 4096 / 2 * 4096);
        byte[] odd = java.util.Arrays.copyOf(good, good.length - 100);
        byte[] noise = new byte[8_192];
        new java.util.Random(1).nextBytes(noise);
        for (byte[] content : new byte[][] {damaged, cut, odd, noise, new byte[0], "SQLite format 3\0".getBytes()}) {
            Reply reply = send(content);
            assertThat(reply.code()).as(reply.message()).isEqualTo("INVALID_DATABASE_FILE");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.message()).startsWith("Cannot import database 'shop': ");
            assertThat(directory).isDirectoryNotContaining("glob:**shop*");
        }
        assertThat(send(good).status()).isEqualTo(200);
    }

    @Test
    void existingDatabaseIsNotReplaced() throws Exception {
        engine.client().create("shop");
        engine.exec("shop", "create table mine(a)");
        Reply reply = send(Files.readAllBytes(file("create table t(a)")));
        assertThat(reply.code()).isEqualTo("DATABASE_EXISTS");
        assertThat(engine.value("shop", "select count(*) from mine")).isEqualTo(0L);
    }

    /**
     * The body is larger than what the sockets of both sides hold, so that the refusal comes while it is being sent.
     */
    @Test
    void refusalReachesAClientThatIsStillSending() {
        engine.client().create("shop");
        byte[] large = new byte[32 << 20];
        for (int i = 0; i < 10; i++) {
            assertThat(send(large).code()).isEqualTo("DATABASE_EXISTS");
            assertThat(HttpCalls.send(engine.uri(), "POST", "/v1/databases/shop/exec", large)
                            .code())
                    .isEqualTo("PAYLOAD_TOO_LARGE");
        }
    }

    @Test
    void databaseIsRemovedAndANewOneOfThatNameHasAnotherEpoch() {
        String first = engine.client().create("shop").epoch();
        engine.exec("shop", "create table t(a)");
        engine.client().drop("shop");
        assertThat(engine.client().databases()).isEmpty();
        DatabaseStatus status = engine.client().create("shop");
        assertThat(status.epoch()).isNotEqualTo(first);
        assertThat(status.lsn()).isEqualTo(Lsn.ZERO);
        assertThat(engine.rows("shop", "select * from sqlite_schema")).isEmpty();
    }

    @Test
    void fileReplacedWhileTheEngineIsDownBeginsANewEpochWithTheReason() throws Exception {
        String epoch = engine.client().create("shop").epoch();
        engine.exec("shop", "create table t(a)");
        engine.awaitCaptured("shop");
        engine.close();
        Path main = directory.resolve("shop.db");
        byte[] old = Files.readAllBytes(main);
        Files.write(main, old);
        Files.setLastModifiedTime(main, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        engine = new RunningEngine(directory);
        DatabaseStatus status = engine.client().status("shop");
        assertThat(status.epoch()).isNotEqualTo(epoch);
        assertThat(status.lsn()).isEqualTo(Lsn.ZERO);
        assertThat(reason()).contains("changed or replaced");
        engine.exec("shop", "insert into t values (1)");
        engine.awaitCaptured("shop");
    }

    @Test
    void lostChangeLogBeginsANewEpoch() throws IOException {
        String epoch = engine.client().create("shop").epoch();
        engine.exec("shop", "create table t(a)");
        engine.awaitCaptured("shop");
        engine.close();
        Files.delete(directory.resolve("shop.log.db"));
        Files.deleteIfExists(directory.resolve("shop.log.db-wal"));
        engine = new RunningEngine(directory);
        assertThat(engine.client().status("shop").epoch()).isNotEqualTo(epoch);
        assertThat(engine.value("shop", "select count(*) from t")).isEqualTo(0L);
    }

    @Test
    void fileThatIsNoDatabaseDoesNotKeepOthersFromWork() throws IOException {
        engine.client().create("shop");
        Files.write(directory.resolve("broken.db"), "this is not a database, whatever its name says".getBytes());
        assertThat(HttpCalls.send(engine.uri(), "GET", "/v1/databases/broken", "")
                        .code())
                .isEqualTo("INVALID_DATABASE_FILE");
        Reply all = HttpCalls.send(engine.uri(), "GET", "/status", "");
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.body().at("/databases/0/error/code").asText()).isEqualTo("INVALID_DATABASE_FILE");
        assertThat(all.body().at("/databases/1/name").asText()).isEqualTo("shop");
        assertThat(all.body().at("/databases/0/open").asBoolean(true)).isFalse();
        engine.client().exec("shop", Statement.of("create table t(a)"));
    }

    private String reason() {
        return HttpCalls.send(engine.uri(), "GET", "/v1/databases/shop", "")
                .body()
                .get("epochReason")
                .asText();
    }
}
