/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.archive.ObjectStore;
import io.dolake.engine.server.archive.SegmentArchive;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.changelog.LogReader;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.testkit.ArchivedDatabase;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.EventLines;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What goes wrong with an archive, and what then does not. */
class ArchiveFailureIT extends ArchivedDatabase {
    @Test
    void failureKeepsEverythingAndIsShownAndIsOverByItself() throws Exception {
        engine.restart(archiving());
        Files.createDirectories(root);
        Files.move(root, directory.resolve("unmounted"));
        insert(60);
        Lsn end = engine.awaitCaptured(DB);
        Awaitility.await().until(() -> archive().error() != null);
        assertThat(archive().error().code()).isEqualTo(ErrorCode.OBJECT_STORE_ERROR);
        assertThat(archive().error().details()).containsKey("object");
        assertThat(engine.client().status(DB).segmentBytes()).isGreaterThan(LOCAL_BYTES);
        assertThat(archive().segments()).isZero();
        EventLines all = EventLines.read(engine.client(), DB, Lsn.ZERO, end, 100);
        Files.move(directory.resolve("unmounted"), root);
        awaitArchived();
        assertThat(archive().error()).isNull();
        assertThat(EventLines.read(engine.client(), DB, Lsn.ZERO, end, 100).lines())
                .isEqualTo(all.lines())
                .isNotEmpty();
    }

    @Test
    void storeThatHangsHoldsUpNothing() throws Exception {
        // Takes connections, as many as it likes, and says nothing.
        try (ServerSocket silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            URI endpoint = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            engine.restart(archiving()
                    .withArchive(new ArchiveLocation.S3("lake", "", endpoint, null, true, "key", "secret"))
                    .withLimit(Limit.CHECKPOINT_IDLE_MS, 100)
                    .withLimit(Limit.ARCHIVE_TIMEOUT_MS, 3_000));
            insert(60);
            long begun = System.nanoTime();
            insert(10);
            Lsn end = engine.awaitCaptured(DB);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> engine.client().status(DB).walBytes() == 0);
            assertThat(EventLines.read(engine.client(), DB, Lsn.ZERO, end, 1_000)
                            .lines())
                    .isNotEmpty();
            assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(5));
            Awaitility.await().until(() -> archive().error() != null);
            assertThat(archive().error().code()).isEqualTo(ErrorCode.OBJECT_STORE_ERROR);
        }
    }

    @Test
    void writersAreRefusedBeforeTheLogOutgrowsItsDisk() throws Exception {
        engine.restart(archiving().withLimit(Limit.WAL_MAX_BYTES, 2 * LOCAL_BYTES));
        Files.move(root, directory.resolve("unmounted"));
        DoLakeException refused = null;
        for (int i = 0; i < 1_000 && refused == null; i++) {
            try {
                insert(1);
            } catch (DoLakeException e) {
                refused = e;
            }
        }
        assertThat(refused).isNotNull();
        assertThat(refused.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(refused).hasMessageContaining("archive does not keep up");
        assertThat(engine.value(DB, "select count(*) from t")).isNotEqualTo(0L);
        Files.move(directory.resolve("unmounted"), root);
        awaitArchived();
        insert(1);
        ReplayedTables tables = new ReplayedTables();
        Consumer.readTo(engine.awaitCaptured(DB), engine.client(), DB, tables);
        tables.assertEqualTo(engine.client(), DB);
    }

    @Test
    void missingOrDamagedObjectIsAnErrorThatNamesItAndNeverAGap() throws Exception {
        insert(100);
        Lsn end = engine.awaitCaptured(DB);
        EventLines all = EventLines.read(engine.client(), DB, Lsn.ZERO, end, 100);
        engine.restart(archiving());
        awaitArchived();
        Object[] victim = engine.rows(DB, "select object, lsn_previous from _wal_archive order by id limit 1 offset 5")
                .get(0);
        Path file = root.resolve((String) victim[0]);
        byte[] content = Files.readAllBytes(file);
        byte[] flipped = content.clone();
        flipped[content.length / 2] ^= 1;
        Files.write(file, flipped);
        failsAt(victim, end, all, "damaged data");
        Files.delete(file);
        failsAt(victim, end, all, "is missing");
        Files.copy(root.resolve((String) engine.value(DB, "select max(object) from _wal_archive")), file);
        failsAt(victim, end, all, "is not the segment");
        Files.write(file, content);
        assertThat(EventLines.read(engine.client(), DB, Lsn.ZERO, end, 100).lines())
                .isEqualTo(all.lines());
    }

    private void failsAt(Object[] victim, Lsn end, EventLines all, String reason) {
        EventLines read = new EventLines();
        assertThatThrownBy(() -> read.readOn(engine.client(), DB, Lsn.ZERO, end, 1))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CHANGE_LOG_CORRUPT);
                    assertThat(e.details()).containsEntry("object", victim[0]);
                    assertThat(e).hasMessageContaining((String) victim[0]).hasMessageContaining(reason);
                });
        assertThat(all.lines().subList(0, read.lines().size())).isEqualTo(read.lines());
        assertThat(all.after(new Lsn((Long) victim[1]))).doesNotContainAnyElementsOf(read.lines());
    }

    @Test
    void archiveThatIsNotConfiguredAnyMoreIsAnErrorOfThatRangeOnly() throws Exception {
        insert(100);
        engine.restart(archiving());
        awaitArchived();
        Lsn end = engine.awaitCaptured(DB);
        long boundary = (Long) engine.value(DB, "select max(lsn_end) from _wal_archive");
        engine.restart(plain());
        assertThat(EventLines.read(engine.client(), DB, new Lsn(boundary), end, 100)
                        .lines())
                .isNotEmpty();
        assertThatThrownBy(() -> EventLines.read(engine.client(), DB, Lsn.ZERO, end, 100))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_STORE_ERROR);
                    assertThat(e.hint())
                            .hasValueSatisfying(hint -> assertThat(hint).contains("DOSQL_ARCHIVE"));
                });
    }

    @Test
    void segmentThatWasStoredBeforeACrashIsStoredAgainTheSame() throws Exception {
        insert(100);
        Lsn end = engine.awaitCaptured(DB);
        EventLines all = EventLines.read(engine.client(), DB, Lsn.ZERO, end, 100);
        engine.close();
        // What a process leaves behind that dies after its objects are stored and before the log knows.
        ServerConfig config = archiving();
        DatabaseFiles files = new DatabaseFiles(config.directory(), DB);
        try (ObjectStore store = ObjectStore.open(config.archive(), config);
                ChangeLog log = ChangeLog.open(files, config, new SegmentArchive(DB, store));
                LogReader reader = log.openReader()) {
            for (long id : reader.oldestIds(log.dueForArchive(System.currentTimeMillis()), 10)) {
                log.archive().put(log.state().epoch(), reader.local(id));
            }
        }
        List<byte[]> before = new ArrayList<>();
        List<Path> stored = objects();
        assertThat(stored).hasSize(10);
        for (Path object : stored) {
            before.add(Files.readAllBytes(object));
        }
        Files.write(stored.get(0).resolveSibling("1.bin.tmp"), new byte[10]);
        engine.restart(config);
        awaitArchived();
        for (int i = 0; i < stored.size(); i++) {
            assertThat(Files.readAllBytes(stored.get(i))).isEqualTo(before.get(i));
        }
        assertThat(objects()).hasSize((int) archive().segments());
        assertThat(EventLines.read(engine.client(), DB, Lsn.ZERO, end, 100).lines())
                .isEqualTo(all.lines());
    }
}
