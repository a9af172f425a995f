/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lets Jazzer look for bytes that break the decoder, guided by the branches that are taken. {@code -Dfuzz.seconds=N}
 * says how long for each target; {@code -Dseed=S} where to start. A failure prints the input, in Base64, and its stack
 * trace.
 */
@Tag("fuzz")
class JazzerTest {
    private static final int SEEDS = 128;
    private static final int SEED_BYTES = 30;
    private static final List<String> NOT_GUIDED_BY = List.of(
            "io.dolake.engine.wal.WalChecksum",
            "io.dolake.engine.wal.WalBytes",
            "io.dolake.engine.wal.Fuzz*",
            "io.dolake.engine.wal.Jazzer*");

    @TempDir
    Path directory;

    @Test
    void whateverTheBytesDecodingEndsWithEventsOrATypedError() throws Exception {
        fuzz(JazzerTarget.class, 12);
    }

    @Test
    void whateverTheFilesReadingThemEndsWithEventsOrATypedError() throws Exception {
        fuzz(JazzerFileTarget.class, 8);
    }

    private void fuzz(Class<?> target, long usualSeconds) throws Exception {
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        assumeTrue(
                List.of("Linux amd64", "Mac OS X aarch64", "Mac OS X x86_64").contains(platform),
                "Jazzer has no native part for " + platform);
        long seconds = Long.getLong("fuzz.seconds", usualSeconds);
        Path corpus = Files.createDirectory(directory.resolve("corpus"));
        for (int i = 0; i < SEEDS; i++) {
            // Each pair in each mode, with some changes.
            byte[] input = new byte[SEED_BYTES];
            new Random(i).nextBytes(input);
            input[0] = (byte) (i % 4);
            input[1] = (byte) (i / 4);
            Files.write(corpus.resolve("seed" + i), input);
        }
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command(target, corpus, seconds))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(seconds + 90, TimeUnit.SECONDS))
                    .as("ended in time")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output);
        System.out.println("jazzer: " + lines.get(lines.size() - 1));
        assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
        assertThat(lines).anyMatch(line -> line.startsWith("Done "));
    }

    private List<String> command(Class<?> target, Path corpus, long seconds) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-Djdk.attach.allowAttachSelf=true"));
        command.add("-Dwal.jazzer.directory=" + directory);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer"));
        command.add("--target_class=" + target.getName());
        // The decoder only, and no loop over all bytes; and none of the detectors of injections, which watch every JDBC
        // call.
        command.add("--instrumentation_includes=io.dolake.**");
        command.add("--instrumentation_excludes=" + String.join(":", NOT_GUIDED_BY));
        command.add("--trace=cov");
        command.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.SqlInjection");
        command.add("--reproducer_path=" + directory);
        command.add("-artifact_prefix=" + directory + "/");
        command.addAll(List.of("-timeout=10", "-rss_limit_mb=0", "-max_len=400", "-len_control=0"));
        command.add("-max_total_time=" + seconds);
        if (Long.getLong("seed") != null) {
            command.add("-seed=" + (Long.getLong("seed") & 0x7FFFFFFF));
        }
        command.add(corpus.toString());
        return command;
    }
}
