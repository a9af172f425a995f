/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop that never ends, in a process of its own. */
class ShutdownHookTest {
    private static final String HANGING = "waitsForWhatNeverComes";

    @TempDir
    Path dir;

    @Test
    void endsAProcessThatDoesNotStopAndSaysWhatKeptIt() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hanging.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("console").toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(dir.resolve("pipeline.log")))
                    .contains("took longer than 1 s", "Thread pipeline-stop, ", HANGING);
        } finally {
            process.destroyForcibly();
        }
    }

    static final class Hanging {
        private Hanging() {}

        public static void main(String[] arguments) {
            Logs.forPipeline(Path.of(arguments[0]));
            ShutdownHook.install(Hanging::waitsForWhatNeverComes, Duration.ofSeconds(1));
        }

        static void waitsForWhatNeverComes() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
