/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.ThreadTimes;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Sinks at work, measured and checked. A sink's worker lives until the end, so that its code is compiled in the first
 * rounds, and idles while others are measured; every round has a new connector and a new table.
 */
final class SinkRun implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 300;

    private final Home home;
    private final Ports ports;
    private final Format format;
    private final Options options;
    private final Map<SinkCase, WorkerProcess> workers = new EnumMap<>(SinkCase.class);
    private int runs;

    /** @param options {@code jfr} is a directory for flight recordings, {@code threads=yes} tells CPU by thread */
    SinkRun(Home home, Ports ports, Format format, Options options) {
        this.home = home;
        this.ports = ports;
        this.format = format;
        this.options = options;
    }

    /** The most memory that a case used in any round. */
    static final class Peaks {
        private long heapBytes;
        private long rssBytes;

        private void add(WorkerProcess.Usage usage) {
            heapBytes = Math.max(heapBytes, usage.heapBytes());
            rssBytes = Math.max(rssBytes, usage.rssBytes());
        }

        long heapBytes() {
            return heapBytes;
        }

        long rssBytes() {
            return rssBytes;
        }
    }

    /**
     * Has a sink bring the topic into a new table.
     *
     * @param peaks null if it does not count
     * @return CPU seconds that its worker used
     */
    double measure(SinkCase sink, Orders orders, Peaks peaks) throws Exception {
        String name = sink.name().toLowerCase(Locale.ROOT) + "_" + runs++;
        WorkerProcess worker = worker(sink);
        Connectors connectors = new Connectors(worker.url());
        String recordings = options.text("jfr", "");
        worker.begin(recordings.isEmpty() || peaks == null ? null : Path.of(recordings, name + ".jfr"));
        ThreadTimes before = worker.threadTimes();
        long begin = System.nanoTime();
        drain(connectors, sink, name, orders);
        WorkerProcess.Usage usage = worker.end();
        String threads = worker.threadTimes().since(before);
        double seconds = (System.nanoTime() - begin) / 1e9;
        connectors.delete(name);
        int snapshots = check(sink, name, orders);
        if (peaks != null) {
            peaks.add(usage);
        }
        System.out.printf(
                "%-18s%s %6.2f CPU-s %6.1f s %3d commits %4d MiB heap %5d MiB RSS%n",
                name,
                peaks == null ? " warm-up" : "        ",
                usage.cpuSeconds(),
                seconds,
                snapshots,
                usage.heapBytes() >> 20,
                usage.rssBytes() >> 20);
        if (options.text("threads", "no").equals("yes")) {
            System.out.println("  " + threads);
        }
        return usage.cpuSeconds();
    }

    private WorkerProcess worker(SinkCase sink) throws IOException {
        WorkerProcess worker = workers.get(sink);
        if (worker == null) {
            Path directory =
                    Files.createDirectories(home.logs().resolve(sink.name().toLowerCase(Locale.ROOT)));
            worker = WorkerProcess.start(ports, directory, options);
            workers.put(sink, worker);
        }
        return worker;
    }

    @Override
    public void close() throws IOException {
        for (WorkerProcess worker : workers.values()) {
            worker.close();
        }
    }

    /** Has a connector bring a topic into a table; returns when the table has the last change. */
    private void drain(Connectors connectors, SinkCase sink, String name, Orders orders) throws Exception {
        long rows = orders.outcome().appended().rows();
        String table = table(name);
        if (sink == SinkCase.APACHE_APPEND) {
            OrdersTopic.create(ports.bootstrapServers(), SinkCase.control(table));
        }
        try (LakeTable lake = new LakeTable(home, table)) {
            connectors.create(
                    name, sink.settings(home, ports.bootstrapServers(), SinkBenchmark.TOPIC, table, format, options));
            connectors.await(
                    name,
                    TIMEOUT_SECONDS,
                    () -> sink.isUpsert()
                            ? lake.nextOffset(SinkBenchmark.TOPIC) >= orders.rows()
                            : lake.totalRecords() >= rows);
        }
    }

    /** Reads the table and compares it with what was sent; returns the number of commits. */
    private int check(SinkCase sink, String name, Orders orders) throws Exception {
        Orders.Outcome outcome = orders.outcome();
        Orders.Content expected = sink.isUpsert() ? outcome.live() : outcome.appended();
        try (LakeTable lake = new LakeTable(home, table(name))) {
            Orders.Content content = lake.content();
            if (!content.equals(expected)) {
                throw new IOException("Cannot trust the figure: table " + table(name) + " holds " + content
                        + ", expected " + expected);
            }
            return lake.snapshots();
        }
    }

    private static String table(String connector) {
        return "bench." + connector;
    }
}
