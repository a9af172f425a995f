/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

class LogVerifyIT {
    private static final String DB = "shop";

    @TempDir
    Path directory;

    private ServerConfig config() {
        return ServerConfig.of(directory.resolve("engine"))
                .withPort(0)
                .withLimit(Limit.SEGMENT_BYTES, 4_096)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 20)
                .withLimit(Limit.WAL_RETENTION_BYTES, 1 << 16)
                .withArchive(location());
    }

    private ArchiveLocation location() {
        return new ArchiveLocation.Directory(directory.resolve("archive"));
    }

    private Path log() {
        return directory.resolve("engine/shop.log.db");
    }

    private static void write(RunningEngine engine) {
        for (int i = 0; i < 45; i++) {
            engine.exec(DB, "insert into t(v) values (randomblob(2000))");
        }
        engine.client().batch(DB, Collections.nCopies(15, Statement.of("insert into t(v) values (randomblob(2000))")));
        engine.exec(DB, "insert into t(v) values (1)");
    }

    /** Makes a log of which a part is archived, and closes it. */
    private void make() {
        try (RunningEngine engine = new RunningEngine(config())) {
            engine.client().create(DB);
            engine.exec(DB, "create table t(id integer primary key, v blob)");
            write(engine);
            engine.awaitCaptured(DB);
            Awaitility.await().until(() -> {
                long before = engine.client().status(DB).archive().segments();
                Thread.sleep(100);
                return before > 5 && engine.client().status(DB).archive().segments() == before;
            });
        }
    }

    private LogCheckResult verify(ArchiveLocation location, int step) {
        List<LogCheckResult.Fault> faults = new ArrayList<>();
        long[] sums = new long[4];
        try (ChangeLogFile file = ChangeLogFile.open(log(), location)) {
            long next = 0;
            do {
                LogCheckResult check = file.verify(next, step);
                faults.addAll(check.faults());
                sums[0] += check.segments();
                sums[1] += check.archived();
                sums[2] += check.events();
                sums[3] += check.bytes();
                next = check.next();
            } while (next != 0);
        }
        return new LogCheckResult(sums[0], sums[1], sums[2], sums[3], faults, 0);
    }

    private LogCheckResult verify() {
        return verify(location(), 1_000);
    }

    private List<String> messages() {
        return verify().faults().stream()
                .map(fault -> fault.segment() + " " + fault.message())
                .toList();
    }

    private void tamper(String... statements) throws SQLException {
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + log(), new Properties())) {
            for (String statement : statements) {
                Sqlite.execute(connection, statement);
            }
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + log(), new Properties())) {
            return Sqlite.numbers(connection, sql, 1)[0];
        }
    }

    private Path object(String where) throws SQLException {
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + log(), new Properties())) {
            return directory
                    .resolve("archive")
                    .resolve(Sqlite.text(connection, "select object from _wal_archive " + where));
        }
    }

    @Test
    void soundLogHasNoFaultsInWhateverSteps() throws SQLException {
        make();
        LogCheckResult all = verify();
        assertThat(all.faults()).isEmpty();
        assertThat(all.archived()).isPositive().isLessThan(all.segments());
        assertThat(all.events()).isEqualTo(62);
        assertThat(number("select count(*) from _wal_segments where part > 0")).isPositive();
        try (ChangeLogFile file = ChangeLogFile.open(log(), location())) {
            List<ChangeLogFile.Entry> entries = file.list(0, 1_000);
            List<ChangeLogFile.Entry> inArchive =
                    entries.stream().filter(entry -> entry.object() != null).toList();
            assertThat(entries).hasSize((int) all.segments()).startsWith(inArchive.toArray(ChangeLogFile.Entry[]::new));
            assertThat(inArchive).hasSize((int) all.archived());
            assertThat(entries.stream().mapToLong(ChangeLogFile.Entry::bytes).sum())
                    .isEqualTo(all.bytes());
        }
        for (int step : new int[] {1, 3, 7}) {
            assertThat(verify(location(), step)).isEqualTo(all);
        }
    }

    @Test
    void findsAFlippedByte() throws Exception {
        make();
        long id = number("select min(id) from _wal_segments");
        tamper(
                "update _wal_segments set data = cast(substr(data, 1, 100) || x'5a5b5c' || substr(data, 104) as blob) where id = "
                        + id);
        assertThat(messages()).singleElement().asString().startsWith(id + " ").contains("checksum");
        tamper("delete from _wal_segments where id > " + id);
        assertThat(messages()).hasSize(2);
    }

    @Test
    void findsAMissingSegmentWhereverItWas() throws Exception {
        make();
        long middle = number("select min(id) + 2 from _wal_segments where part = 0");
        tamper(
                "create table saved as select * from _wal_segments",
                "create table archive as select * from _wal_archive");
        for (String missing : List.of(
                "delete from _wal_segments where id = " + middle,
                "delete from _wal_segments where id = (select min(id) from _wal_segments)",
                "delete from _wal_segments where id = (select max(id) from _wal_segments)",
                "delete from _wal_segments where part = 1",
                "delete from _wal_segments where part = 2",
                "delete from _wal_segments where part = (select max(part) from _wal_segments)",
                "delete from _wal_segments",
                "delete from _wal_archive where id = 1",
                "delete from _wal_archive where id = 3")) {
            tamper(missing);
            assertThat(messages()).as(missing).isNotEmpty().asString().contains("missing");
            tamper(
                    "delete from _wal_segments",
                    "delete from _wal_archive",
                    "insert into _wal_segments select * from saved",
                    "insert into _wal_archive select * from archive");
            assertThat(messages()).isEmpty();
        }
    }

    @Test
    void findsWhatIsWrongInTheOrder() throws Exception {
        make();
        tamper("update _wal_segments set events = events + 1 where id = (select max(id) from _wal_segments)");
        assertThat(messages()).singleElement().asString().contains("events, not");
        tamper("update _wal_segments set events = events - 1 where id = (select max(id) from _wal_segments)");
        tamper("update _wal_segments set id = id + 1000 where id = (select min(id) from _wal_segments)");
        assertThat(messages()).isNotEmpty().asString().contains("before it");
    }

    @Test
    void findsAMissingAndADamagedObject() throws Exception {
        make();
        Path damaged = object("where id = 2");
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length - 1] ^= 1;
        Files.write(damaged, bytes);
        Files.delete(object("where id = 4"));
        List<LogCheckResult.Fault> faults = verify().faults();
        assertThat(faults).extracting(LogCheckResult.Fault::segment).containsExactly(2L, 4L);
        assertThat(faults.get(0).message()).contains("damaged data");
        assertThat(faults.get(1).message()).contains("is missing");
        assertThat(faults).allSatisfy(fault -> assertThat(fault.message()).contains(fault.object()));
    }

    @Test
    void archiveThatIsNotKnownIsNoSoundOne() {
        make();
        LogCheckResult check = verify(null, 1_000);
        assertThat(check.faults()).hasSize((int) check.archived());
        assertThat(check.faults().get(0).message()).contains("none is configured");
    }

    @Test
    void readsWhatACrashHasLeftAndNotWhatAnEngineHasOpen() throws IOException {
        make();
        Path copies = Files.createDirectory(directory.resolve("copies"));
        try (RunningEngine engine = new RunningEngine(config())) {
            write(engine);
            engine.awaitCaptured(DB);
            for (String suffix : List.of("", "-wal")) {
                Files.copy(log().resolveSibling("shop.log.db" + suffix), copies.resolve("shop.log.db" + suffix));
            }
        }
        assertThat(Files.size(copies.resolve("shop.log.db-wal"))).isPositive();
        try (ChangeLogFile file = ChangeLogFile.open(copies.resolve("shop.log.db"), location())) {
            assertThat(file.list(0, 10_000)).hasSizeGreaterThan(60);
        }
        assertThatThrownBy(() -> ChangeLogFile.open(directory.resolve("engine/shop.db"), null))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        assertThatThrownBy(() -> ChangeLogFile.open(directory.resolve("absent"), null))
                .hasMessageContaining("no such file");
    }

    @Test
    void serverVerifiesWhileTheLogIsWrittenMergedAndArchived() throws Exception {
        try (RunningEngine engine =
                new RunningEngine(config().withLimit(Limit.MERGE_SEGMENTS, 3).withLimit(Limit.SEGMENT_BYTES, 20_000))) {
            engine.client().create(DB);
            engine.exec(DB, "create table t(id integer primary key, v blob)");
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService threads = Executors.newSingleThreadExecutor();
            Future<?> writer = threads.submit(() -> {
                while (!done.get()) {
                    write(engine);
                    engine.exec(DB, "insert into t(v) values (2)");
                }
            });
            try {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                for (int i = 0;
                        i < 40 || engine.client().status(DB).archive().segments() < 20 && System.nanoTime() < deadline;
                        i++) {
                    io.dolake.engine.client.LogCheck check = engine.client().verifyLog(DB, i % 7);
                    assertThat(check.faults()).isEmpty();
                }
                assertThat(engine.client().status(DB).archive().segments()).isGreaterThan(10);
            } finally {
                done.set(true);
                writer.get(30, TimeUnit.SECONDS);
                threads.shutdownNow();
            }
        }
    }
}
