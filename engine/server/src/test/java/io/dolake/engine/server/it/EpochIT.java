/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.changelog.HighWaterMark;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests starts of the engine with files that do not belong together: copies of the files of one engine from different
 * moments, each as a crash would have left them.
 */
class EpochIT {
    private static final String[] DATABASE = {"shop.db", "shop.db-wal"};
    private static final String[] LOG = {"shop.log.db", "shop.log.db-wal"};

    @TempDir
    static Path pictures;

    @TempDir
    Path directory;

    private static String epoch;
    private static Lsn newest;

    @BeforeAll
    static void takePictures() throws Exception {
        Path live = Files.createDirectory(pictures.resolve("live"));
        // Nothing is checkpointed but what is asked for.
        Map<Limit, Long> limits = Map.of(Limit.HOUSEKEEPING_INTERVAL_MS, 60_000L);
        try (EngineProcess engine = EngineProcess.start(live, limits)) {
            DoSqlClient client = engine.client();
            epoch = client.create("shop").epoch();
            write(client, "create table t(id integer primary key, v)");
            write(client, "insert into t(v) values ('one')");
            take(live, "first");
            write(client, "insert into t(v) values ('two')");
            take(live, "more");
            client.exec("shop", Statement.of("pragma wal_checkpoint(truncate)"));
            take(live, "emptied");
            write(client, "insert into t(v) values ('three')");
            take(live, "afterwards");
            client.exec("shop", Statement.of("pragma wal_checkpoint(truncate)"));
            newest = write(client, "insert into t(v) values ('four'), (zeroblob(20000))");
            take(live, "last");
        }
        take(live, "closed");
    }

