/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.ThreadTimes;
import io.dolake.benchmarks.deployment.EngineProcess;
import io.dolake.engine.client.DoSqlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The engine alone, in a process of its own: from a client's transactions to a consumer of the change stream. */
public final class EngineBenchmark implements Benchmark {
    private static final long ARRIVE_SECONDS = 30;
    /** Rows that are there before the first round, so that updates have something to change. */
    private static final int FIRST_ROWS = 1_000;

    @Override
    public String title() {
        return "engine: transactions a second and the engine's CPU, from a session to a consumer of the change stream";
    }

    @Override
    public void run(Options options) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(options.text("dir", "/tmp")), "dolake-engine");
        List<Case> cases = Case.all(options);
        int warmUps = options.number("warmups", 2);
        int rounds = options.number("rounds", 3);
        int rows = FIRST_ROWS
                + (warmUps + rounds) * cases.stream().mapToInt(Case::rowCount).sum();
        Arrivals arrivals = new Arrivals(rows);
        try (EngineProcess engine = EngineProcess.start(directory, options.text("jvm", ""));
                DoSqlClient client = engine.client();
                Load load = new Load(client, "bench", 1);
                LogReaderThread reader = new LogReaderThread(client, "bench", arrivals)) {
            Run run = new Run(engine, load, arrivals, rows);
            run.measure(new Case(Load.Kind.INSERT, FIRST_ROWS, 1));
            for (int round = 0; round < warmUps; round++) {
                for (Case one : cases) {
                    run.measure(one);
                }
            }
            List<List<Seen>> seen = new ArrayList<>();
            cases.forEach(one -> seen.add(new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < cases.size(); i++) {
                    seen.get(i).add(run.measure(cases.get(i)));
                }
            }
            seen.forEach(EngineBenchmark::report);
        } finally {
            Directories.delete(directory);
        }
    }

    /** Tells the round of median CPU, and the range of the others. */
    private static void report(List<Seen> rounds) {
        List<Seen> sorted = rounds.stream()
                .sorted(Comparator.comparingDouble(Seen::cpuMicros))
                .toList();
        Seen median = sorted.get(sorted.size() / 2);
        System.out.printf(
                "%n%s; %.0f to %.0f us of CPU in %d rounds%n",
                median, sorted.get(0).cpuMicros(), sorted.get(sorted.size() - 1).cpuMicros(), sorted.size());
    }

    /** One shape of transactions, and how many of them make a round. */
    private record Case(Load.Kind kind, int rows, int transactions) {
        static List<Case> all(Options options) {
            int seconds = options.number("seconds", 1);
            List<Case> cases = new ArrayList<>();
            for (String rows : options.text("transaction", "1,10,100").split(",")) {
                for (String kind : options.text("kinds", "insert,update").split(",")) {
                    int size = Integer.parseInt(rows);
                    int count = size == 1 ? 1_500 : size <= 10 ? 800 : 250;
                    cases.add(new Case(
                            Load.Kind.valueOf(kind.toUpperCase(java.util.Locale.ROOT)), size, count * seconds));
                }
            }
            return cases;
        }

        int rowCount() {
            return rows * transactions;
        }
    }

    /**
     * What one round has shown.
     *
     * @param cpu of the engine's process, compiler and collector included
     */
    private record Seen(Case of, double seconds, Map<EngineGroup, Double> cpu, String arrived) {
        double cpuMicros() {
            return cpu.values().stream().mapToDouble(Double::doubleValue).sum() * 1e6 / of.transactions();
        }

        @Override
        public String toString() {
            return "%s, %d rows a transaction: %.0f transactions/s; engine CPU %.0f us a transaction, %.1f us a row%n  %s%n  COMMIT to consumer %s"
                    .formatted(
                            of.kind().name().toLowerCase(java.util.Locale.ROOT),
                            of.rows(),
                            of.transactions() / seconds,
                            cpuMicros(),
                            cpuMicros() / of.rows(),
                            EngineGroup.perTransaction(cpu, of.transactions()),
                            arrived);
        }
    }

    private record Run(EngineProcess engine, Load load, Arrivals arrivals, int rows) {
        Seen measure(Case of) throws Exception {
            long[] returned = new long[rows + 1];
            ThreadTimes before = ThreadTimes.of(engine.pid());
            long begin = System.nanoTime();
            long last = load.write(
                    of.kind(),
                    of.transactions(),
                    of.rows(),
                    0,
                    (mark, sent, at) -> Arrays.fill(returned, (int) mark - of.rows() + 1, (int) mark + 1, at));
            double seconds = (System.nanoTime() - begin) / 1e9;
            await(last);
            Map<EngineGroup, Double> cpu = EngineGroup.between(before, ThreadTimes.of(engine.pid()));
            return new Seen(of, seconds, cpu, arrivals.since(returned));
        }

        private void await(long mark) throws Exception {
            long deadline = System.nanoTime() + ARRIVE_SECONDS * 1_000_000_000L;
            while (!arrivals.has(mark)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("Cannot measure the engine: its consumer has not got the last row after "
                            + ARRIVE_SECONDS + " s");
                }
                Thread.sleep(5);
            }
        }
    }
}
