/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many partitions and tables in a heap of 512 MB; {@code -Dmany=5000} partitions, and a tenth as many tables. */
class ManyPartitionsIT {
    private static final int PARTITIONS = Integer.getInteger("many", 60);

    @TempDir
    Path directory;

    @Test
    void partitionsAndTablesOfOneCommitFitInASmallHeap() throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        classPath,
                        ManyPartitions.class.getName(),
                        directory.toString(),
                        Integer.toString(PARTITIONS),
                        Integer.toString(PARTITIONS / 10))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("changed-partition-count=" + PARTITIONS)
                .contains("added-position-deletes=" + PARTITIONS)
                .contains("tables " + PARTITIONS / 10);
    }
}
