/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.sink.maintenance.MaintenanceOptions;
import io.dolake.sink.maintenance.MaintenanceResult;
import io.dolake.sink.maintenance.TableMaintenance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * How long it takes to read a table that the sink has updated for a while, with maintenance and without, beside the same rows
 * freshly written. The sink's task runs as it is, one commit after the other; time is simulated: a commit is what an interval
 * of updates would bring, and maintenance comes after so many commits.
 */
public final class ReadBenchmark implements Benchmark {
    private static final long SEED = 4711;
    private static final TopicPartition PARTITION = new TopicPartition("read", 0);
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("customer", Schema.INT64_SCHEMA)
            .field("item", Schema.STRING_SCHEMA)
            .field("quantity", Schema.INT32_SCHEMA)
            .field("note", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build();

    @Override
    public String title() {
        return "read: a table that the sink has updated, beside the same rows freshly written";
    }

    @Override
    public void run(Options options) throws Exception {
        int keys = options.number("keys", 1_000_000);
        int commits = options.number("commits", 180);
        int updates = options.number("updates", 20_000);
        int every = options.number("every", 8);
        Path directory =
                Files.createTempDirectory(Path.of(options.text("dir", System.getProperty("java.io.tmpdir"))), "read");
        System.out.printf(
                "%n%,d rows, %,d commits of %,d updates, maintenance after each %d commits%n",
                keys, commits, updates, every);
        try (AutoCloseable catalog = (AutoCloseable) Catalogs.open(settings(directory))) {
            Catalog lake = (Catalog) catalog;
            fill(directory, lake, "maintained", keys, commits, updates, every);
            fill(directory, lake, "left", keys, commits, updates, Integer.MAX_VALUE);
            Table fresh = copy(lake, lake.loadTable(TableIdentifier.of("bench", "maintained")));
            compare(
                    options.number("rounds", 5),
                    keys,
                    fresh,
                    lake.loadTable(TableIdentifier.of("bench", "maintained")),
                    lake.loadTable(TableIdentifier.of("bench", "left")));
        } finally {
            Directories.delete(directory);
        }
    }

    private static Map<String, String> settings(Path directory) {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "read");
        settings.put("iceberg.catalog.type", "jdbc");
        settings.put("iceberg.catalog.uri", "jdbc:sqlite:" + directory.resolve("catalog.db"));
        settings.put("iceberg.catalog.jdbc.schema-version", "V1");
        settings.put("iceberg.catalog.warehouse", directory.resolve("warehouse").toString());
        settings.put("iceberg.catalog.local.sync", "false");
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "10");
        settings.put(SinkConfig.BUFFER_MAX_EVENTS, Integer.toString(Integer.MAX_VALUE));
        return settings;
    }

    /** Inserts all keys, then updates random ones, the same ones for each table. */
    private static void fill(
            Path directory, Catalog lake, String table, int keys, int commits, int updates, int every) {
        Map<String, String> settings = settings(directory);
        settings.put("iceberg.tables", "bench." + table);
        settings.put("name", "read-" + table);
        DoLakeSinkTask task = new DoLakeSinkTask();
        task.initialize(context(settings));
        task.start(settings);
        task.open(List.of(PARTITION));
        Random random = new Random(SEED);
        long offset = 0;
        MaintenanceResult last = null;
        long maintenanceNs = 0;
        for (int key = 0; key < keys; key += updates) {
            offset = commit(task, offset, key, Math.min(updates, keys - key), random, 0);
        }
        for (int i = 1; i <= commits; i++) {
            offset = commit(task, offset, 0, updates, random, keys);
            if (i % every == 0) {
                long begin = System.nanoTime();
                last = new TableMaintenance(
                                lake.loadTable(TableIdentifier.of("bench", table)),
                                MaintenanceOptions.defaults().withAges(Duration.ofHours(1), null))
                        .run();
                maintenanceNs += System.nanoTime() - begin;
            }
        }
        task.close(List.of(PARTITION));
        task.stop();
        if (last != null) {
            System.out.printf("maintenance took %.1f s in all; the last round: %s%n", maintenanceNs / 1e9, last);
        }
    }

    /** One commit of rows with ids from {@code first} on, or of random ids below {@code keys} if that is above 0. */
    private static long commit(DoLakeSinkTask task, long offset, long first, int count, Random random, int keys) {
        List<SinkRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long id = keys == 0 ? first + i : random.nextInt(keys);
            Struct row = new Struct(ROW)
                    .put("id", id)
                    .put("customer", (long) random.nextInt(50_000))
                    .put("item", "item-" + random.nextInt(5_000))
                    .put("quantity", random.nextInt(100))
                    .put("note", Long.toHexString(random.nextLong()));
            records.add(new SinkRecord(
                    PARTITION.topic(),
                    0,
                    KEY,
                    new Struct(KEY).put("id", id),
                    ROW,
                    row,
                    offset + i,
                    0L,
                    TimestampType.CREATE_TIME));
        }
        long next = offset + count;
        task.put(records);
        Map<TopicPartition, OffsetAndMetadata> current = Map.of(PARTITION, new OffsetAndMetadata(next));
        while (task.preCommit(current).get(PARTITION).offset() < next) {
            task.put(List.of());
            Thread.yield();
        }
        return next;
    }

    private static SinkTaskContext context(Map<String, String> settings) {
        return (SinkTaskContext) Proxy.newProxyInstance(
                ReadBenchmark.class.getClassLoader(),
                new Class<?>[] {SinkTaskContext.class},
                (proxy, method, arguments) -> method.getName().equals("configs") ? settings : null);
    }

    /** The rows of a table in a new one, written in one go. */
    private static Table copy(Catalog lake, Table source) throws Exception {
        Table copy = lake.buildTable(TableIdentifier.of("bench", "fresh"), source.schema())
                .withProperties(Map.of("format-version", "3"))
                .create();
        DataWriter<Record> writer = new GenericFileWriterFactory.Builder(copy)
                .build()
                .newDataWriter(
                        OutputFileFactory.builderFor(copy, 0, 0)
                                .format(FileFormat.PARQUET)
                                .build()
                                .newOutputFile(),
                        copy.spec(),
                        null);
        try (writer;
                CloseableIterable<Record> rows = IcebergGenerics.read(source).build()) {
            rows.forEach(writer::write);
        }
        DataFile file = writer.toDataFile();
        copy.newAppend().appendFile(file).commit();
        return copy;
    }

    private static void compare(int rounds, int keys, Table... tables) throws Exception {
        double[][] seconds = new double[tables.length][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < tables.length; i++) {
                double took = scan(tables[i], keys);
                if (round >= 0) {
                    seconds[i][round] = took;
                }
            }
        }
        System.out.printf("%n%-20s %10s %10s %12s %8s%n", "table", "files", "deletes", "median s", "ratio");
        double fresh = median(seconds[0]);
        for (int i = 0; i < tables.length; i++) {
            int files = 0;
            int deletes = 0;
            try (CloseableIterable<FileScanTask> tasks = tables[i].newScan().planFiles()) {
                for (FileScanTask task : tasks) {
                    files++;
                    deletes += task.deletes().size();
                }
            }
            System.out.printf(
                    "%-20s %,10d %,10d %12.3f %8.2f%n",
                    tables[i].name(), files, deletes, median(seconds[i]), median(seconds[i]) / fresh);
        }
    }

    /** Without Hadoop's defaults, which Iceberg's generic reader parses for each file; engines read them once. */
    private static double scan(Table table, int keys) {
        return ParquetOpening.open(() -> scanned(table, keys));
    }

    private static double scanned(Table table, int keys) {
        long begin = System.nanoTime();
        long rows = 0;
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            for (Record record : records) {
                rows += record.get(0) == null ? 0 : 1;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        double took = (System.nanoTime() - begin) / 1e9;
        if (rows != keys) {
            throw new IllegalStateException("Cannot trust the figure: " + table.name() + " has " + rows + " rows");
        }
        return took;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
