/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.lake;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.sink.catalog.Catalogs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;

/**
 * How long it takes to read a table that the sink has updated for a while, with maintenance and without, beside the same rows
 * freshly written: right after maintenance and after each commit until it comes again.
 */
public final class ReadBenchmark implements Benchmark {
    @Override
    public String title() {
        return "read: a table that the sink has updated, beside the same rows freshly written";
    }

    @Override
    public void run(Options options) throws Exception {
        int keys = options.number("keys", 1_000_000);
        int commits = options.number("commits", 186);
        int updates = options.number("updates", 20_000);
        int columns = options.number("columns", 10);
        int every = options.number("every", 6);
        if (commits % every != 0) {
            throw new IllegalArgumentException("Cannot run: commits must be a multiple of every, which is " + every);
        }
        Path directory =
                Files.createTempDirectory(Path.of(options.text("dir", System.getProperty("java.io.tmpdir"))), "read");
        System.out.printf(
                "%n%,d rows of %d columns, %,d commits of %,d updates, maintenance after each %d commits%n",
                keys, columns, commits, updates, every);
        Map<String, String> settings = UpdatedTable.settings(directory);
        try (AutoCloseable catalog = (AutoCloseable) Catalogs.open(settings)) {
            Catalog lake = (Catalog) catalog;
            List<Scan> scans = new ArrayList<>(
                    new UpdatedTable(settings, lake, keys, updates, columns).maintained("maintained", commits, every));
            if (options.text("left", "yes").equals("yes")) {
                scans.add(new UpdatedTable(settings, lake, keys, updates, columns).left("left", commits));
            }
            scans.add(0, fresh(lake, scans.get(0)));
            ScanTimes times = new ScanTimes(scans, keys, options.number("rounds", 5));
            times.print("Iceberg's generic reader", times.ofGenericReader());
            if (options.text("spark", "no").equals("yes")) {
                times.print("Spark, one core", times.ofSpark(settings));
            }
        } finally {
            Directories.delete(directory);
        }
    }

    /** The rows of a scan in a new table, written in one go. */
    private static Scan fresh(Catalog lake, Scan scan) throws Exception {
        Table source = scan.table();
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
                CloseableIterable<Record> rows = IcebergGenerics.read(source)
                        .useSnapshot(scan.snapshot())
                        .build()) {
            rows.forEach(writer::write);
        }
        DataFile file = writer.toDataFile();
        copy.newAppend().appendFile(file).commit();
        return Scan.ofCurrent("freshly written", copy);
    }
}
