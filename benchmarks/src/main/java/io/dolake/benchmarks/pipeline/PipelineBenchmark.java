/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.ThreadTimes;
import io.dolake.benchmarks.deployment.Deployment;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.run.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The whole pipeline as shipped, from the first write to the last row visible in the lake. */
public final class PipelineBenchmark implements Benchmark {

    @Override
    public String title() {
        return "pipeline: rows a second from the first write to the last row visible in the lake, and CPU by stage";
    }

    @Override
    public void run(Options options) throws Exception {
        Home home = Home.of(Files.createTempDirectory(Path.of(options.text("dir", "/tmp")), "dolake-pipeline"));
        try (Deployment up = Deployment.start(home, options)) {
            System.out.printf("%nready after %.1f s%n", up.startSeconds());
            String verified = "bench0";
            if (options.text("snapshot", "no").equals("yes")) {
                SnapshotRun snapshots = new SnapshotRun(up, options);
                snapshots.run();
                verified = snapshots.database();
            } else if (options.text("rate", "0").equals("0")) {
                try (Rows rows = new Rows(up, options)) {
                    rows.run();
                }
            } else {
                new LatencyRun(up, options).run();
            }
            if (options.text("verify", "yes").equals("yes")) {
                up.verify(verified);
            }
        }
        Directories.delete(home.dir());
    }

    /** Rounds of writing as fast as it goes. */
    private static final class Rows implements AutoCloseable {
        private final Deployment up;
        private final Options options;
        private final DoSqlClient client;
        private final List<String> databases = new ArrayList<>();
        private final List<Load> loads = new ArrayList<>();
        private final List<Visible> visible = new ArrayList<>();
        private final ExecutorService writers;
        private final int perTransaction;
        private final int transactions;

        Rows(Deployment up, Options options) {
            this.up = up;
            this.options = options;
            client = up.client();
            perTransaction = options.number("transaction", 100);
            int count = options.number("databases", 1);
            transactions = options.number("rows", 400_000) / perTransaction / count;
            writers = Executors.newFixedThreadPool(count);
            for (int i = 0; i < count; i++) {
                databases.add("bench" + i);
                loads.add(new Load(client, "bench" + i, i));
                visible.add(new Visible(up.home(), up.ports().bootstrapServers(), "bench" + i, perTransaction));
            }
        }

        void run() throws Exception {
            int warmUps = options.number("warmups", 1);
            int rounds = options.number("rounds", 5);
            String[] kinds = options.text("kinds", "insert,update").split(",");
            double[][] rates = new double[kinds.length][rounds];
            double[][] cpus = new double[kinds.length][rounds];
            for (int round = -warmUps; round < rounds; round++) {
                for (int kind = 0; kind < kinds.length; kind++) {
                    Round done = round(Load.Kind.valueOf(kinds[kind].toUpperCase(java.util.Locale.ROOT)));
                    System.out.printf("%n%s %s: %s%n", round < 0 ? "warm-up" : "round", kinds[kind], done);
                    if (round >= 0) {
                        rates[kind][round] = done.rate();
                        cpus[kind][round] = done.cpu().total() * 1e6 / done.rows();
                    }
                }
            }
            for (int kind = 0; kind < kinds.length; kind++) {
                Arrays.sort(rates[kind]);
                Arrays.sort(cpus[kind]);
                System.out.printf(
                        "%n%s, %d rows a transaction, %d databases: median %.0f rows/s (%.0f to %.0f), %.1f us of CPU a row%n",
                        kinds[kind],
                        perTransaction,
                        loads.size(),
                        rates[kind][rounds / 2],
                        rates[kind][0],
                        rates[kind][rounds - 1],
                        cpus[kind][rounds / 2]);
            }
        }

        private record Round(
                long rows, double writeSeconds, double seconds, StageTimes cpu, HopBytes bytes, String waits) {
            double rate() {
                return rows / seconds;
            }

            @Override
            public String toString() {
                return "%d rows in %.1f s: %.0f rows/s, written at %.0f rows/s; CPU %.1f us a row, %.2f cores%n  %s%n  bytes a row: %s%s"
                        .formatted(
                                rows,
                                seconds,
                                rate(),
                                rows / writeSeconds,
                                cpu.total() * 1e6 / rows,
                                cpu.total() / seconds,
                                cpu.perRow(rows),
                                bytes.perRow(rows),
                                waits);
            }
        }

        private Round round(Load.Kind kind) throws Exception {
            HopBytes bytesBefore = HopBytes.of(up, client, databases);
            ThreadTimes cpuBefore = up.cpu();
            Waits waits = options.text("waits", "no").equals("yes")
                    ? Waits.of(up.pids().get(0))
                    : null;
            long begin = System.nanoTime();
            List<Future<Long>> marks = new ArrayList<>();
            for (Load load : loads) {
                marks.add(writers.submit(
                        () -> load.write(kind, transactions, perTransaction, 0, (mark, sent, returned) -> {})));
            }
            for (Future<Long> mark : marks) {
                mark.get();
            }
            long written = System.nanoTime();
            long end = written;
            for (int i = 0; i < loads.size(); i++) {
                end = Math.max(end, visible.get(i).await(marks.get(i).get()));
            }
            ThreadTimes cpuAfter = up.cpu();
            StageTimes cpu = StageTimes.between(cpuBefore, cpuAfter);
            if (options.text("threads", "no").equals("yes")) {
                System.out.println("  " + cpuAfter.since(cpuBefore));
            }
            String waited = waits == null ? "" : "\n" + waits.report();
            return new Round(
                    (long) transactions * perTransaction * loads.size(),
                    (written - begin) / 1e9,
                    (end - begin) / 1e9,
                    cpu,
                    HopBytes.of(up, client, databases).less(bytesBefore),
                    waited);
        }

        @Override
        public void close() {
            writers.shutdownNow();
            loads.forEach(Load::close);
            visible.forEach(Visible::close);
            client.close();
        }
    }
}
