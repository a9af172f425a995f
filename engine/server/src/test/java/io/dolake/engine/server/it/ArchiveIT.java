/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.testkit.ArchivedDatabase;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.EventLines;
import io.dolake.engine.server.testkit.ObjectStoreServer;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ArchiveIT extends ArchivedDatabase {
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
                // No more rows than a query returns in the end.
                for (int i = 0; i < 200 && !done.get(); i++) {
                    insert(5);
                    insertAtOnce(20);
                }
            });
            ReplayedTables follower = new ReplayedTables();
            for (int round = 0; round < 15 || (archive().segments() <= 10 && round < 1_000); round++) {
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
        Awaitility.await()
                .untilAsserted(() -> assertThat(objects())
                        .hasSizeGreaterThan(objects + 20)
                        .hasSize((int) archive().segments()));
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
}
