/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.changelog.ChangeLogFile;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.engine.server.testkit.StoredFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Change logs of databases that nobody opens. */
class IdleLogMaintenanceIT {
    private static final long RETAINED_BYTES = 1 << 16;
    private static final List<String> NAMES = List.of("one", "two", "three");

    @TempDir
    Path directory;

    private ServerConfig keeping() {
        return ServerConfig.of(directory.resolve("engine"))
                .withPort(0)
                .withLimit(Limit.SEGMENT_BYTES, 4_096)
                .withLimit(Limit.MERGE_SEGMENTS, 1 << 12)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 10);
    }

    private ServerConfig visiting() {
        return keeping().withLimit(Limit.WAL_RETENTION_BYTES, RETAINED_BYTES).withLimit(Limit.VISIT_INTERVAL_MS, 100);
    }

    private ArchiveLocation archive() {
        return new ArchiveLocation.Directory(directory.resolve("archive"));
    }

    private Path file(String name) {
        return directory.resolve("engine").resolve(name);
    }

    private void make() {
        try (RunningEngine engine = new RunningEngine(keeping())) {
            for (String name : NAMES) {
                engine.client().create(name);
                engine.exec(name, "create table t(id integer primary key, v blob)");
                for (int i = 0; i < 60; i++) {
                    engine.exec(name, "insert into t(v) values (randomblob(3000))");
                }
            }
        }
    }

    private long segmentBytes(String name) {
        try (ChangeLogFile log = ChangeLogFile.open(file(name + ".log.db"), archive())) {
            return log.list(0, 10_000).stream()
                    .filter(row -> row.object() == null)
                    .mapToLong(ChangeLogFile.Entry::bytes)
                    .sum();
        }
    }

    private long objects(String name) throws IOException {
        return StoredFiles.below(directory.resolve("archive").resolve(name)).size();
    }

    @Test
    void areTrimmed() throws Exception {
        make();
        FileTime before = Files.getLastModifiedTime(file("one.db"));
        Map<String, FileTime> logsBefore = times();
        for (String name : NAMES) {
            assertThat(segmentBytes(name)).isGreaterThan(2 * RETAINED_BYTES);
        }
        try (RunningEngine engine = new RunningEngine(visiting())) {
            assertThat(engine.port()).isPositive();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> times().entrySet().stream()
                            .noneMatch(time -> time.getValue().equals(logsBefore.get(time.getKey()))));
        }
        for (String name : NAMES) {
            assertThat(segmentBytes(name)).isBetween(1L, RETAINED_BYTES);
        }
        assertThat(Files.getLastModifiedTime(file("one.db"))).isEqualTo(before);
        assertThat(file("one.db-shm")).doesNotExist();
        try (RunningEngine engine = new RunningEngine(keeping())) {
            assertThat(engine.client().status("two").oldestLsn().value()).isPositive();
            engine.exec("two", "insert into t(v) values (1)");
            assertThat(engine.client().verifyLog("two", 0).faults()).isEmpty();
        }
    }

    /** Of the logs; they change when a log that was written to is closed. */
    private Map<String, FileTime> times() throws IOException {
        Map<String, FileTime> times = new HashMap<>();
        for (String name : NAMES) {
            times.put(name, Files.getLastModifiedTime(file(name + ".log.db")));
        }
        return times;
    }

    @Test
    void areArchivedAndStreamedFromThere() throws Exception {
        make();
        try (RunningEngine engine = new RunningEngine(visiting().withArchive(archive()))) {
            for (String name : NAMES) {
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> objects(name) > 20);
                ReplayedTables tables = new ReplayedTables();
                // Opened while the visits continue.
                Consumer.readTo(engine.awaitCaptured(name), engine.client(), name, tables);
                tables.assertEqualTo(engine.client(), name);
                assertThat(engine.client().status(name).archive().segments()).isPositive();
            }
        }
    }

    @Test
    void areNotInTheWayOfThoseWhoOpenCreateAndRemove() {
        ServerConfig config = visiting().withLimit(Limit.VISIT_INTERVAL_MS, 10).withArchive(archive());
        for (int round = 0; round < 5; round++) {
            try (RunningEngine engine = new RunningEngine(config)) {
                for (String name : NAMES) {
                    engine.client().create(name);
                    engine.exec(name, "create table if not exists t(id integer primary key, v blob)");
                    engine.exec(name, "insert into t(v) values (randomblob(50000))");
                    assertThat(engine.client().verifyLog(name, 0).faults()).isEmpty();
                }
                engine.client().drop("three");
                assertThat(engine.value("one", "select count(*) from t")).isEqualTo(round + 1L);
            }
        }
    }
}
