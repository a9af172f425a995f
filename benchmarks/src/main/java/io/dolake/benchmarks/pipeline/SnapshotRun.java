/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.ThreadTimes;
import io.dolake.benchmarks.deployment.Deployment;
import io.dolake.engine.client.DoSqlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * First snapshots: a database with rows that no one has written through the engine is imported, and its last row is
 * waited for in the lake. Each round imports the same rows as another database. The first round meets a young process.
 */
final class SnapshotRun {
    private final Deployment up;
    private final int rows;
    private final int rounds;
    private final int warmUps;
    private final boolean tellsWaits;
    private final boolean tellsThreads;

    SnapshotRun(Deployment up, Options options) {
        this.up = up;
        rows = options.number("rows", 1_000_000);
        rounds = options.number("rounds", 3);
        warmUps = options.number("warmups", 1);
        tellsWaits = options.text("waits", "no").equals("yes");
        tellsThreads = options.text("threads", "no").equals("yes");
    }

    void run() throws Exception {
        Path file = SnapshotFile.write(up.home().dir().resolve("snapshot.db"), rows);
        System.out.printf("%d rows, database file %d bytes a row%n", rows, Files.size(file) / rows);
        double[] rates = new double[rounds];
        double[] cpus = new double[rounds];
        for (int round = -warmUps; round < rounds; round++) {
            Round done = round("bench" + (round + warmUps), file);
            System.out.printf("%n%s: %s%n", round < 0 ? "warm-up" : "round", done);
            if (round >= 0) {
                rates[round] = rows / done.seconds();
                cpus[round] = done.cpu().total() * 1e6 / rows;
            }
        }
        if (rounds > 0) {
            Arrays.sort(rates);
            Arrays.sort(cpus);
            System.out.printf(
                    "%nsnapshot: median %.0f rows/s (%.0f to %.0f), %.1f us of CPU a row%n",
                    rates[rounds / 2], rates[0], rates[rounds - 1], cpus[rounds / 2]);
        }
    }

    /**
     * What a snapshot took.
     *
     * @param firstSeconds until its first row was in the topic
     */
    private record Round(
            long rows,
            double importSeconds,
            double firstSeconds,
            double seconds,
            StageTimes cpu,
            HopBytes bytes,
            String more) {

        @Override
        public String toString() {
            return ("%d rows in %.1f s: %.0f rows/s; import %.1f s before, first rows in the topic after %.1f s, from"
                            + " there %.0f rows/s; CPU %.1f us a row, %.2f cores%n  %s%n  bytes a row: %s%s")
                    .formatted(
                            rows,
                            seconds,
                            rows / seconds,
                            importSeconds,
                            firstSeconds,
                            rows / (seconds - firstSeconds),
                            cpu.total() * 1e6 / rows,
                            cpu.total() / seconds,
                            cpu.perRow(rows),
                            bytes.perRow(rows),
                            more);
        }
    }

    private Round round(String database, Path file) throws Exception {
        try (DoSqlClient client = up.client();
                Visible visible = new Visible(up.home(), up.ports().bootstrapServers(), database, 1)) {
            long before = System.nanoTime();
            client.importDatabase(database, file);
            long begin = System.nanoTime();
            ThreadTimes cpuBefore = up.cpu();
            Waits waits = tellsWaits ? Waits.of(up.pids().get(0)) : null;
            long first = visible.awaitFirst();
            long end = visible.await(rows);
            ThreadTimes cpuAfter = up.cpu();
            return new Round(
                    rows,
                    (begin - before) / 1e9,
                    (first - begin) / 1e9,
                    (end - begin) / 1e9,
                    StageTimes.between(cpuBefore, cpuAfter),
                    HopBytes.of(up, client, List.of(database)),
                    more(cpuBefore, cpuAfter, waits));
        }
    }

    private String more(ThreadTimes before, ThreadTimes after, Waits waits) throws IOException, InterruptedException {
        return (tellsThreads ? "\n  " + after.since(before) : "") + (waits == null ? "" : "\n" + waits.report());
    }

    /** The database of the last round. */
    String database() {
        return "bench" + (rounds + warmUps - 1);
    }
}
