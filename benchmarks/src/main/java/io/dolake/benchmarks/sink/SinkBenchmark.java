/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.Rounds;
import io.dolake.pipeline.run.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * Rows for a second of a worker's CPU: the Apache Iceberg sink and ours, over the same topic. The broker is in this
 * process; each case has a worker in another one. What counts is the CPU
 * that the worker's process uses from the connector's creation until the lake has the last row.
 */
public final class SinkBenchmark implements Benchmark {
    static final String TOPIC = "orders";

    @Override
    public String title() {
        return "sink: rows per CPU-second of the worker, the Apache Iceberg sink beside ours";
    }

    @Override
    public void run(Options options) throws Exception {
        Home home = Home.of(Files.createTempDirectory(Path.of(options.text("dir", "/tmp")), "dolake-sink"));
        int rows = options.number("rows", 3_000_000);
        int deletes = options.number("deletes", 5);
        Orders orders = new Orders(rows, options.number("keys", rows / 2), deletes);
        Format format = Format.of(options.text("converter", "dolake"));
        try (LocalBroker broker = LocalBroker.start(home)) {
            long bytes = send(broker, TOPIC, orders, format);
            Orders.Outcome outcome = orders.outcome();
            System.out.printf(
                    "%n%d records of %d bytes, %d%% inserts, %.0f%% updates, %d%% deletes; converter %s, commit interval %d ms%n",
                    rows,
                    bytes / rows,
                    outcome.inserts() * 100 / rows,
                    outcome.updateShare() * 100,
                    outcome.deletes() * 100 / rows,
                    options.text("converter", "dolake"),
                    options.number("commit", 5_000));
            Map<SinkCase, SinkRun.Peaks> peaks = new EnumMap<>(SinkCase.class);
            int warmUps = options.number("warmups", 3);
            Rounds rounds = new Rounds().rotating();
            try (SinkRun run = new SinkRun(home, broker.ports(), format, options)) {
                for (SinkCase sink : SinkCase.values()) {
                    if (sink.text().matches(options.text("only", ".*"))) {
                        peaks.put(sink, new SinkRun.Peaks());
                        int[] done = {0};
                        rounds.add(
                                sink.text(),
                                () -> run.measure(sink, orders, done[0]++ < warmUps ? null : peaks.get(sink)));
                    }
                }
                rounds.run(warmUps, options.number("rounds", 9));
            }
            report(rounds, peaks, rows);
        }
        Directories.delete(home.dir());
    }

    private static long send(LocalBroker broker, String topic, Orders orders, Format format) throws Exception {
        try (OrdersTopic sent = new OrdersTopic(broker.ports().bootstrapServers(), topic, format, 20)) {
            sent.send(orders);
            return sent.bytes();
        }
    }

    private static void report(Rounds rounds, Map<SinkCase, SinkRun.Peaks> peaks, int rows) {
        System.out.printf(
                "%n%-14s %12s %12s %18s %14s%n", "", "rows/CPU-s", "us/row", "heap after GC MiB", "peak RSS MiB");
        peaks.forEach((sink, peak) -> System.out.printf(
                "%-14s %12.0f %12.1f %18d %14d%n",
                sink.text(),
                rows / rounds.median(sink.text()),
                rounds.median(sink.text()) * 1e6 / rows,
                peak.heapBytes() >> 20,
                peak.rssBytes() >> 20));
        String base = SinkCase.APACHE_APPEND.text();
        if (peaks.containsKey(SinkCase.APACHE_APPEND)) {
            peaks.keySet().stream()
                    .filter(sink -> sink != SinkCase.APACHE_APPEND)
                    .forEach(sink -> System.out.printf(
                            "%s / %s %s%n", sink.text(), base, rounds.ratioAndSpread(base, sink.text())));
        }
    }
}
