/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random workloads against SQLite itself, replayed. {@code -Dwal.fuzz.transactions=N} says how long, {@code -Dseed=S}
 * where to start; a failure names the seed of its round, which fails alone in the same way.
 */
@Tag("fuzz")
class FuzzTest {
    private static final int TRANSACTIONS_PER_ROUND = 400;

    @TempDir
    Path directory;

    @Test
    void replayedEventsAreTheTables() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        long transactions = Long.getLong("wal.fuzz.transactions", 1_600);
        long events = 0;
        int rounds = 0;
        for (long done = 0; done < transactions; done += TRANSACTIONS_PER_ROUND) {
            int count = (int) Math.min(TRANSACTIONS_PER_ROUND, transactions - done);
            events += round(seed + rounds++, count);
        }
        System.out.printf("fuzz: seed %d, %d rounds, %d transactions, %d events%n", seed, rounds, transactions, events);
        assertThat(events).isPositive();
    }

    private long round(long seed, int transactions) throws Exception {
        Path round = Files.createTempDirectory(directory, "round");
        Random random = new Random(seed);
        int step = 0;
        int pageSize = 512 << random.nextInt(8);
        String settings = "";
        try (TestDatabase db = open(round, random, pageSize)) {
            settings =
                    "page_size " + db.number("PRAGMA page_size") + ", auto_vacuum " + db.number("PRAGMA auto_vacuum");
            int maxRows = new int[] {50, 500, 3000}[random.nextInt(3)];
            Workload workload = new Workload(db.connection(), new Random(random.nextLong()), pageSize, maxRows);
            workload.start();
            FuzzRound state = new FuzzRound(db, random, workload::step);
            for (; step < transactions; step++) {
                state.step();
            }
            state.finish();
            return state.events();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ", step " + step + ", " + settings + ": " + e, e);
        } finally {
            delete(round);
        }
    }

    private static TestDatabase open(Path directory, Random random, int pageSize) throws Exception {
        String encoding = new String[] {"UTF-8", "UTF-8", "UTF-16le", "UTF-16be"}[random.nextInt(4)];
        TestDatabase db = new TestDatabase(
                directory, "page_size=" + pageSize, "encoding='" + encoding + "'", "auto_vacuum=" + random.nextInt(3));
        db.execute("PRAGMA secure_delete=" + random.nextInt(2));
        if (random.nextInt(3) == 0) {
            db.execute("PRAGMA cache_size=5", "PRAGMA cache_spill=5");
        }
        return db;
    }

    private static void delete(Path round) throws Exception {
        try (var files = Files.list(round)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(round);
    }
}
