/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Decodes a log in a separate process, whose heap can be made small, and prints the {@link RowSums}. */
final class DecodeProcess {
    private static final int MAX_MINUTES = 15;

    private DecodeProcess() {}

    /** Starts the process and waits for it; what it printed of the rows. */
    static String run(Path main, Path wal, String heap) throws IOException, InterruptedException {
        Path output = Files.createTempFile("decode", ".txt");
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx" + heap,
                            "-cp",
                            System.getProperty("java.class.path"),
                            DecodeProcess.class.getName(),
                            main.toString(),
                            wal.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)).isTrue();
            } finally {
                process.destroyForcibly();
            }
            List<String> lines = Files.readAllLines(output);
            assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
            System.out.println("-Xmx" + heap + ": " + lines.get(lines.size() - 1));
            return lines.get(lines.size() - 2);
        } finally {
            Files.delete(output);
        }
    }

    /** Prints the sums of the rows, and what they took. */
    public static void main(String[] args) throws IOException {
        long start = System.nanoTime();
        RowSums sums = new RowSums();
        long frames;
        try (RandomAccessFile main = new RandomAccessFile(args[0], "r");
                WalDecoder decoder = WalDecoder.open(
                        PageSource.of(main),
                        Path.of(args[1]),
                        WalPosition.start(Lsn.ZERO),
                        Map.of(),
                        new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:")))) {
            while (decoder.poll(sums, 10) > 0) {
                // All there is.
            }
            frames = decoder.position().frames();
        }
        long peak = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
        }
        System.out.println(sums);
        System.out.printf(
                "%d frames in %.1f s, peaks of the heap pools together %d MiB%n",
                frames, (System.nanoTime() - start) / 1e9, peak >> 20);
    }
}
