/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import io.dolake.engine.wal.JdbcSchemaSource;
import io.dolake.engine.wal.WalDecoder;
import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;

/** Decoding a WAL against the floor: reading it and adding up its checksums, on one thread, from a warm page cache. */
final class DecodeBenchmark implements Benchmark {
    private static final double MIB = 1 << 20;

    @Override
    public String title() {
        return "decode: WAL decoder against reading and checksumming the same WAL, one thread";
    }

    @Override
    public void run(Options options) throws Exception {
        int rounds = options.number("rounds", 25);
        String only = options.text("only", ".*");
        long cacheBytes = (long) options.number("cacheMiB", (int) (WalDecoder.DEFAULT_CACHE_BYTES >> 20)) << 20;
        System.out.printf(
                "%n%-48s %8s %10s %10s %7s %12s %12s%n",
                "workload", "MiB", "floor", "decode", "ratio", "events/s", "tx/s");
        for (WalWorkload workload : WalWorkload.values()) {
            if (workload.name().matches(only)) {
                measure(workload, rounds, options.number("warmups", 20), cacheBytes);
            }
        }
    }

    private static void measure(WalWorkload workload, int rounds, int warmUps, long cacheBytes) throws Exception {
        Path directory = Files.createTempDirectory("dolake-decode");
        try (SourceDatabase database = new SourceDatabase(directory)) {
            workload.prepare(database);
            Path wal = database.wal();
            CountingListener counted = new CountingListener();
            Rounds times = new Rounds()
                    .add("floor", () -> WalFloor.seconds(wal))
                    .add("decode", () -> decode(database, counted, cacheBytes))
                    .run(warmUps, rounds);
            double mib = Files.size(wal) / MIB;
            System.out.printf(
                    "%-48s %8.0f %6.0f MiB/s %4.0f MiB/s %5.2f %12.0f %12.0f%n",
                    workload.title(),
                    mib,
                    mib / times.median("floor"),
                    mib / times.median("decode"),
                    times.ratio("floor", "decode"),
                    counted.events / times.median("decode"),
                    counted.transactions / times.median("decode"));
            if (counted.events != workload.events()) {
                throw new IllegalStateException(
                        "Cannot trust the figure: " + counted.events + " events instead of " + workload.events());
            }
        } finally {
            Directories.delete(directory);
        }
    }

    private static double decode(SourceDatabase database, CountingListener counted, long cacheBytes)
            throws IOException {
        counted.reset();
        try (WalDecoder decoder = WalDecoder.open(
                database.pages(),
                database.wal(),
                WalPosition.start(Lsn.ZERO),
                Map.of(),
                new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:")),
                cacheBytes)) {
            long begin = System.nanoTime();
            while (decoder.poll(counted, Integer.MAX_VALUE) > 0) {
                // until there is nothing new
            }
            return (System.nanoTime() - begin) / 1e9;
        }
    }

    /** Counts, and looks at every image so that it is known to be there. */
    static final class CountingListener implements ChangeListener {
        private long transactions;
        private long events;
        private long bytes;

        void reset() {
            transactions = 0;
            events = 0;
            bytes = 0;
        }

        @Override
        public void begin(Lsn lsn, long commitTimeMs) {
            transactions++;
        }

        @Override
        public void schemaChange(SchemaChange change) {
            events++;
        }

        @Override
        public void rowChange(RowChange change) {
            events++;
            if (change.beforeSchema() != null) {
                bytes += change.before().length();
            }
            if (change.afterSchema() != null) {
                bytes += change.after().length();
            }
        }

        @Override
        public void commit(long newEvents) {}
    }
}
