/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A status of 401 databases is a page of them, soon (D15). The source takes one of them; all stand in the engine's
 * directory.
 */
class ManyDatabasesIT {
    private static final int DATABASES = 400;
    /** The goal is a second; a loaded machine has more. */
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path dir;

    @TempDir
    Path root;

    @Test
    void showsAPageOfManyDatabases() throws Exception {
        Cli cli = new Cli(dir);
        try (OwnInstallation installation = new OwnInstallation(root)) {
            installation.configure("dosql-source.json", Map.of("database.include.list", "shop"));
            cli.up().succeeded();
            cli.run("sql", "shop", "CREATE TABLE t(id INTEGER PRIMARY KEY)").succeeded();
            Path engine = Home.of(dir).engine();
            byte[] file = Files.readAllBytes(SqliteFiles.create(root.resolve("file.db"), 10));
            for (int i = 0; i < DATABASES; i++) {
                Files.write(engine.resolve(String.format("tenant%03d.db", i)), file);
            }
            long start = System.nanoTime();
            JsonNode first = cli.run("status", "--json").succeeded().json().get(0);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            System.out.println("status of " + (DATABASES + 1) + " databases took " + took.toMillis() + " ms");
            assertThat(took).isLessThan(SOON);
            assertThat(first.path("databases")).hasSize(50);
            assertThat(first.path("nextDatabases").asText()).startsWith("--after ");
            JsonNode one = cli.run("status", "--json", "--database", "tenant300")
                    .json()
                    .get(0);
            assertThat(one.path("databases")).hasSize(1);
            JsonNode last = cli.run("status", "--json", "--after", "tenant390", "--limit", "20")
                    .json()
                    .get(0);
            assertThat(last.path("databases")).hasSize(9);
            assertThat(last.has("nextDatabases")).isFalse();
            assertThat(cli.connect().state(Pipeline.SOURCE).failure()).isEmpty();
            cli.run("status", "--limit", "0").failed("INVALID_ARGUMENT");
        } finally {
            cli.run("down");
        }
    }
}
