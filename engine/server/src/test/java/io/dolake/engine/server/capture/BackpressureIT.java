/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.engine.server.testkit.FaultShim;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An engine whose change log cannot be written, or only slowly, while its writers continue. */
class BackpressureIT {
    private static final String DB = "shop";
    private static final long LIMIT_BYTES = 1 << 20;
    private static final long DELAY_MS = 40;
    private static final int VALUE_BYTES = 5_000;
    /** What one transaction of the writers adds to the WAL at most. */
    private static final long TRANSACTION_BYTES = 16 * 4_120;

    private static final int WRITERS = 3;
    private static final String INSERT = "insert into t(v) values (randomblob(" + VALUE_BYTES + "))";

    @TempDir
    Path directory;

    private Path data;
    private Path jam;
    private final AtomicLong acknowledged = new AtomicLong();

    @BeforeAll
    static void compile() throws Exception {
        FaultShim.compile();
    }

    @BeforeEach
    void paths() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        jam = directory.resolve("jam");
    }

    private EngineProcess start(String kind, long slowMs, long delayMs) throws IOException {
        Map<Limit, Long> limits = Map.of(
                Limit.CAPTURE_LAG_BYTES,
                LIMIT_BYTES,
                Limit.CAPTURE_DELAY_MS,
                delayMs,
                Limit.CHECKPOINT_WAL_BYTES,
                LIMIT_BYTES / 8,
                Limit.HOUSEKEEPING_INTERVAL_MS,
                20L);
        EngineProcess engine = EngineProcess.start(data, limits, FaultShim.jam(data, ".log.db-wal", kind, slowMs, jam));
        engine.client().create(DB);
        engine.client().exec(DB, Statement.of("create table t(id integer primary key, v blob)"));
        return engine;
    }

    private long walBytes() throws IOException {
        return Files.size(data.resolve(DB + ".db-wal"));
    }

    private DoLakeException writeUntilRefused(DoSqlClient client) {
        while (true) {
            try {
                client.exec(DB, Statement.of(INSERT));
                acknowledged.incrementAndGet();
            } catch (DoLakeException e) {
                return e;
            }
        }
    }

    private static <T> List<T> allOf(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Nothing is lost or repeated: the log holds what the tables hold, and they hold what was answered. */
    private void assertComplete(DoSqlClient client) {
        assertThat(client.query(DB, Statement.of("select count(*) from t"))
                        .rows()
                        .get(0)[0])
                .isEqualTo(acknowledged.get());
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        client.status(DB).durableLsn().equals(client.status(DB).lsn()));
        Lsn end = client.status(DB).lsn();
        ReplayedTables tables = new ReplayedTables();
        Consumer.readTo(end, client, DB, tables);
        tables.assertEqualTo(client, DB);
        assertThat(tables.lsns()).hasSize((int) acknowledged.get() + 1);
    }

    @ParameterizedTest
    @CsvSource({"eio, BUFFER_FULL", "enospc, STORAGE_FULL"})
    void logThatCannotBeWrittenSlowsWritersAndThenRefusesThem(String kind, ErrorCode code) throws Exception {
        try (EngineProcess engine = start(kind, 0, DELAY_MS)) {
            DoSqlClient client = engine.client();
            Files.createFile(jam);
            List<Callable<DoLakeException>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(() -> writeUntilRefused(client));
            }
            for (DoLakeException refused : allOf(writers)) {
                assertThat(refused.code()).as("%s", refused).isEqualTo(code);
                assertThat(refused.getMessage())
                        .contains("Cannot write to database 'shop'")
                        .contains("change log");
                assertThat(refused.retryAfter()).hasValue(Duration.ofSeconds(1));
                assertThat(refused.hint()).isPresent();
            }
            DatabaseStatus status = client.status(DB);
            // A bit less than the limit: what was in the WAL before counts for its length.
            assertThat(status.lag().limitBytes()).isBetween(LIMIT_BYTES - 2 * TRANSACTION_BYTES, LIMIT_BYTES);
            assertThat(status.lag().bytes()).isBetween(status.lag().limitBytes(), LIMIT_BYTES + TRANSACTION_BYTES);
            assertThat(status.lag().writeDelayMs()).isEqualTo(DELAY_MS);
            assertThat(status.captureError()).isNotNull();
            assertThat(status.captureError().getMessage()).contains("change log");
            assertThat(walBytes()).isLessThan(LIMIT_BYTES + 2 * TRANSACTION_BYTES);
            assertThat(client.query(DB, Statement.of("select count(*) from t"))
                            .rows()
                            .get(0)[0])
                    .isEqualTo(acknowledged.get());
            // A checkpoint does not wait for what cannot come, and moves nothing.
            assertThat(client.query(DB, Statement.of("pragma wal_checkpoint(truncate)"))
                            .rows()
                            .get(0)[0])
                    .isEqualTo(1L);
            Files.delete(jam);
            Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
                client.exec(DB, Statement.of(INSERT));
                acknowledged.incrementAndGet();
            });
            assertComplete(client);
            assertThat(client.status(DB).captureError()).isNull();
            assertThat(client.status(DB).lag().writeDelayMs()).isZero();
        }
    }

    @Test
    void delaysGrowWithTheLag() throws Exception {
        try (EngineProcess engine = start("eio", 0, DELAY_MS)) {
            DoSqlClient client = engine.client();
            Files.createFile(jam);
            List<Long> delays = new ArrayList<>();
            List<Long> times = new ArrayList<>();
            List<Long> lags = new ArrayList<>();
            try {
                while (true) {
                    DatabaseStatus.Lag lag = client.status(DB).lag();
                    long begun = System.nanoTime();
                    client.exec(DB, Statement.of(INSERT));
                    acknowledged.incrementAndGet();
                    delays.add(lag.writeDelayMs());
                    lags.add(lag.bytes());
                    times.add((System.nanoTime() - begun) / 1_000_000);
                }
            } catch (DoLakeException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.BUFFER_FULL);
            }
            assertThat(delays)
                    .isSorted()
                    .contains(0L)
                    .anyMatch(delay -> delay > DELAY_MS / 3 && delay < DELAY_MS * 2 / 3);
            assertThat(delays.get(delays.size() - 1)).isBetween(DELAY_MS - 2, DELAY_MS);
            for (int i = 0; i < delays.size(); i++) {
                assertThat(delays.get(i) > 0).isEqualTo(lags.get(i) > LIMIT_BYTES / Backpressure.SOFT_DIVISOR);
                assertThat(times.get(i)).isGreaterThanOrEqualTo(delays.get(i) - 1);
            }
            Files.delete(jam);
            assertComplete(client);
        }
    }

    @Test
    void slowLogSlowsWritersSoThatNoneIsRefused() throws Exception {
        try (EngineProcess engine = start("slow", 20, 10)) {
            DoSqlClient client = engine.client();
            Files.createFile(jam);
            AtomicLong largest = new AtomicLong();
            AtomicLong longest = new AtomicLong();
            AtomicLong farthest = new AtomicLong();
            List<Callable<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(() -> {
                    for (int n = 0; n < 110; n++) {
                        client.exec(DB, Statement.of(INSERT));
                        acknowledged.incrementAndGet();
                        largest.accumulateAndGet(walBytes(), Math::max);
                        DatabaseStatus.Lag lag = client.status(DB).lag();
                        farthest.accumulateAndGet(lag.bytes(), Math::max);
                        longest.accumulateAndGet(lag.writeDelayMs(), Math::max);
                    }
                    return null;
                });
            }
            allOf(writers);
            assertThat(longest.get()).isPositive();
            Files.delete(jam);
            assertComplete(client);
            System.out.printf(
                    "slow log: WAL of %s bytes, %s behind, delay of %s ms at most%n", largest, farthest, longest);
            assertThat(farthest.get()).isLessThan(LIMIT_BYTES + TRANSACTION_BYTES);
            // However slow the log is; and all that was written is more.
            assertThat(largest.get()).isPositive().isLessThan(2 * LIMIT_BYTES + 2 * TRANSACTION_BYTES);
            assertThat(acknowledged.get() * 2 * 4_120).isGreaterThan(5 * LIMIT_BYTES / 2);
        }
    }
}
