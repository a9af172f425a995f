/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.FileDamage;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.HttpCalls.Reply;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * B13: tests files that are damaged, missing or replaced. The engine starts, other databases work, and the suspended
 * one is reported and comes back.
 */
class DatabaseSuspensionIT {
    @TempDir
    Path directory;

    @TempDir
    Path kept;

    private RunningEngine engine;

    @BeforeEach
    void start() {
        engine = new RunningEngine(ServerConfig.of(directory)
                .withPort(0)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 50)
                .withLimit(Limit.REOPEN_INTERVAL_MS, 3_600_000));
        for (String name : new String[] {"sick", "well"}) {
            engine.client().create(name);
            engine.exec(name, "create table t(id integer primary key, v)");
            engine.exec(
                    name,
                    "with n(i) as (values (1) union all select i + 1 from n where i < 500)"
                            + " insert into t select i, hex(randomblob(40)) from n");
        }
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    @ParameterizedTest
    @EnumSource(FileDamage.class)
    void whatCannotBeOpenedIsSetAsideAndComesBack(FileDamage damage) throws Exception {
        engine.close();
        for (String name : new String[] {"sick.db", "sick.log.db"}) {
            copy(file(name), kept.resolve(name));
        }
        damage.make(directory);
        engine = new RunningEngine(
                ServerConfig.of(directory).withPort(0).withLimit(Limit.REOPEN_INTERVAL_MS, 3_600_000));

        assertOthersWork();
        JsonNode first = assertSetAside(damage.code());
        assertThat(assertSetAside(damage.code()).get("since")).isEqualTo(first.get("since"));
        assertThatThrownBy(() -> engine.exec("sick", "insert into t values (1, 1)"))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code().name()).isEqualTo(first.get("code").asText());
                    assertThat(e).hasMessageContaining("'sick'").hasMessageContaining(directory.toString());
                    assertThat(e.hint()).contains(first.get("remedy").asText());
                });

        // The remedy: the files are put back, and seen without a restart.
        for (String name : new String[] {"sick.db", "sick.log.db"}) {
            deleteWhole(file(name));
            copy(kept.resolve(name), file(name));
        }
        assertThat(engine.value("sick", "select count(*) from t")).isEqualTo(500L);
        assertThat(entry("sick", "/status").get("state").asText()).isEqualTo("STREAMING");
        engine.exec("sick", "insert into t values (1000, 1)");
        engine.awaitCaptured("sick");
    }

    /** The other remedy. */
    @ParameterizedTest
    @EnumSource(FileDamage.class)
    void whatCannotBeOpenedCanBeRemovedAndImportedAgain(FileDamage damage) throws Exception {
        engine.close();
        copy(file("sick.db"), kept.resolve("sick.db"));
        damage.make(directory);
        engine = new RunningEngine(directory);
        assertSetAside(damage.code());
        assertThatThrownBy(() -> engine.client().importDatabase("sick", kept.resolve("sick.db")))
                .hasMessageContaining("a database of that name exists");
        if (damage == FileDamage.MAIN_IS_A_DIRECTORY) {
            assertThatThrownBy(() -> engine.client().drop("sick")).hasMessageContaining("is a directory");
            deleteWhole(file("sick.db"));
        }
        engine.client().drop("sick");
        assertThat(entry("sick", "/status")).isNull();
        engine.client().importDatabase("sick", kept.resolve("sick.db"));
        assertThat(engine.value("sick", "select count(*) from t")).isEqualTo(500L);
        engine.exec("sick", "insert into t values (1000, 1)");
        engine.awaitCaptured("sick");
        assertOthersWork();
    }

    @Test
    void aFileDamagedChangeLogMayBeDeleted() throws Exception {
        engine.close();
        FileDamage.LOG_HEADER_OVERWRITTEN.make(directory);
        engine = new RunningEngine(directory);
        assertThat(assertSetAside(ErrorCode.CHANGE_LOG_CORRUPT).get("remedy").asText())
                .contains("or delete it together with its -wal");
        Files.delete(file("sick.log.db"));
        Files.deleteIfExists(file("sick.log.db-wal"));
        assertThat(engine.value("sick", "select count(*) from t")).isEqualTo(500L);
        engine.exec("sick", "insert into t values (1000, 1)");
        engine.awaitCaptured("sick");
    }

    @Test
    void aFileThatMayNotBeReadIsSetAside() throws Exception {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may read everything");
        engine.close();
        Files.setPosixFilePermissions(file("sick.db"), PosixFilePermissions.fromString("---------"));
        engine = new RunningEngine(directory);
        assertOthersWork();
        assertSetAside(null);
        Files.setPosixFilePermissions(file("sick.db"), PosixFilePermissions.fromString("rw-------"));
        assertThat(engine.value("sick", "select count(*) from t")).isEqualTo(500L);
    }

    /**
     * One byte anywhere: the database works, begins a new epoch, or is suspended; the other databases and the engine
     * are not affected.
     */
    @Test
    void oneByteAnywhereHarmsOnlyItsDatabase() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("one byte: seed " + seed);
        Random random = new Random(seed);
        engine.close();
        String[] names = {"sick.db", "sick.log.db"};
        for (String name : names) {
            copy(file(name), kept.resolve(name));
        }
        int setAside = 0;
        for (int i = 0; i < 12; i++) {
            for (String name : names) {
                copy(kept.resolve(name), file(name));
            }
            Path file = file(names[random.nextInt(2)]);
            long at = random.nextInt(3) == 0 ? random.nextInt(200) : random.nextLong(Files.size(file));
            FileDamage.write(file, at, new byte[] {(byte) random.nextInt(256)});
            engine = new RunningEngine(directory);
            try {
                assertOthersWork();
                JsonNode sick = entry("sick", "/status");
                assertThat(sick.get("state").asText()).isIn("STREAMING", "SUSPENDED");
                setAside += sick.get("state").asText().equals("SUSPENDED") ? 1 : 0;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", byte " + at + " of " + file + ": " + e, e);
            } finally {
                engine.close();
            }
        }
        System.out.println("one byte: set aside " + setAside + " of 12");
        engine = new RunningEngine(directory);
    }

    @Test
    void aFileThatIsMovedAwayWhileItIsOpenIsMissedAtOnce() throws Exception {
        engine.exec("sick", "insert into t values (600, 'committed')");
        Files.move(file("sick.db"), kept.resolve("sick.db"));
        JsonNode suspension = assertSetAside(ErrorCode.INVALID_DATABASE_FILE);
        assertThat(suspension.get("reason").asText()).contains(file("sick.db") + " was deleted or moved away");
        assertThatThrownBy(() -> engine.exec("sick", "insert into t values (601, 1)"))
                .hasMessageContaining("it is suspended")
                .hasMessageContaining("moved away");
        // A connection would be to nothing, or to another file that comes to be there.
        assertThatThrownBy(() -> engine.value("sick", "select count(*) from t")).hasMessageContaining("moved away");
        assertOthersWork();
        Files.move(kept.resolve("sick.db"), file("sick.db"));
        assertThat(entry("sick", "/status").get("state").asText()).isEqualTo("STREAMING");
        engine.exec("sick", "insert into t values (601, 1)");
        engine.restart();
        assertThat(engine.value("sick", "select count(*) from t")).isEqualTo(502L);
    }

    @Test
    void aFileThatIsReplacedWhileItIsOpenIsTakenInWhenToldTo() throws Exception {
        Path other = kept.resolve("other.db");
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + other);
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            statement.execute("INSERT INTO t VALUES (1, 'other')");
        }
        engine.awaitCaptured("sick");
        HttpCalls.send(engine.uri(), "POST", "/v1/databases/sick/checkpoint", "{\"mode\": \"truncate\"}");
        Files.move(other, file("sick.db"), StandardCopyOption.REPLACE_EXISTING);
        JsonNode suspension = assertSetAside(ErrorCode.INVALID_DATABASE_FILE);
        assertThat(suspension.get("reason").asText()).contains("was replaced");
        assertThat(suspension.get("remedy").asText()).contains("POST /v1/databases/sick/resume");
        Reply resumed = HttpCalls.send(engine.uri(), "POST", "/v1/databases/sick/resume", "");
        assertThat(resumed.status()).isEqualTo(200);
        assertThat(resumed.body().get("state").asText()).isEqualTo("STREAMING");
        assertThat(engine.value("sick", "select v from t")).isEqualTo("other");
        engine.exec("sick", "insert into t values (2, 1)");
        engine.awaitCaptured("sick");
    }

    @Test
    void aChangeLogThatIsDeletedWhileItIsOpenIsMissed() throws Exception {
        engine.awaitCaptured("sick");
        Files.delete(file("sick.log.db"));
        assertThat(assertSetAside(ErrorCode.CHANGE_LOG_CORRUPT).get("reason").asText())
                .contains(file("sick.log.db") + " was deleted or moved away");
        assertThatThrownBy(() -> engine.exec("sick", "insert into t values (601, 1)"))
                .hasMessageContaining("it is suspended");
        assertThat(HttpCalls.send(engine.uri(), "POST", "/v1/databases/sick/resume", "")
                        .status())
                .isEqualTo(200);
        engine.exec("sick", "insert into t values (601, 1)");
        engine.awaitCaptured("sick");
        assertThat(engine.value("sick", "select count(*) from t")).isEqualTo(501L);
    }

    /** The frame of a commit that was answered is damaged before it is captured. */
    @Test
    void aWalThatIsFileDamagedWhileItIsOpenStopsItsWritersOnly() throws Exception {
        engine.restart(ServerConfig.of(directory)
                .withPort(0)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 60_000)
                .withLimit(Limit.CAPTURE_INTERVAL_MS, 1_000));
        String epoch = engine.client().status("sick").epoch();
        engine.exec("sick", "insert into t values (601, 1)");
        engine.exec("sick", "insert into t values (602, 1)");
        Path wal = file("sick.db-wal");
        FileDamage.write(wal, Files.size(wal) - 4096 - 24 + 8, new byte[] {1, 2, 3, 4});
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> entry("sick", "/status").get("state").asText().equals("SUSPENDED"));
        JsonNode suspension = assertSetAside(ErrorCode.WAL_CORRUPT);
        assertThat(suspension.get("position").asText()).startsWith("LSN ");
        assertThatThrownBy(() -> engine.exec("sick", "insert into t values (603, 1)"))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.WAL_CORRUPT);
                    assertThat(e).hasMessageContaining("Cannot write to database 'sick': it is suspended");
                    assertThat(e.hint().orElseThrow()).contains("Reads still work", "POST /v1/databases/sick/resume");
                });
        assertThat(engine.value("sick", "select count(*) from t")).isEqualTo(502L);
        assertOthersWork();
        Reply resumed = HttpCalls.send(engine.uri(), "POST", "/v1/databases/sick/resume", "");
        assertThat(resumed.status()).as(resumed.message()).isEqualTo(200);
        assertThat(resumed.body().get("state").asText()).isEqualTo("STREAMING");
        // SQLite finds less in the WAL than was committed: the database must not continue as if nothing had happened.
        assertThat(resumed.body().get("epoch").asText()).isNotEqualTo(epoch);
        assertThat(resumed.body().get("epochReason").asText()).contains("the WAL could not be read to its end");
        engine.exec("sick", "insert into t values (603, 1)");
        engine.awaitCaptured("sick");
        assertThat(engine.value("sick", "pragma integrity_check")).isEqualTo("ok");
    }

    private void assertOthersWork() {
        assertThat(engine.value("well", "select count(*) from t where id <= 500"))
                .isEqualTo(500L);
        engine.exec("well", "insert into t(v) values ('more')");
        assertThat(entry("well", "/status").get("state").asText()).isEqualTo("STREAMING");
        assertThat(HttpCalls.send(engine.uri(), "GET", "/health", "").status()).isEqualTo(200);
    }

    /** What the status says of the sick one, wherever it is asked for. */
    private JsonNode assertSetAside(ErrorCode code) {
        JsonNode suspension = null;
        for (String path : new String[] {"/v1/databases", "/status"}) {
            JsonNode entry = entry("sick", path);
            assertThat(entry).as(path).isNotNull();
            assertThat(entry.get("state").asText()).as("%s", entry).isEqualTo("SUSPENDED");
            suspension = entry.get("suspension");
            assertThat(suspension.fieldNames())
                    .toIterable()
                    .containsExactly("code", "reason", "position", "since", "remedy");
            if (code != null) {
                assertThat(suspension.get("code").asText()).as("%s", suspension).isEqualTo(code.name());
            }
            assertThat(suspension.get("reason").asText())
                    .contains("'sick'")
                    .contains(directory.resolve("sick").toString());
            assertThat(suspension.get("remedy").asText()).isNotBlank();
            assertThat(Instant.parse(suspension.get("since").asText())).isBeforeOrEqualTo(Instant.now());
        }
        return suspension;
    }

    /** Lists open nothing: a database is known to be sick once somebody has asked for it. */
    private JsonNode entry(String name, String path) {
        HttpCalls.send(engine.uri(), "GET", "/v1/databases/" + name, "");
        for (JsonNode entry :
                HttpCalls.send(engine.uri(), "GET", path, "").body().get("databases")) {
            if (entry.get("name").asText().equals(name)) {
                return entry;
            }
        }
        return null;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static void deleteWhole(Path path) throws IOException {
        if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(path.resolve("note"));
        }
        Files.deleteIfExists(path);
    }
}
