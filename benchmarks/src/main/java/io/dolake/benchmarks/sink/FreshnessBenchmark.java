/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * How long after its timestamp a record is visible in the lake. Records are sent at a fixed rate, each with the time at
 * which it was due; a record is visible when the catalog shows a snapshot whose offsets are past it. The worker is in a
 * process of its own, broker, producer and reader are in this one.
 */
public final class FreshnessBenchmark implements Benchmark {
    private static final String TOPIC = "orders";
    private static final String CONNECTOR = "freshness";
    private static final String TABLE = "bench.orders";
    private static final long START_SECONDS = 60;
    private static final long END_SECONDS = 120;

    @Override
    public String title() {
        return "freshness: from a record's timestamp to the snapshot that has it, at a fixed rate";
    }

    @Override
    public void run(Options options) throws Exception {
        Home home = Home.of(Files.createTempDirectory(Path.of(options.text("dir", "/tmp")), "dolake-freshness"));
        int rate = options.number("rate", 5_000);
        int counted = rate * options.number("seconds", 60);
        int warmUp = rate * options.number("warmup", 15);
        Orders orders = new Orders(warmUp + counted, options.number("keys", 200_000), options.number("deletes", 5));
        try (LocalBroker broker = LocalBroker.start(home);
                WorkerProcess worker = WorkerProcess.start(
                        broker.ports(), Files.createDirectories(home.logs().resolve("worker")), options);
                LakeTable lake = new LakeTable(home, TABLE)) {
            Ports ports = broker.ports();
            Format format = Format.of(options.text("converter", "dolake"));
            Connectors connectors = new Connectors(worker.url());
            try (OrdersTopic topic = new OrdersTopic(ports.bootstrapServers(), TOPIC, format, 5)) {
                Map<String, String> settings = new HashMap<>(Map.of("commit", "2000"));
                settings.putAll(options.values());
                connectors.create(
                        CONNECTOR,
                        SinkCase.DOLAKE_UPSERT.settings(
                                home, ports.bootstrapServers(), TOPIC, TABLE, format, new Options(settings)));
                connectors.awaitRunning(CONNECTOR, START_SECONDS);
                Watch watch = new Watch(lake, TOPIC, orders.rows());
                watch.start();
                worker.begin(null);
                send(topic, orders, rate, watch.dueMs);
                connectors.await(CONNECTOR, END_SECONDS, watch::isDone);
                WorkerProcess.Usage usage = worker.end();
                watch.join();
                check(lake, orders);
                report(watch, warmUp, rate, usage);
            }
        }
        Directories.delete(home.dir());
    }

    private static void send(OrdersTopic topic, Orders orders, int rate, long[] dueMs) throws Exception {
        long begin = System.nanoTime();
        long beginMs = System.currentTimeMillis();
        orders.forEach((sequence, id, isDelete) -> {
            long due = sequence * 1_000_000_000L / rate;
            long wait = begin + due - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            dueMs[(int) sequence] = beginMs + due / 1_000_000;
            topic.send(sequence, id, isDelete, dueMs[(int) sequence]);
        });
        topic.flush();
        double took = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%n%d records in %.1f s: %.0f/s%n", orders.rows(), took, orders.rows() / took);
    }

    private static void check(LakeTable lake, Orders orders) throws Exception {
        Orders.Content content = lake.content();
        Orders.Content expected = orders.outcome().live();
        if (!content.equals(expected)) {
            throw new IOException("Cannot trust the figure: the table holds " + content + ", expected " + expected);
        }
    }

    private static void report(Watch watch, int warmUp, int rate, WorkerProcess.Usage usage) {
        long[] sorted = new long[watch.dueMs.length - warmUp];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = watch.visibleMs[warmUp + i] - watch.dueMs[warmUp + i];
        }
        Arrays.sort(sorted);
        System.out.printf(
                "%d commits; worker %.2f cores, %d MiB heap after GC, %d MiB RSS%n",
                watch.snapshots(),
                usage.cpuSeconds() / (watch.dueMs.length / (double) rate),
                usage.heapBytes() >> 20,
                usage.rssBytes() >> 20);
        System.out.printf(
                "p50 %d ms, p99 %d ms, largest %d ms, of %d records%n",
                sorted[sorted.length / 2],
                sorted[(int) (sorted.length * 0.99)],
                sorted[sorted.length - 1],
                sorted.length);
    }
}
