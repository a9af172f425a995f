/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.lake;

import io.dolake.pipeline.run.Installation;
import io.dolake.sink.write.ParquetOpening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** Times of scans, by different readers; the first scan is what the others are held against. */
final class ScanTimes {
    private static final String PACKAGES =
            "java.base/java.lang,java.base/java.lang.invoke,java.base/java.net,java.base/java.nio,"
                    + "java.base/java.util,java.base/java.util.concurrent,java.base/sun.nio.ch,java.base/sun.util.calendar";

    private final List<Scan> scans;
    private final int rows;
    private final int rounds;

    /** @param rows how many each scan must find */
    ScanTimes(List<Scan> scans, int rows, int rounds) {
        this.scans = scans;
        this.rows = rows;
        this.rounds = rounds;
    }

    /** Seconds, by scan and round. */
    double[][] ofGenericReader() {
        double[][] seconds = new double[scans.size()][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < seconds.length; i++) {
                Scan scan = scans.get(i);
                // Without Hadoop's defaults, which the reader parses for each file; engines read them once.
                double took = ParquetOpening.open(() -> generic(scan));
                if (round >= 0) {
                    seconds[i][round] = took;
                }
            }
        }
        return seconds;
    }

    private double generic(Scan scan) {
        long begin = System.nanoTime();
        long found = 0;
        try (CloseableIterable<Record> records =
                IcebergGenerics.read(scan.table()).useSnapshot(scan.snapshot()).build()) {
            for (Record record : records) {
                found += record.get(0) == null ? 0 : 1;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        check(scan.label(), found);
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Seconds, by scan and round, of Spark in a process of its own ({@code benchmarks/spark}). */
    double[][] ofSpark(Map<String, String> settings) throws IOException, InterruptedException {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < scans.size(); i++) {
            places.put(name(scans.get(i)), i);
        }
        Process process = new ProcessBuilder(command(settings))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("Cannot scan with Spark: it ended with " + process.exitValue());
        }
        double[][] seconds = new double[scans.size()][rounds];
        int[] read = new int[scans.size()];
        for (String line : said.split("\n")) {
            String[] words = line.split(" ");
            int place = places.get(words[0]);
            check(line, Long.parseLong(words[1]));
            seconds[place][read[place]++] = Double.parseDouble(words[2]);
        }
        return seconds;
    }

    private List<String> command(Map<String, String> settings) {
        Path home = Installation.current().root().resolve("benchmarks/spark/target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx2g", "-XX:+UseParallelGC"));
        for (String name : PACKAGES.split(",")) {
            command.add("--add-opens=" + name + "=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-cp",
                home.resolve("classes") + ":" + home.resolve("lib") + "/*",
                "io.dolake.benchmarks.spark.SparkScan",
                settings.get("iceberg.catalog.uri"),
                settings.get("iceberg.catalog.warehouse"),
                Integer.toString(rounds)));
        scans.forEach(scan -> command.add(name(scan)));
        return command;
    }

    /** As Spark is told it. */
    private static String name(Scan scan) {
        String table = scan.table().name();
        TableIdentifier identifier = TableIdentifier.parse(table.substring(table.indexOf('.') + 1));
        return identifier + "@" + scan.snapshot();
    }

    private void check(String label, long found) {
        if (found != rows) {
            throw new IllegalStateException("Cannot trust the figure: '" + label + "' has " + found + " rows");
        }
    }

    void print(String reader, double[][] seconds) throws IOException {
        System.out.printf("%n%-20s %10s %10s %12s %8s%n", reader, "files", "deletes", "median s", "ratio");
        for (int i = 0; i < seconds.length; i++) {
            Scan scan = scans.get(i);
            int files = 0;
            int deletes = 0;
            try (CloseableIterable<FileScanTask> tasks =
                    scan.table().newScan().useSnapshot(scan.snapshot()).planFiles()) {
                for (FileScanTask task : tasks) {
                    files++;
                    deletes += task.deletes().size();
                }
            }
            System.out.printf(
                    "%-20s %,10d %,10d %12.3f %8.2f%n",
                    scan.label(), files, deletes, median(seconds[i]), median(ratios(seconds[i], seconds[0])));
        }
    }

    private static double[] ratios(double[] values, double[] base) {
        double[] ratios = new double[values.length];
        Arrays.setAll(ratios, round -> values[round] / base[round]);
        return ratios;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
