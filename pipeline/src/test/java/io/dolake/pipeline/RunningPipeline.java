/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.pipeline.run.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline in a process of its own, for the tests of one class. */
abstract class RunningPipeline {
    @TempDir
    static Path dir;

    @TempDir
    Path other;

    static Cli cli;

    @BeforeAll
    static void start() {
        cli = new Cli(dir);
        Cli.Result up = cli.up().succeeded();
        assertThat(up.out())
                .contains("engine", "Kafka", "connector   dosql-source runs", "connector   dolake-sink runs");
    }

    @AfterAll
    static void stop() {
        Cli.Result down = cli.run("down").succeeded();
        assertThat(down.out()).contains("stopped");
        if (down.out().contains("recovers")) {
            // Kafka and Jetty may wait for minutes; seen once. What for is in the log.
            System.out.println(down.out() + log());
        }
        assertThat(cli.run("down").succeeded().out()).contains("nothing runs");
    }

    private static String log() {
        try {
            return Files.readString(Home.of(dir).logs().resolve("pipeline.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
