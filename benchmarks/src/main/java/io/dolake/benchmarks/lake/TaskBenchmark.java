/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.lake;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.OrderRow;
import io.dolake.benchmarks.Rounds;
import io.dolake.sink.DoLakeSinkTask;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.management.ObjectName;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * What the sink's own code costs for each row: CPU of {@code put()} and of the commit, without Kafka and converters. Each round
 * is one commit.
 */
public final class TaskBenchmark implements Benchmark {
    private static final long SEED = 4711;
    /** As many as a poll brings by default. */
    private static final int BATCH = 500;

    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build();

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Random random = new Random(SEED);
    private long offset;

    @Override
    public String title() {
        return "task: CPU for each row of the sink's put() and commit, without Kafka and converters";
    }

    @Override
    public void run(Options options) throws Exception {
        String mode = options.text("mode", "append");
        int rows = options.number("rows", 500_000);
        Rounds rounds = new Rounds();
        Path directory =
                Files.createTempDirectory(Path.of(options.text("dir", System.getProperty("java.io.tmpdir"))), "task");
        try {
            DoLakeSinkTask task = start(directory, mode);
            rounds.add("put", () -> put(task, rows))
                    .add("commit", () -> commit(task))
                    .run(options.number("warmups", 5), options.number("rounds", 7));
            task.close(List.of(PARTITION));
            task.stop();
        } finally {
            Directories.delete(directory);
        }
        System.out.printf("%n%-10s %12s %15s%n", "", "put ns/row", "commit ns/row");
        System.out.printf(
                "%-10s %12.0f %15.0f%n", mode, rounds.median("put") * 1e9 / rows, rounds.median("commit") * 1e9 / rows);
    }

    private static DoLakeSinkTask start(Path directory, String mode) {
        Map<String, String> settings = UpdatedTable.settings(directory);
        settings.put("iceberg.tables", "bench.orders");
        settings.put(InputConfig.MODE, mode);
        // Committed when it is told to, and not before.
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, Integer.toString(Integer.MAX_VALUE));
        settings.put(SinkConfig.BUFFER_MAX_BYTES, Integer.toString(Integer.MAX_VALUE));
        DoLakeSinkTask task = new DoLakeSinkTask();
        task.initialize(UpdatedTable.context(settings));
        task.start(settings);
        task.open(List.of(PARTITION));
        return task;
    }

    /** Seconds of CPU. */
    private double put(DoLakeSinkTask task, int rows) {
        long ns = 0;
        for (int i = 0; i < rows; i += BATCH) {
            List<SinkRecord> batch = batch(rows);
            long begin = threads.getCurrentThreadCpuTime();
            task.put(batch);
            ns += threads.getCurrentThreadCpuTime() - begin;
        }
        return ns / 1e9;
    }

    private List<SinkRecord> batch(int keys) {
        List<SinkRecord> batch = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            long id = random.nextInt(keys);
            batch.add(new SinkRecord(
                    PARTITION.topic(),
                    PARTITION.partition(),
                    KEY,
                    new Struct(KEY).put("id", id),
                    OrderRow.SCHEMA,
                    OrderRow.of(id, offset, random),
                    offset,
                    0L,
                    TimestampType.CREATE_TIME));
            offset++;
        }
        return batch;
    }

    /** Seconds of CPU of the threads that commit; returns when the lake has all. */
    private double commit(DoLakeSinkTask task) throws Exception {
        long before = committersNs();
        flush();
        Map<TopicPartition, OffsetAndMetadata> all = Map.of(PARTITION, new OffsetAndMetadata(offset));
        while (task.preCommit(all).get(PARTITION).offset() < offset) {
            task.put(List.of());
            Thread.sleep(1);
        }
        return (committersNs() - before) / 1e9;
    }

    private static void flush() throws Exception {
        ObjectName name = new ObjectName("io.dolake:type=sink-task,connector=read,task=0");
        ManagementFactory.getPlatformMBeanServer()
                .invoke(name, "flush", new Object[] {0L}, new String[] {long.class.getName()});
    }

    private long committersNs() {
        long ns = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("dolake-commit-")) {
                ns += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return ns;
    }
}
