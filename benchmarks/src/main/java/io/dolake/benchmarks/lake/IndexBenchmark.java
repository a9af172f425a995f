/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.lake;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.Rounds;
import io.dolake.sink.catalog.Catalogs;
import io.dolake.sink.config.IndexConfig;
import io.dolake.sink.index.IndexSpace;
import io.dolake.sink.index.KeyBatch;
import io.dolake.sink.index.KeyIndex;
import io.dolake.sink.index.RowPosition;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.KeyHash;
import io.dolake.sink.table.Branch;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Types;

/** The sink's key index in memory and in the file, and how fast it is built from a table by one thread and by two. */
public final class IndexBenchmark implements Benchmark {
    private static final long SEED = 4711;
    private static final int BUILD_BATCH = 1 << 16;
    private static final Schema ROW = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "item", Types.StringType.get()),
            Types.NestedField.optional(3, "quantity", Types.IntegerType.get()));

    /** What a round did, in ns for each key. */
    private record Costs(double fill, double find, double miss, double update) {}

    @Override
    public String title() {
        return "index: the sink's key index in memory and spilled, and its build from a table";
    }

    @Override
    public void run(Options options) throws Exception {
        Path directory =
                Files.createTempDirectory(Path.of(options.text("dir", System.getProperty("java.io.tmpdir"))), "index");
        try {
            lookUps(options, directory);
            builds(options, directory);
        } finally {
            Directories.delete(directory);
        }
    }

    private static void lookUps(Options options, Path directory) {
        int keys = options.number("keys", 2_000_000);
        int batch = options.number("batch", 10_000);
        System.out.printf("%n%,d keys, batches of %,d%n", keys, batch);
        System.out.printf(
                "%-8s %12s %12s %12s %12s %10s %10s%n",
                "", "fill ns/key", "find ns/key", "miss ns/key", "update", "MB memory", "MB file");
        for (int round = 0; round < options.number("rounds", 3); round++) {
            for (boolean isSpilled : new boolean[] {false, true}) {
                long memory = isSpilled ? 0 : Long.MAX_VALUE / 2;
                IndexConfig config = new IndexConfig(memory, memory, directory, Long.MAX_VALUE / 2, 1);
                try (IndexSpace space = new IndexSpace(config, new IndexSpace.Usage())) {
                    KeyIndex index = new KeyIndex(space, "benchmark");
                    Costs costs = measure(index, keys, batch);
                    System.out.printf(
                            "%-8s %12.0f %12.0f %12.0f %12.0f %10.1f %10.1f%n",
                            isSpilled ? "spilled" : "memory",
                            costs.fill,
                            costs.find,
                            costs.miss,
                            costs.update,
                            index.bytes() / 1e6,
                            index.spilledBytes() / 1e6);
                }
            }
        }
    }

    private static Costs measure(KeyIndex index, int keys, int batchSize) {
        KeyBatch batch = new KeyBatch();
        long begin = System.nanoTime();
        for (int key = 0; key < keys; key++) {
            batch.add(hash(key), RowPosition.pack(1, key));
            if (batch.size() == BUILD_BATCH || key == keys - 1) {
                index.putAll(batch, place -> {
                    throw new IllegalStateException("Cannot trust the figure: a key was there before");
                });
                batch.clear();
            }
        }
        double fill = (double) (System.nanoTime() - begin) / keys;
        int batches = Math.max(1, Math.min(keys, 1_000_000) / batchSize);
        double find = find(index, new Random(SEED), keys, batchSize, batches);
        double miss = find(index, new Random(SEED), -keys, batchSize, batches);
        Random random = new Random(SEED);
        begin = System.nanoTime();
        for (int i = 0; i < batches; i++) {
            batch.clear();
            for (int k = 0; k < batchSize; k++) {
                batch.add(hash(random.nextInt(keys)), RowPosition.pack(2, k));
            }
            index.putAll(batch, place -> {});
        }
        double update = (double) (System.nanoTime() - begin) / batches / batchSize;
        if (index.size() != keys) {
            throw new IllegalStateException("Cannot trust the figure: there are " + index.size() + " keys");
        }
        return new Costs(fill, find, miss, update);
    }

    /** @param keys negative: keys that are not there */
    private static double find(KeyIndex index, Random random, int keys, int batchSize, int batches) {
        KeyBatch batch = new KeyBatch();
        long begin = System.nanoTime();
        for (int i = 0; i < batches; i++) {
            batch.clear();
            for (int k = 0; k < batchSize; k++) {
                int key = random.nextInt(Math.abs(keys));
                batch.add(hash(keys < 0 ? -1 - key : key), 0);
            }
            index.findAll(batch);
            for (int k = 0; k < batchSize; k++) {
                if ((batch.place(k) == KeyIndex.ABSENT) != (keys < 0)) {
                    throw new IllegalStateException("Cannot trust the figure: a key has place " + batch.place(k));
                }
            }
        }
        return (double) (System.nanoTime() - begin) / batches / batchSize;
    }

    private static KeyHash hash(long key) {
        return KeyHash.of(KeyBytes.of(new Object[] {key}).bytes(), SEED);
    }

    private static void builds(Options options, Path directory) throws Exception {
        int files = options.number("files", 20);
        int rows = options.number("rows", 2_000_000) / files * files;
        Map<String, String> settings = Map.of(
                "iceberg.catalog.type", "jdbc",
                "iceberg.catalog.uri", "jdbc:sqlite:" + directory.resolve("catalog.db"),
                "iceberg.catalog.warehouse", directory.resolve("warehouse").toString(),
                "iceberg.catalog.local.sync", "false",
                "iceberg.catalog.jdbc.schema-version", "V1");
        Catalog catalog = Catalogs.open(settings);
        try (Closeable open = (Closeable) catalog) {
            ((SupportsNamespaces) catalog).createNamespace(Namespace.of("shop"));
            Table table = catalog.createTable(TableIdentifier.of("shop", "orders"), ROW);
            fill(table, files, rows / files);
            System.out.printf("%nbuild of the index of %,d rows in %d files%n", rows, files);
            Rounds rounds = new Rounds();
            for (int threads : new int[] {1, 2}) {
                rounds.add(threads + " in memory", () -> build(table, directory, rows, threads, Long.MAX_VALUE / 2));
                rounds.add(threads + " spilled", () -> build(table, directory, rows, threads, 0));
            }
            rounds.run(options.number("warmups", 1), options.number("rounds", 3));
            for (String name : new String[] {"1 in memory", "2 in memory", "1 spilled", "2 spilled"}) {
                System.out.printf("threads %-12s %,12.0f rows/s%n", name, rows / rounds.median(name));
            }
        }
    }

    private static double build(Table table, Path directory, int rows, int threads, long memory) {
        IndexConfig config = new IndexConfig(memory, memory, directory, Long.MAX_VALUE / 2, threads);
        try (IndexSpace space = new IndexSpace(config, new IndexSpace.Usage())) {
            TableIndex index = new TableIndex(space, "shop.orders");
            long begin = System.nanoTime();
            index.sync(table, Branch.MAIN, List.of("id"), () -> false);
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (index.size() != rows) {
                throw new IllegalStateException("Cannot trust the figure: there are " + index.size() + " keys");
            }
            return seconds;
        }
    }

    private static void fill(Table table, int files, int rowsEach) throws IOException {
        OutputFileFactory outputs = OutputFileFactory.builderFor(table, 0, 0)
                .format(FileFormat.PARQUET)
                .build();
        AppendFiles append = table.newAppend();
        Random random = new Random(SEED);
        for (int file = 0; file < files; file++) {
            DataWriter<Record> writer = new GenericFileWriterFactory.Builder(table)
                    .build()
                    .newDataWriter(outputs.newOutputFile(), table.spec(), null);
            try (writer) {
                for (int i = 0; i < rowsEach; i++) {
                    GenericRecord row = GenericRecord.create(ROW);
                    row.setField("id", (long) file * rowsEach + i);
                    row.setField("item", "item-" + random.nextInt(10_000));
                    row.setField("quantity", random.nextInt(100));
                    writer.write(row);
                }
            }
            append.appendFile(writer.toDataFile());
        }
        append.commit();
    }
}
