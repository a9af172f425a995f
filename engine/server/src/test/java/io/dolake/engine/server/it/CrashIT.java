/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.engine.server.testkit.WholeTransactions;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine is killed in the middle of writes and checkpoints, again and again. */
class CrashIT {
    private static final String DB = "shop";
    private static final int KILLS = Integer.getInteger("kills", 8);

    /** As large as batches may be; the largest transactions of this test still take several. */
    private static final Function<Lsn, CdcOptions> LARGE =
            lsn -> new CdcOptions(lsn, null, List.of(), "crash", 100_000, 16 << 20);

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** With an archive most of the log is in it, and the engine is killed while segments move there. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingIsLostOrRepeatedWhenTheEngineIsKilled(boolean archived) throws Exception {
        Random random = Seeds.random("killed, archived=" + archived);
        Map<String, String> environment = archived
                ? Map.of("DOSQL_ARCHIVE", directory.resolve("archive").toUri().toString())
                : Map.of();
        ReplayedTables followed = new ReplayedTables();
        Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
        Map<Lsn, String> lsns = new TreeMap<>();
        String epoch = null;
        for (int kill = 0; kill < KILLS; kill++) {
            EngineProcess engine = EngineProcess.start(directory, limits(random, archived), environment);
            DoSqlClient client = engine.client();
            String now = prepare(client);
            assertThat(epoch == null || epoch.equals(now)).as("same epoch").isTrue();
            epoch = now;
            long seed = random.nextLong();
            int round = kill;
            Future<?> writer = threads.submit(() -> write(client, round, new Random(seed), acknowledged));
            Future<?> checkpoints = threads.submit(() -> checkpoint(client, new Random(seed)));
            Future<?> follower = threads.submit(() -> follow(client, followed));
            Thread.sleep(200 + random.nextInt(1_200));
            engine.kill();
            writer.get();
            checkpoints.get();
            follower.get();
        }
        try (EngineProcess engine = EngineProcess.start(directory, limits(random, archived), environment)) {
            DoSqlClient client = engine.client();
            Lsn end = awaitCaptured(client);
            Consumer.readTo(end, client, DB, followed);
            followed.assertEqualTo(client, DB);
            ReplayedTables fromStart = new ReplayedTables();
            Consumer.readTo(end, client, DB, fromStart);
            fromStart.assertEqualTo(client, DB);
            assertThat(client.status(DB).oldestLsn()).isEqualTo(Lsn.ZERO);
            assertThat(archived).isEqualTo(client.status(DB).archive() != null);
            if (archived) {
                assertThat(client.status(DB).archive().segments()).isPositive();
            }
            assertThat(fromStart.lsns()).isEqualTo(followed.lsns());
            for (Object[] row :
                    client.query(DB, Statement.of("select id from t"), 100_000).rows()) {
                acknowledged.remove((Long) row[0]);
            }
            assertThat(acknowledged)
                    .as("commits that were answered and are gone")
                    .isEmpty();
            assertThat(client.query(DB, Statement.of("pragma integrity_check"))
                            .rows()
                            .get(0)[0])
                    .isEqualTo("ok");
        } finally {
            threads.shutdownNow();
        }
        System.out.println("transactions: " + followed.lsns().size());
    }

    private static Map<Limit, Long> limits(Random random, boolean archived) {
        Map<Limit, Long> limits = new EnumMap<>(Limit.class);
        limits.put(Limit.SEGMENT_BYTES, 2_000L + random.nextInt(20_000));
        limits.put(Limit.MERGE_SEGMENTS, 2L + random.nextInt(6));
        limits.put(Limit.HOUSEKEEPING_INTERVAL_MS, 10L);
        limits.put(Limit.CHECKPOINT_IDLE_MS, 10L + random.nextInt(100));
        limits.put(Limit.CHECKPOINT_WAL_BYTES, 20_000L + random.nextInt(300_000));
        if (archived) {
            limits.put(Limit.WAL_RETENTION_BYTES, (1L << 16) + random.nextInt(1 << 17));
        }
        return limits;
    }

    private static String prepare(DoSqlClient client) {
        client.create(DB);
        client.exec(
                DB, Statement.of("create table if not exists t(id integer primary key, round int, n int, pad blob)"));
        client.exec(DB, Statement.of("create table if not exists w(k text primary key, n int) without rowid"));
        return client.status(DB).epoch();
    }

    private static Void write(DoSqlClient client, int round, Random random, Set<Long> acknowledged) {
        for (int n = 0; ; n++) {
            try {
                step(client, round, n, random, acknowledged);
            } catch (DoLakeException e) {
                if (e.code() == ErrorCode.CONNECTION_ERROR || e.code() == ErrorCode.TIMEOUT) {
                    return null;
                }
                throw e;
            }
        }
    }

    private static void step(DoSqlClient client, int round, int n, Random random, Set<Long> acknowledged) {
        byte[] pad = new byte[random.nextInt(30) == 0 ? random.nextInt(60_000) : random.nextInt(500)];
        random.nextBytes(pad);
        switch (random.nextInt(6)) {
            case 0 ->
                client.batch(
                        DB,
                        List.of(
                                Statement.of(
                                        "insert into w(k, n) values (?, 1) on conflict do update set n = n + 1",
                                        "k" + n % 30),
                                Statement.of("update t set n = n + 1, pad = ? where id % 11 = ?", pad, n % 11)));
            case 1 -> client.exec(DB, Statement.of("update t set pad = ? where id % 5 = ?", pad, n % 5));
            case 2 -> {
                if (random.nextInt(40) == 0) {
                    client.exec(DB, Statement.of("alter table w add column c" + round + "_" + n + " int default 7"));
                } else if (random.nextInt(40) == 0) {
                    client.exec(DB, Statement.of("vacuum"));
                }
            }
            default ->
                acknowledged.add(
                        client.exec(DB, Statement.of("insert into t(round, n, pad) values (?, ?, ?)", round, n, pad))
                                .lastInsertRowid());
        }
    }

    private static Void checkpoint(DoSqlClient client, Random random) throws InterruptedException {
        while (true) {
            try {
                client.exec(
                        DB,
                        Statement.of("pragma wal_checkpoint(" + (random.nextBoolean() ? "full" : "truncate") + ")"));
            } catch (DoLakeException e) {
                if (e.code() != ErrorCode.TXN_LOCK_TIMEOUT) {
                    return null;
                }
            }
            Thread.sleep(random.nextInt(100));
        }
    }

    /** Receives all changes; continues after the restart where it stopped, in whole transactions. */
    private static Void follow(DoSqlClient client, ReplayedTables tables) throws InterruptedException {
        try (CdcStream stream = client.subscribe(DB, LARGE.apply(tables.lsn()))) {
            WholeTransactions whole = new WholeTransactions(tables);
            while (true) {
                if (stream.poll(Duration.ofMillis(100)) instanceof CdcStream.Batch batch) {
                    batch.decode(whole);
                    stream.ack(batch.sequence(), tables.lsn(), 0);
                }
            }
        } catch (DoLakeException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
            return null;
        }
    }

    private static Lsn awaitCaptured(DoSqlClient client) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        client.status(DB).durableLsn().equals(client.status(DB).lsn()));
        return client.status(DB).lsn();
    }
}
