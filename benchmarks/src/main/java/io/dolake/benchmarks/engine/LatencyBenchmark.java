/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.engine;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.engine.server.changelog.LogReader;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.Database;
import io.dolake.schemas.ChangeDecoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * From COMMIT returning to the event read out of the change log, at a given rate of transactions. The reader is one like
 * that of a change stream: it sleeps until the log says that it has grown.
 */
public final class LatencyBenchmark implements Benchmark {

    @Override
    public String title() {
        return "latency: from COMMIT returning to the event being read from the durable change log";
    }

    @Override
    public void run(Options options) throws Exception {
        int perSecond = options.number("rate", 1_000);
        int seconds = options.number("seconds", 20);
        int warmUpSeconds = 5;
        Path directory = Files.createTempDirectory(Path.of(options.text("dir", "/tmp")), "dolake-latency");
        ServerConfig config = ServerConfig.of(directory.resolve("engine")).withSettings(options.under("engine:"));
        try (EngineWriter writer = new EngineWriter(config)) {
            writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, v TEXT)");
            Reader reader = new Reader(writer.database());
            Thread thread = new Thread(reader, "reader");
            thread.start();
            int total = perSecond * (seconds + warmUpSeconds);
            Map<Long, Long> returned = new ConcurrentHashMap<>(2 * total);
            long begin = System.nanoTime();
            for (int i = 0; i < total; i++) {
                LockSupport.parkNanos(begin + i * 1_000_000_000L / perSecond - System.nanoTime());
                writer.transaction("INSERT INTO t (n, v) VALUES (?, ?)", List.of(List.of((long) i, "a text")));
                returned.put(writer.database().lsn().value(), System.nanoTime());
            }
            double took = (System.nanoTime() - begin) / 1e9;
            reader.await(writer.database().lsn());
            thread.join();
            report(returned, reader.read, perSecond * warmUpSeconds, total / took);
        } finally {
            Directories.delete(directory);
        }
    }

    private static void report(Map<Long, Long> returned, Map<Long, Long> read, int skipped, double rate) {
        long[] lsns =
                returned.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
        double[] ms = Arrays.stream(lsns)
                .skip(skipped)
                .mapToDouble(lsn -> Math.max(0, read.get(lsn) - returned.get(lsn)) / 1e6)
                .sorted()
                .toArray();
        System.out.printf(
                "%n%.0f transactions/s, %d measured%np50 %.2f ms   p90 %.2f ms   p99 %.2f ms   p99.9 %.2f ms   max %.2f ms%n",
                rate,
                ms.length,
                ms[ms.length / 2],
                ms[(int) (ms.length * 0.9)],
                ms[(int) (ms.length * 0.99)],
                ms[(int) (ms.length * 0.999)],
                ms[ms.length - 1]);
    }

    /** Reads the log as it grows and notes when each transaction was there. */
    private static final class Reader implements Runnable, ChangeListener {
        private final Database database;
        private final Semaphore grown = new Semaphore(0);
        private final Map<Long, Long> read = new ConcurrentHashMap<>();
        private volatile Lsn last;
        private Lsn lsn = Lsn.ZERO;
        private long now;

        Reader(Database database) {
            this.database = database;
            database.log().addListener(grown::release);
        }

        void await(Lsn newLast) {
            last = newLast;
            grown.release();
        }

        @Override
        public void run() {
            try (LogReader reader = database.log().openReader()) {
                while (last == null || lsn.isBefore(last)) {
                    grown.acquireUninterruptibly();
                    grown.drainPermits();
                    for (LogReader.Found found; (found = reader.next(lsn, Long.MAX_VALUE)) != null; ) {
                        new ChangeDecoder().decode(found.segment().unpack(), this);
                        lsn = found.segment().end();
                    }
                }
            }
        }

        @Override
        public void begin(Lsn begun, long commitTimeMs) {
            now = System.nanoTime();
            read.putIfAbsent(begun.value(), now);
        }

        @Override
        public void schemaChange(SchemaChange change) {}

        @Override
        public void rowChange(RowChange change) {}

        @Override
        public void commit(long events) {}
    }
}
