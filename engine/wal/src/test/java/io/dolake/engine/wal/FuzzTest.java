/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.ChangeEncoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random workloads against SQLite itself, replayed. {@code -Dwal.fuzz.transactions=N} says how long, {@code -Dseed=S}
 * where to start; a failure names the seed of its round, which fails alone in the same way.
 */
class FuzzTest {
    private static final int TRANSACTIONS_PER_ROUND = 400;
    private static final int MAX_ENCODED_BYTES = 16 * 1024 * 1024;

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
            Round state = new Round(db, random, pageSize);
            for (; step < transactions; step++) {
                state.step();
            }
            state.finish();
            return state.replay.events();
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

    private static final class Round {
        private final TestDatabase db;
        private final Random random;
        private final Workload workload;
        private final Replay replay = new Replay();
        private ChangeEncoder encoded = new ChangeEncoder();
        private WalPosition mark;
        private Map<String, Lsn> markLsns;

        Round(TestDatabase db, Random random, int pageSize) throws Exception {
            this.db = db;
            this.random = random;
            int maxRows = new int[] {50, 500, 3000}[random.nextInt(3)];
            workload = new Workload(db.connection(), new Random(random.nextLong()), pageSize, maxRows);
            workload.start();
            poll();
            mark();
        }

        void step() throws Exception {
            workload.step();
            int dice = random.nextInt(100);
            if (dice < 50) {
                poll();
            }
            if (dice < 6) {
                poll();
                db.execute("PRAGMA wal_checkpoint("
                        + new String[] {"PASSIVE", "FULL", "RESTART", "TRUNCATE"}[random.nextInt(4)] + ")");
                mark();
            } else if (dice < 8) {
                db.restartDecoder();
            } else if (dice < 10) {
                compareWithAnotherDecoder();
            } else if (dice < 12) {
                poll();
                replay.compare(db.connection(), db.decoder().tables());
            }
        }

        void finish() throws Exception {
            poll();
            replay.compare(db.connection(), db.decoder().tables());
            compareWithAnotherDecoder();
        }

        private void poll() throws Exception {
            db.poll(new Both(replay, encoded));
            if (encoded.size() > MAX_ENCODED_BYTES) {
                mark();
            }
        }

        private void mark() throws Exception {
            mark = db.decoder().position();
            markLsns = db.schemaLsns();
            encoded = new ChangeEncoder();
        }

        /** What is read twice is the same twice, wherever the decoder was opened. */
        private void compareWithAnotherDecoder() throws Exception {
            poll();
            ChangeEncoder again = new ChangeEncoder();
            try (WalDecoder other = db.open(mark, markLsns)) {
                while (other.poll(again, 1000) > 0) {
                    // All there is.
                }
                assertThat(other.position()).isEqualTo(db.decoder().position());
            }
            assertThat(again.toBytes()).isEqualTo(encoded.toBytes());
        }
    }

    private record Both(ChangeListener first, ChangeListener second) implements ChangeListener {
        @Override
        public void begin(Lsn lsn, long commitTimeMs) {
            first.begin(lsn, commitTimeMs);
            second.begin(lsn, commitTimeMs);
        }

        @Override
        public void schemaChange(SchemaChange change) {
            first.schemaChange(change);
            second.schemaChange(change);
        }

        @Override
        public void rowChange(RowChange change) {
            first.rowChange(change);
            second.rowChange(change);
        }

        @Override
        public void commit(long events) {
            first.commit(events);
            second.commit(events);
        }
    }
}
