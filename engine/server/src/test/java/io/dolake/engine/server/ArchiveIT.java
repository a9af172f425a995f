/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveIT {
    private static final String DB = "shop";
    private static final long LOCAL_BYTES = 1 << 16;

    @TempDir
    Path directory;

    private Path root;
    private RunningEngine engine;

    @BeforeEach
    void start() {
        root = directory.resolve("archive");
        engine = new RunningEngine(plain());
        engine.client().create(DB);
        engine.exec(DB, "create table t(id integer primary key, v blob)");
    }

    private ServerConfig plain() {
        return ServerConfig.of(directory.resolve("engine"))
                .withPort(0)
                .withLimit(Limit.SEGMENT_BYTES, 4_096)
                .withLimit(Limit.CDC_KEEP_ALIVE_MS, 100)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 20);
    }

    private ServerConfig archiving() {
        return plain().withArchive(new ArchiveLocation.Directory(root))
                .withLimit(Limit.WAL_RETENTION_BYTES, LOCAL_BYTES);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private void insert(int count) {
        for (int i = 0; i < count; i++) {
            engine.exec(DB, "insert into t(v) values (randomblob(2000))");
        }
    }

    private void insertAtOnce(int count) {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            statements.add(Statement.of("insert into t(v) values (randomblob(2000))"));
        }
        engine.client().batch(DB, statements);
    }

    private DatabaseStatus.Archive archive() {
        return engine.client().status(DB).archive();
    }

    private void awaitArchived() {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            long before = archive().segments();
            Thread.sleep(100);
            return before > 0 && archive().segments() == before && archive().error() == null;
        });
    }

    private List<Path> objects() throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void randomTransactions(Random random) {
        for (int i = 0; i < 120; i++) {
            switch (random.nextInt(12)) {
                case 0 -> insertAtOnce(2 + random.nextInt(30));
                case 1 -> engine.exec(DB, "update t set v = randomblob(700) where id % 7 = ?", random.nextInt(7));
                case 2 -> engine.exec(DB, "delete from t where id % 31 = ?", random.nextInt(31));
                default -> engine.exec(DB, "insert into t(v) values (randomblob(?))", random.nextInt(3_000));
            }
        }
        insert(5);
    }

    private void readsTheSameFromAnywhere(ArchiveLocation location, String name) throws Exception {
        Random random = Seeds.random(name);
        randomTransactions(random);
        Lsn end = engine.awaitCaptured(DB);
        EventLines all = EventLines.read(engine.client(), DB, Lsn.ZERO, end, 1_000);
        engine.restart(archiving().withArchive(location));
        awaitArchived();
        assertThat(engine.client().status(DB).oldestLsn()).isEqualTo(Lsn.ZERO);
        long boundary = (Long) engine.value(DB, "select max(lsn_end) from _wal_archive");
        assertThat(boundary).isPositive().isLessThan(end.value());
        List<Long> from = new ArrayList<>(List.of(0L, boundary - 1, boundary, boundary + 1));
        for (int i = 0; i < 12; i++) {
            from.add((long) random.nextInt((int) end.value() + 1));
        }
        for (long lsn : from) {
            EventLines read = EventLines.read(engine.client(), DB, new Lsn(lsn), end, 1 + random.nextInt(200));
            assertThat(read.lines()).as("from %s of %s", lsn, end).isEqualTo(all.after(new Lsn(lsn)));
        }
    }

    @Test
    void readsAcrossTheBoundaryOfADirectory() throws Exception {
        readsTheSameFromAnywhere(new ArchiveLocation.Directory(root), "directory");
    }

    @Test
    void readsAcrossTheBoundaryOfAnObjectStore() throws Exception {
        try (ObjectStoreServer store = ObjectStoreServer.start(directory.resolve("store"))) {
            readsTheSameFromAnywhere(store.location("some/prefix/"), "object store");
            engine.close();
            assertThat(store.file("some/prefix/shop")).isDirectory();
            engine.restart(plain());
        }
    }

    @Test
    void streamGoesOnWhileSegmentsMoveUnderIt() throws Exception {
        engine.restart(archiving());
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<?> writer = threads.submit(() -> {
                while (!done.get()) {
                    insert(5);
                    insertAtOnce(20);
                }
            });
            ReplayedTables follower = new ReplayedTables();
            for (int round = 0; round < 15; round++) {
                Consumer.readTo(engine.client().status(DB).durableLsn(), engine.client(), DB, follower, 30, 1 << 14);
                ReplayedTables fromStart = new ReplayedTables();
                Consumer.readTo(engine.client().status(DB).durableLsn(), engine.client(), DB, fromStart);
            }
            done.set(true);
            writer.get(30, TimeUnit.SECONDS);
            Lsn end = engine.awaitCaptured(DB);
            Consumer.readTo(end, engine.client(), DB, follower);
            follower.assertEqualTo(engine.client(), DB);
            assertThat(archive().segments()).isGreaterThan(10);
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void largeTransactionIsArchivedWhole() throws Exception {
        insertAtOnce(100);
        insert(40);
        engine.restart(archiving());
        awaitArchived();
        List<Object[]> parts = engine.rows(DB, "select part, lsn_end from _wal_archive where part > 0 order by id");
        assertThat(parts).hasSizeGreaterThan(20);
        assertThat(parts).extracting(row -> row[0]).first().isEqualTo(1L);
        Object lsn = parts.get(0)[1];
        assertThat(parts).allSatisfy(row -> assertThat(row[1]).isEqualTo(lsn));
        assertThat(engine.value(DB, "select count(*) from _wal_segments where lsn_end = ?", lsn))
                .isEqualTo(0L);
        ReplayedTables tables = new ReplayedTables();
        Consumer.readTo(engine.awaitCaptured(DB), engine.client(), DB, tables, 7, 1 << 20);
        tables.assertEqualTo(engine.client(), DB);
    }

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
        failsAt(victim, end, all, "is another segment");
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
    void archiveHasARetentionOfItsOwn() throws Exception {
        insert(100);
        engine.restart(archiving());
        awaitArchived();
        long boundary = (Long) engine.value(DB, "select max(lsn_end) from _wal_archive");
        Thread.sleep(1_000);
        engine.restart(archiving().withLimit(Limit.ARCHIVE_RETENTION_MS, 1_000));
        Awaitility.await().untilAsserted(() -> {
            assertThat(archive().error()).isNull();
            assertThat(objects()).isEmpty();
        });
        assertThat(archive().segments()).isZero();
        assertThat(engine.client().status(DB).oldestLsn()).isEqualTo(new Lsn(boundary));
        assertThatThrownBy(() -> engine.client().subscribe(DB, CdcOptions.from(Lsn.ZERO)))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CDC_LSN_NOT_FOUND));
        engine.client().subscribe(DB, CdcOptions.from(new Lsn(boundary))).close();
    }

    @Test
    void newEpochHasAnArchiveOfItsOwn() throws Exception {
        insert(100);
        engine.restart(archiving());
        awaitArchived();
        String before = engine.client().status(DB).epoch();
        int objects = objects().size();
        engine.close();
        Files.setLastModifiedTime(directory.resolve("engine/shop.db"), FileTime.fromMillis(1_000_000_000_000L));
        engine.restart(archiving());
        String now = engine.client().status(DB).epoch();
        assertThat(now).isNotEqualTo(before);
        assertThat(engine.rows(DB, "select distinct epoch from _wal_archive").get(0))
                .containsExactly(before);
        insert(100);
        Lsn end = engine.awaitCaptured(DB);
        awaitArchived();
        assertThat(objects()).hasSizeGreaterThan(objects + 20).hasSize((int)
                archive().segments());
        List<String> lines =
                EventLines.read(engine.client(), DB, Lsn.ZERO, end, 100).lines();
        assertThat(lines.stream().filter(line -> line.contains(" c t "))).hasSize(100);
        assertThat(engine.client().verifyLog(DB, 0).faults()).isEmpty();
    }

    @Test
    void indexIsReadableAndReadOnly() {
        insert(100);
        engine.restart(archiving());
        awaitArchived();
        DatabaseStatus.Archive archive = archive();
        assertThat(engine.rows(DB, "select count(*), sum(bytes) from _wal_archive")
                        .get(0))
                .containsExactly(archive.segments(), archive.bytes());
        assertThat((String) engine.value(DB, "select object from _wal_archive where id = 1"))
                .isEqualTo("shop/" + engine.client().status(DB).epoch() + "/_archive/wal/1.bin");
        assertThatThrownBy(() -> engine.exec(DB, "delete from _wal_archive")).hasMessageContaining("read-only");
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
        try (SegmentStore store = SegmentStore.open(config.archive(), config);
                ChangeLog log = ChangeLog.open(files, config, new Archive(DB, store));
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
