/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.engine;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.Database;
import io.dolake.schemas.Lsn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Decoding and the durable change log together, sustained: capture is held back while transactions of 100 rows pile up in
 * the WAL, then let go, and timed until the last one is durable in the log.
 */
public final class SustainedBenchmark implements Benchmark {
    private static final int ROWS = 300_000;
    private static final int PER_TRANSACTION = 100;

    @Override
    public String title() {
        return "sustained: row changes from the WAL into the durable change log, 100 rows a transaction";
    }

    @Override
    public void run(Options options) throws Exception {
        System.out.printf("%n%-34s %12s %10s %14s%n", "workload", "changes", "seconds", "changes/s");
        for (int round = 0; round < options.number("rounds", 3); round++) {
            measure(options, "updates of random rows", true, options.number("updates", 300_000));
            measure(options, "inserts", false, options.number("inserts", 2_000_000));
        }
    }

    private static void measure(Options options, String title, boolean updates, int changes) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(options.text("dir", "/tmp")), "dolake-sustained");
        ServerConfig config = ServerConfig.of(directory.resolve("engine"))
                .withLimit(Limit.CAPTURE_LAG_BYTES, 1L << 40)
                .withLimit(Limit.CHECKPOINT_WAL_BYTES, 1L << 40)
                .withLimit(Limit.CHECKPOINT_COMMITS, 1L << 40)
                .withLimit(Limit.CHECKPOINT_AGE_MS, 3_600_000)
                .withLimit(Limit.CHECKPOINT_IDLE_MS, 3_600_000);
        try (EngineWriter writer = new EngineWriter(config)) {
            Database database = writer.database();
            writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, v TEXT)");
            Transactions transactions = new Transactions(writer);
            transactions.insert(ROWS, 1_000);
            await(database, database.lsn());
            long begin;
            Lsn last;
            synchronized (database.log()) {
                if (updates) {
                    transactions.update(changes, PER_TRANSACTION);
                } else {
                    transactions.insert(changes, PER_TRANSACTION);
                }
                last = database.lsn();
                begin = System.nanoTime();
            }
            await(database, last);
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf("%-34s %12d %10.2f %12.0f/s%n", title, changes, seconds, changes / seconds);
        } finally {
            Directories.delete(directory);
        }
    }

    private static void await(Database database, Lsn lsn) throws InterruptedException {
        while (database.log().durable().isBefore(lsn)) {
            Thread.sleep(1);
        }
    }

    /** Writes through a session. */
    private static final class Transactions {
        private final EngineWriter writer;
        private final Random random = new Random(4711);
        private long lastId;

        Transactions(EngineWriter writer) {
            this.writer = writer;
        }

        void insert(int rows, int perTransaction) {
            for (int i = 0; i < rows; i += perTransaction) {
                lastId += perTransaction;
                writer.numbered("INSERT INTO t VALUES (?, ?, 'twenty-five characters..')", perTransaction, n ->
                        new Object[] {lastId - perTransaction + n + 1, random.nextLong()});
            }
        }

        void update(int rows, int perTransaction) {
            for (int i = 0; i < rows; i += perTransaction) {
                int base = random.nextInt(ROWS / perTransaction);
                writer.numbered("UPDATE t SET n = ? WHERE id = ?", perTransaction, n ->
                        new Object[] {random.nextLong(), 1L + base + (long) n * (ROWS / perTransaction)});
            }
        }
    }
}
