/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CdcIT {
    private static final String DB = "shop";
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private RunningEngine engine;

    @BeforeEach
    void start() {
        engine = new RunningEngine(config());
        engine.client().create(DB);
        engine.exec(DB, "create table t(id integer primary key, v text)");
        engine.exec(DB, "create table other(id integer primary key)");
    }

    private ServerConfig config() {
        return ServerConfig.of(directory)
                .withPort(0)
                .withLimit(Limit.SEGMENT_BYTES, 4_096)
                .withLimit(Limit.CDC_KEEP_ALIVE_MS, 100)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 50);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private static CdcOptions options(Lsn from, List<String> tables, int maxEvents) {
        return new CdcOptions(from, null, tables, "test", maxEvents, 1 << 20);
    }

    private static CdcStream.Batch batch(CdcStream stream) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (System.nanoTime() < deadline) {
            if (stream.poll(SHORT) instanceof CdcStream.Batch batch) {
                return batch;
            }
        }
        throw new AssertionError("no batch came");
    }

    private void insert(int count) {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            statements.add(Statement.of("insert into t(v) values (?)", "value " + i));
        }
        engine.client().batch(DB, statements);
    }

    @Test
    void commitIsPushedToAnIdleStreamWithItsCommitTime() throws Exception {
        Lsn from = engine.awaitCaptured(DB);
        try (CdcStream stream = engine.client().subscribe(DB, CdcOptions.from(from))) {
            assertThat(stream.newestLsn()).isEqualTo(from);
            long before = System.currentTimeMillis();
            Lsn lsn = engine.exec(DB, "insert into t values (1, 'a')");
            Events events = new Events();
            batch(stream).decode(events);
            assertThat(events.seen).containsExactly("begin " + lsn, "c t", "commit 1");
            assertThat(events.commitTimeMs).isBetween(before, System.currentTimeMillis());
        }
    }

    @Test
    void largeTransactionComesInManyBatchesAndSegmentsAndIsWhole() throws Exception {
        insert(500);
        Lsn end = engine.awaitCaptured(DB);
        assertThat(engine.rows(DB, "select part from _wal_segments where part > 0"))
                .hasSizeGreaterThan(2);
        ReplayedTables tables = new ReplayedTables();
        Consumer.readTo(end, engine.client(), DB, tables, 7, 1 << 20);
        tables.assertEqualTo(engine.client(), DB);
        assertThat(tables.lsns()).hasSize(3);
    }

    @Test
    void filterLeavesOtherTablesOutAndKeepAliveAccountsForThem() throws Exception {
        Lsn from = engine.awaitCaptured(DB);
        try (CdcStream stream = engine.client().subscribe(DB, options(from, List.of("T"), 100))) {
            Lsn filtered = engine.exec(DB, "insert into other values (1)");
            Awaitility.await()
                    .until(() -> stream.poll(SHORT) instanceof CdcStream.KeepAlive keepAlive
                            && keepAlive.lsn().equals(filtered));
            engine.exec(DB, "insert into t values (1, 'a')");
            Events events = new Events();
            batch(stream).decode(events);
            assertThat(events.seen).hasSize(3).contains("c t");
        }
    }

    /** A5: Java would fold them. */
    @Test
    void filterTellsTablesApartAsSqliteDoes() throws Exception {
        engine.exec(DB, "create table ä(id integer primary key)");
        engine.exec(DB, "create table Ä(id integer primary key)");
        Lsn from = engine.awaitCaptured(DB);
        try (CdcStream stream = engine.client().subscribe(DB, options(from, List.of("Ä"), 100))) {
            engine.exec(DB, "insert into ä values (1)");
            engine.exec(DB, "insert into Ä values (2)");
            Events events = new Events();
            batch(stream).decode(events);
            assertThat(events.seen).hasSize(3).contains("c Ä");
        }
    }

    @Test
    void noMoreThanSixteenBatchesAreInFlight() throws Exception {
        Lsn from = engine.awaitCaptured(DB);
        insert(40);
        try (CdcStream stream = engine.client().subscribe(DB, options(from, List.of(), 1))) {
            for (int i = 1; i <= 16; i++) {
                assertThat(batch(stream).sequence()).isEqualTo(i);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(stream.poll(SHORT) instanceof CdcStream.Batch).isFalse();
            }
            stream.ack(16, from, 0.2);
            assertThat(batch(stream).sequence()).isEqualTo(17);
        }
    }

    @Test
    void refusedBatchAndThoseAfterItAreSentAgainAfterTheDelay() throws Exception {
        Lsn from = engine.awaitCaptured(DB);
        insert(10);
        Events taken = new Events();
        try (CdcStream stream = engine.client().subscribe(DB, options(from, List.of(), 3))) {
            CdcStream.Batch first = batch(stream);
            first.decode(taken);
            CdcStream.Batch second = batch(stream);
            long refused = System.nanoTime();
            stream.nack(second.sequence(), Duration.ofMillis(400));
            CdcStream.Batch again = batch(stream);
            assertThat(again.sequence()).isEqualTo(second.sequence());
            assertThat(System.nanoTime() - refused)
                    .isGreaterThan(Duration.ofMillis(390).toNanos());
            again.decode(taken);
            while (!taken.isCommitted()) {
                batch(stream).decode(taken);
            }
        }
        assertThat(taken.seen).hasSize(12);
    }

    @Test
    void positionBeforeTheOldestIsRefusedWithTheRange() {
        engine.restart(config().withLimit(Limit.WAL_RETENTION_MS, 1_000));
        insert(3);
        Lsn end = engine.awaitCaptured(DB);
        // Until only the newest segment, which is always kept, is left: what is oldest must not move any more.
        Awaitility.await().until(() -> engine.client().status(DB).segments() == 1);
        Lsn oldest = engine.client().status(DB).oldestLsn();
        assertThatThrownBy(() -> engine.client().subscribe(DB, CdcOptions.from(new Lsn(1))))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CDC_LSN_NOT_FOUND);
                    assertThat(e).hasMessage("LSN 1 not found - oldest available LSN is " + oldest);
                    assertThat(e.details())
                            .containsEntry("requested", "1")
                            .containsEntry("oldest", oldest.toString())
                            .containsEntry("newest", end.toString());
                });
        engine.client().subscribe(DB, CdcOptions.from(oldest)).close();
    }

    @Test
    void connectedConsumerIsNotOvertakenByRetention() throws Exception {
        engine.restart(config().withLimit(Limit.WAL_RETENTION_MS, 1_000));
        Lsn from = engine.awaitCaptured(DB);
        try (CdcStream stream = engine.client().subscribe(DB, options(from, List.of(), 1))) {
            insert(3);
            insert(3);
            Lsn end = engine.awaitCaptured(DB);
            Awaitility.await().until(() -> engine.client().status(DB).heldBytes() > 0);
            assertThat(engine.client().status(DB).oldestLsn()).isLessThanOrEqualTo(from);
            Events events = new Events();
            while (events.seen.size() < 10) {
                CdcStream.Batch batch = batch(stream);
                batch.decode(events);
                stream.ack(batch.sequence(), from, 0);
            }
            stream.ack(6, end, 0);
            Awaitility.await()
                    .until(() -> engine.client().status(DB).oldestLsn().isAfter(from));
        }
    }

    @Test
    void consumerThatIsGoneHoldsNothing() {
        engine.restart(config().withLimit(Limit.WAL_RETENTION_MS, 1_000));
        Lsn from = engine.awaitCaptured(DB);
        CdcStream stream = engine.client().subscribe(DB, CdcOptions.from(from));
        insert(3);
        insert(3);
        Awaitility.await().until(() -> engine.client().status(DB).heldBytes() > 0);
        stream.close();
        Awaitility.await().until(() -> engine.client().status(DB).oldestLsn().isAfter(from));
        assertThat(engine.client().status(DB).heldBytes()).isZero();
    }

    @Test
    void consumerThatStandsStillIsOvertakenBehindTheSecondLimit() throws Exception {
        engine.restart(config().withLimit(Limit.WAL_RETENTION_MS, 1_000).withLimit(Limit.WAL_HELD_MS, 2_000));
        Lsn from = engine.awaitCaptured(DB);
        try (CdcStream stream = engine.client().subscribe(DB, options(from, List.of(), 1))) {
            // More than the batches in flight: the rest has to come from the log.
            for (int i = 0; i < 40; i++) {
                engine.exec(DB, "insert into t(v) values (hex(randomblob(4000)))");
            }
            Awaitility.await().until(() -> engine.client().status(DB).segments() < 4);
            long deadline = System.nanoTime() + LONG.toNanos();
            assertThatThrownBy(() -> {
                        while (System.nanoTime() < deadline) {
                            if (stream.poll(SHORT) instanceof CdcStream.Batch batch) {
                                stream.ack(batch.sequence(), from, 0);
                            }
                        }
                    })
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CDC_LSN_NOT_FOUND));
        }
    }

    @Test
    void positionAheadOfTheNewestIsRefused() {
        Lsn ahead = engine.awaitCaptured(DB).plus(1);
        assertThatThrownBy(() -> engine.client().subscribe(DB, CdcOptions.from(ahead)))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CDC_LSN_NOT_FOUND));
    }

    @Test
    void positionOfAnotherEpochIsRefused() {
        CdcOptions options = new CdcOptions(Lsn.ZERO, "0".repeat(32), List.of(), null, 10, 1_000);
        assertThatThrownBy(() -> engine.client().subscribe(DB, options))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CDC_EPOCH_MISMATCH);
                    assertThat(e.details())
                            .containsEntry("requested", "0".repeat(32))
                            .containsKey("current");
                });
    }

    @Test
    void statusShowsWhatAConsumerHasAcknowledgedAndWhatIsPending() throws Exception {
        Lsn from = engine.awaitCaptured(DB);
        try (CdcStream stream = engine.client().subscribe(DB, options(from, List.of(), 5))) {
            insert(20);
            CdcStream.Batch first = batch(stream);
            stream.ack(first.sequence(), new Lsn(2), 0.75);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(engine.client().status(DB).consumers())
                            .singleElement()
                            .satisfies(c -> {
                                assertThat(c.id()).isEqualTo("test");
                                assertThat(c.ackedLsn()).isEqualTo(new Lsn(2));
                                assertThat(c.bufferUtilization()).isEqualTo(0.75);
                                assertThat(c.pendingEvents()).isEqualTo(15);
                            }));
        }
        Awaitility.await().until(() -> engine.client().status(DB).consumers().isEmpty());
    }

    @Test
    void streamOfADatabaseThatIsRemovedEnds() throws Exception {
        Lsn from = engine.awaitCaptured(DB);
        try (CdcStream stream = engine.client().subscribe(DB, CdcOptions.from(from))) {
            engine.client().drop(DB);
            assertThatThrownBy(() -> {
                        while (true) {
                            stream.poll(SHORT);
                        }
                    })
                    .isInstanceOf(DoLakeException.class);
        }
        assertThat(engine.client().databases()).isEmpty();
        assertThat(directory).isDirectoryNotContaining("glob:**shop*");
    }

    @Test
    void smallSegmentsAreMergedAndTheStreamIsTheSame() {
        engine.restart(config().withLimit(Limit.MERGE_SEGMENTS, 4));
        for (int i = 0; i < 60; i++) {
            engine.exec(DB, "insert into t(v) values (?)", i);
        }
        Lsn end = engine.awaitCaptured(DB);
        DatabaseStatus status = engine.client().status(DB);
        assertThat(status.segments()).isLessThan(40);
        assertThat(engine.value(DB, "select sum(length(data)) from _wal_segments"))
                .isEqualTo(status.segmentBytes());
        ReplayedTables tables = new ReplayedTables();
        Consumer.readTo(end, engine.client(), DB, tables);
        tables.assertEqualTo(engine.client(), DB);
        assertThat(tables.lsns()).hasSize(62);
        ReplayedTables tail = new ReplayedTables();
        tail.load("t", List.of(), tables.lsns().get(30));
        Consumer.readTo(end, engine.client(), DB, tail);
        assertThat(tail.lsns()).isEqualTo(tables.lsns().subList(31, 62));
    }

    /** The entries in short. */
    private static final class Events implements ChangeListener {
        private final List<String> seen = new ArrayList<>();
        private long commitTimeMs;

        boolean isCommitted() {
            return !seen.isEmpty() && seen.get(seen.size() - 1).startsWith("commit");
        }

        @Override
        public void begin(Lsn lsn, long time) {
            commitTimeMs = time;
            seen.add("begin " + lsn);
        }

        @Override
        public void schemaChange(SchemaChange change) {
            seen.add(change.kind() + " " + change.name());
        }

        @Override
        public void rowChange(RowChange change) {
            seen.add(change.operation().code() + " " + change.schema().name());
        }

        @Override
        public void commit(long events) {
            seen.add("commit " + events);
        }
    }
}