    private static Lsn write(DoSqlClient client, String sql) {
        Lsn lsn = client.exec("shop", Statement.of(sql)).lsn();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> client.status("shop").durableLsn().equals(lsn));
        return lsn;
    }

    private static void take(Path live, String name) throws IOException, InterruptedException {
        Path picture = Files.createDirectory(pictures.resolve(name));
        copy(live, picture, DATABASE);
        copy(live, picture, LOG);
    }

    /** As a backup does that keeps times; the JDK would round them. */
    private static void copy(Path from, Path to, String... files) throws IOException, InterruptedException {
        for (String file : files) {
            if (Files.exists(from.resolve(file))) {
                Process cp = new ProcessBuilder("cp", "-p", from.resolve(file).toString(), to.toString())
                        .inheritIO()
                        .start();
                assertThat(cp.waitFor()).isZero();
            }
        }
    }

    private void put(String picture, String... files) throws IOException, InterruptedException {
        copy(pictures.resolve(picture), directory, files);
    }

    /** Starts an engine; the log must then hold everything after the LSN that it says, and begin anew. */
    private void beginsAnew(String reason) {
        try (RunningEngine engine = new RunningEngine(directory)) {
            DatabaseStatus status = engine.client().status("shop");
            assertThat(status.epoch()).isNotEqualTo(epoch);
            assertThat(status.lsn()).isEqualTo(Lsn.ZERO);
            assertThat(engine.value("shop", "pragma integrity_check")).isEqualTo("ok");
            assertThat(HttpCalls.send(engine.uri(), "GET", "/v1/databases/shop", "")
                            .body()
                            .get("epochReason")
                            .asText())
                    .contains(reason);
            ReplayedTables tables = new ReplayedTables();
            tables.load("t", engine.rows("shop", "select * from t"), Lsn.ZERO);
            engine.exec("shop", "update t set v = v || '!'");
            Consumer.readTo(engine.awaitCaptured("shop"), engine.client(), "shop", tables);
            tables.assertEqualTo(engine.client(), "shop");
        }
    }

    @Test
    void everyPictureByItselfGoesOn() throws IOException, InterruptedException {
        for (String picture : List.of("first", "more", "emptied", "afterwards", "last", "closed")) {
            put(picture, DATABASE);
            put(picture, LOG);
            try (RunningEngine engine = new RunningEngine(directory)) {
                assertThat(engine.client().status("shop").epoch()).as(picture).isEqualTo(epoch);
                Lsn lsn = engine.exec("shop", "update t set v = v || '!'");
                assertThat(lsn).isGreaterThan(picture.equals("closed") ? newest : Lsn.ZERO);
                ReplayedTables tables = new ReplayedTables();
                Consumer.readTo(lsn, engine.client(), "shop", tables);
                tables.assertEqualTo(engine.client(), "shop");
            }
            removeFiles();
            // Else the next picture would be one of an older state.
            Files.delete(mark());
        }
    }

    private Path mark() {
        return directory.resolve(HighWaterMark.DIRECTORY).resolve("shop");
    }

    private void removeFiles() throws IOException {
        for (String file : List.of("shop.db", "shop.db-wal", "shop.log.db", "shop.log.db-wal")) {
            Files.deleteIfExists(directory.resolve(file));
        }
    }

    /** Lets an engine come to the end of a picture, and removes all of its files but the mark. */
    private void leaveMarkOf(String picture) throws IOException, InterruptedException {
        put(picture, DATABASE);
        put(picture, LOG);
        try (RunningEngine engine = new RunningEngine(directory)) {
            assertThat(engine.client().status("shop").epoch()).isEqualTo(epoch);
        }
        removeFiles();
        assertThat(mark()).exists();
    }

    @Test
    void filesThatAreOlderTogetherAreNoticed() throws IOException, InterruptedException {
        leaveMarkOf("last");
        put("first", DATABASE);
        put("first", LOG);
        beginsAnew("older than they were");
    }

    @Test
    void filesOfTheStateThatWasLeftGoOn() throws IOException, InterruptedException {
        leaveMarkOf("last");
        put("last", DATABASE);
        put("last", LOG);
        try (RunningEngine engine = new RunningEngine(directory)) {
            assertThat(engine.client().status("shop").epoch()).isEqualTo(epoch);
        }
    }

    @Test
    void filesOfAnEarlierEpochAreNoticed() throws Exception {
        put("last", DATABASE);
        put("last", LOG);
        Files.delete(directory.resolve("shop.db-wal"));
        beginsAnew("the WAL was");
        removeFiles();
        put("last", DATABASE);
        put("last", LOG);
        beginsAnew("older than they were");
    }

    @Test
    void markOfTheEpochBeforeIsNoReason() throws Exception {
        leaveMarkOf("last");
        String before = Files.readString(mark());
        put("last", DATABASE);
        put("last", LOG);
        Files.delete(directory.resolve("shop.db-wal"));
        beginsAnew("the WAL was");
        String begun;
        try (RunningEngine engine = new RunningEngine(directory)) {
            begun = engine.client().status("shop").epoch();
        }
        // As if the engine had been killed before it wrote the mark of the new epoch.
        Files.writeString(mark(), before);
        try (RunningEngine engine = new RunningEngine(directory)) {
            assertThat(engine.client().status("shop").epoch()).isEqualTo(begun);
        }
    }

    @Test
    void markThatIsTornOrLostIsNoReason() throws Exception {
        for (String content :
                List.of("", epoch, epoch + " 18446744073709551615", epoch + " x \n", "\0\0\0\0", "\u00ff \u00fe \n")) {
            put("closed", DATABASE);
            put("closed", LOG);
            Files.createDirectories(mark().getParent());
            Files.writeString(mark(), content, StandardCharsets.ISO_8859_1);
            try (RunningEngine engine = new RunningEngine(directory)) {
                assertThat(engine.client().status("shop").epoch()).as(content).isEqualTo(epoch);
            }
            removeFiles();
        }
    }

    @Test
    void databaseThatWasRemovedLeavesNoMark() {
        try (RunningEngine engine = new RunningEngine(directory)) {
            engine.client().create("shop");
            assertThat(mark()).exists();
            engine.client().drop("shop");
            assertThat(mark()).doesNotExist();
            engine.client().create("shop");
            assertThat(mark()).exists();
        }
    }

    @Test
    void deletedWalIsNoticed() throws IOException, InterruptedException {
        put("last", "shop.db");
        put("last", LOG);
        beginsAnew("the WAL was");
    }

    @Test
    void deletedWalIsNoticedWhenACheckpointWasUnderWay() throws Exception {
        put("afterwards", DATABASE);
        put("afterwards", LOG);
        noteCheckpoint(directory.resolve("shop.log.db"));
        Files.delete(directory.resolve("shop.db-wal"));
        beginsAnew("the WAL was");
    }

    /** What the engine writes before a checkpoint, as if it had been killed then. */
    private static void noteCheckpoint(Path log) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + log)) {
            Sqlite.execute(connection, "update _dosql_state set may_reset = 1");
        }
    }

    @Test
    void databaseThatIsOlderThanItsLogIsNoticed() throws IOException, InterruptedException {
        put("first", DATABASE);
        put("last", LOG);
        beginsAnew("changed or replaced");
    }

    @Test
    void shorterWalOfTheSameGenerationIsNoticed() throws IOException, InterruptedException {
        put("first", DATABASE);
        put("more", LOG);
        beginsAnew("can be read up to frame 3 only");
    }

    @Test
    void databaseThatIsOlderThanItsClosedLogIsNoticed() throws IOException, InterruptedException {
        put("emptied", DATABASE);
        put("closed", LOG);
        beginsAnew("changed or replaced");
    }

    @Test
    void logThatIsOlderThanItsDatabaseIsNoticed() throws IOException, InterruptedException {
        put("last", DATABASE);
        put("first", LOG);
        beginsAnew("the WAL was reset or replaced");
    }

    @Test
    void logOfAnEarlierCheckpointIsNoticed() throws IOException, InterruptedException {
        put("last", DATABASE);
        put("emptied", LOG);
        beginsAnew("changed or replaced");
    }

    @Test
    void mainFileOfAnEarlierCheckpointIsNoticed() throws IOException, InterruptedException {
        put("last", DATABASE);
        put("last", LOG);
        put("emptied", "shop.db");
        beginsAnew("changed or replaced");
    }

    @Test
    void workOfAnotherProgramIsNoticed() throws Exception {
        put("closed", DATABASE);
        put("closed", LOG);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("shop.db"))) {
            Sqlite.execute(connection, "insert into t(v) values ('from elsewhere')");
        }
        beginsAnew("changed or replaced");
    }
}
