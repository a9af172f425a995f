/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.ExecResult;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyIT {
    private static final String DB = "shop";

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean stop = new AtomicBoolean();
    private RunningEngine engine;

    @BeforeEach
    void start() {
        engine = new RunningEngine(ServerConfig.of(directory)
                .withPort(0)
                .withLimit(Limit.SEGMENT_BYTES, 8_192)
                .withLimit(Limit.MERGE_SEGMENTS, 4)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 20)
                .withLimit(Limit.CHECKPOINT_IDLE_MS, 50)
                .withLimit(Limit.CHECKPOINT_WAL_BYTES, 200_000));
        engine.client().create(DB);
        engine.exec(DB, "create table t(id integer primary key, writer int, n int, pad text)");
        engine.exec(DB, "create table u(name text primary key, v real) without rowid");
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        engine.close();
    }

    @Test
    void lsnOfEveryWriteIsThatOfItsTransactionWhateverIsCheckpointed() throws Exception {
        Random random = Seeds.random("lsnOfEveryWrite");
        Map<Lsn, String> written = new ConcurrentHashMap<>();
        List<Future<?>> running = new ArrayList<>();
        for (int writer = 0; writer < 3; writer++) {
            running.add(write(writer, 120, new Random(random.nextLong()), written));
        }
        running.add(writeInTransactions(9, 60, new Random(random.nextLong()), written));
        Future<?> checkpoints = checkpoint(new Random(random.nextLong()));
        Future<?> readers = read();
        for (Future<?> future : running) {
            future.get();
        }
        stop.set(true);
        checkpoints.get();
        readers.get();

        Lsn end = engine.awaitCaptured(DB);
        ReplayedTables tables = new ReplayedTables();
        Consumer.readTo(end, engine.client(), DB, tables);

        tables.assertEqualTo(engine.client(), DB);
        assertThat(tables.lsns()).containsAll(written.keySet());
        assertThat(written).hasSize(3 * 120 + 60);
    }

    private Future<?> write(int writer, int count, Random random, Map<Lsn, String> written) {
        return submit(() -> {
            for (int n = 0; n < count; n++) {
                String pad = "p".repeat(random.nextInt(3_000));
                Lsn lsn = engine.exec(DB, "insert into t(writer, n, pad) values (?, ?, ?)", writer, n, pad);
                assertThat(written.put(lsn, writer + ":" + n)).isNull();
                if (random.nextInt(20) == 0) {
                    engine.exec(DB, "delete from t where id % 7 = ?", random.nextInt(7));
                }
            }
            return null;
        });
    }

    private Future<?> writeInTransactions(int writer, int count, Random random, Map<Lsn, String> written) {
        return submit(() -> {
            try (Session session = engine.client().session(DB)) {
                for (int n = 0; n < count; n++) {
                    session.begin(Session.Mode.IMMEDIATE);
                    session.exec(Statement.of("insert into t(writer, n) values (?, ?)", writer, n));
                    session.exec(Statement.of(
                            "insert into u values (?, ?) on conflict do update set v = v + 1",
                            "k" + random.nextInt(50),
                            random.nextDouble()));
                    if (random.nextInt(5) == 0) {
                        session.rollback();
                        n--;
                    } else {
                        assertThat(written.put(session.commit(), writer + ":" + n))
                                .isNull();
                    }
                }
            }
            return null;
        });
    }

    private Future<?> checkpoint(Random random) {
        return submit(() -> {
            String[] modes = {"passive", "full", "truncate"};
            while (!stop.get()) {
                try {
                    engine.client().exec(DB, Statement.of("pragma wal_checkpoint(" + modes[random.nextInt(3)] + ")"));
                } catch (DoLakeException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.TXN_LOCK_TIMEOUT);
                }
                Thread.sleep(random.nextInt(20));
            }
            return null;
        });
    }

    private Future<?> read() {
        return submit(() -> {
            while (!stop.get()) {
                assertThat((Long) engine.value(DB, "select count(*) from t join u"))
                        .isNotNegative();
            }
            return null;
        });
    }

    private Future<?> submit(Callable<?> task) {
        return threads.submit(task);
    }

    @Test
    void pinnedViewIsContinuedByTheStreamWithoutGapOrOverlap() throws Exception {
        Random random = Seeds.random("pinnedView");
        Map<Lsn, String> written = new ConcurrentHashMap<>();
        Future<?> writer = write(1, 200, random, written);
        Future<?> checkpoints = checkpoint(new Random(random.nextLong()));
        for (int i = 0; i < 5; i++) {
            ReplayedTables tables = new ReplayedTables();
            try (Session session = engine.client().session(DB)) {
                Lsn lsn = session.begin(Session.Mode.READ_ONLY).lsn();
                List<Object[]> rows = new ArrayList<>();
                try (Session.Cursor cursor = session.query(Statement.of("select * from t"), 7)) {
                    for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                        rows.add(row);
                    }
                }
                tables.load("t", rows, lsn);
                session.commit();
            }
            Lsn end = engine.awaitCaptured(DB);
            Consumer.readTo(end, engine.client(), DB, tables);
        }
        writer.get();
        stop.set(true);
        checkpoints.get();
    }

    @Test
    void longReaderHoldsUpNeitherWritersNorCapture() {
        try (Session session = engine.client().session(DB)) {
            session.begin(Session.Mode.READ_ONLY);
            for (int n = 0; n < 50; n++) {
                engine.exec(DB, "insert into t(n, pad) values (?, ?)", n, "x".repeat(5_000));
            }
            Lsn end = engine.awaitCaptured(DB);
            ExecResult busy = engine.client().exec(DB, Statement.of("pragma wal_checkpoint(truncate)"));
            assertThat(busy.rows().get(0)[0]).isEqualTo(1L);
            assertThat(readAll(session, "select count(*) from t")).isEqualTo(0L);
            ReplayedTables tables = new ReplayedTables();
            Consumer.readTo(end, engine.client(), DB, tables);
            tables.assertEqualTo(engine.client(), DB);
            session.commit();
        }
        ExecResult done = engine.client().exec(DB, Statement.of("pragma wal_checkpoint(truncate)"));
        assertThat(done.rows().get(0)).containsExactly(0L, 0L, 0L);
        assertThat(engine.client().status(DB).walBytes()).isZero();
    }

    private static Object readAll(Session session, String sql) {
        try (Session.Cursor cursor = session.query(Statement.of(sql), 10)) {
            return cursor.next()[0];
        }
    }
}
