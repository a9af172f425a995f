/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sick does not keep the pipeline from starting, and is named with its cause (B12). */
class DegradedIT {
    /** The worker itself fails on the first record of database sick: {@code op} is no number. */
    private static final Map<String, String> FAILING_TRANSFORM = Map.of(
            "transforms", "broken",
            "transforms.broken.type", "org.apache.kafka.connect.transforms.Cast$Value",
            "transforms.broken.spec", "op:int32",
            "transforms.broken.predicate", "isSick",
            "predicates", "isSick",
            "predicates.isSick.type", "org.apache.kafka.connect.transforms.predicates.TopicNameMatches",
            "predicates.isSick.pattern", "dosql\\.sick\\..*");

    @TempDir
    Path dir;

    @TempDir
    Path root;

    private Cli cli;
    private OwnInstallation installation;

    @BeforeEach
    void install() throws IOException {
        cli = new Cli(dir);
        installation = new OwnInstallation(root);
    }

    @AfterEach
    void stop() {
        cli.run("down");
        installation.close();
    }

    @Test
    void startsWithAFailedTaskAndIsRepairedThroughTheProduct() throws Exception {
        installation.configure("dosql-source.json", FAILING_TRANSFORM);
        cli.up().succeeded();
        cli.run("sql", "sick", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        cli.run("sql", "well", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();

        Cli.Result sick = cli.run("sync", "sick", "--timeout", "60");
        assertThat(sick.status()).isEqualTo(1);
        assertThat(sick.err())
                .contains("task dosql-source/", "FAILED", "Tolerance exceeded", "NumberFormatException")
                .doesNotContain("TIMEOUT");
        cli.run("sync", "well", "--timeout", "60").succeeded();
        assertThat(cli.run("status").out()).contains("NOT WELL    task dosql-source/");
        assertThat(cli.run("verify", "sick").status()).isEqualTo(1);
        cli.run("verify", "well").succeeded();

        cli.run("down").succeeded();
        cli.up(); // degraded, unless the task has come to its record only after that was looked at
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> cli.run("status").out().contains("NOT WELL    task dosql-source/"));
        cli.run("sql", "well", "INSERT INTO t VALUES (2)").succeeded();
        cli.run("sync", "well", "--timeout", "60").succeeded();
        Path file = SqliteFiles.create(root.resolve("file.db"), 10);
        cli.run("import", "taken", file.toString()).succeeded();

        // The cause is removed; the states of the last run must not be taken for those of this one.
        installation.configure("dosql-source.json", Map.of());
        cli.run("down").succeeded();
        Cli.Result repaired = cli.up().succeeded();
        assertThat(repaired.out()).contains("everything runs");
        cli.run("sync", "sick", "--timeout", "60").succeeded();
        cli.run("verify", "sick").succeeded();
        assertThat(cli.run("status").out()).doesNotContain("NOT WELL");
    }

    @Test
    void startsWithASinkThatCannotBeLoaded() throws Exception {
        installation.removePlugin("sink-connector");
        Cli.Result degraded = cli.up();
        assertThat(degraded.status()).as(degraded.err()).isEqualTo(Main.DEGRADED);
        assertThat(degraded.out()).contains("connector   dosql-source runs", "not well    connector dolake-sink");
        cli.run("sql", "shop", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        Cli.Result sync = cli.run("sync", "shop", "--timeout", "60");
        assertThat(sync.err()).startsWith("INVALID_CONFIGURATION: ").contains("connector dolake-sink");

        cli.run("down").succeeded();
        installation.restorePlugin("sink-connector");
        cli.up().succeeded();
        cli.run("sync", "shop").succeeded();
        cli.run("verify", "shop").succeeded();
    }

    @Test
    void startsWithConfigurationsThatAreRefused() throws Exception {
        installation.configure("dosql-source.json", Map.of("snapshot.mode", "nonsense"));
        Files.writeString(installation.file("dolake-sink.json"), "{\"tasks.max\": ");
        Cli.Result degraded = cli.up();
        assertThat(degraded.status()).as(degraded.err()).isEqualTo(Main.DEGRADED);
        JsonNode status = cli.run("status", "--json").succeeded().json().get(0);
        assertThat(status.path("notWell").findValuesAsText("name")).contains("dosql-source", "dolake-sink");
        assertThat(status.path("notWell").findValuesAsText("code")).containsOnly("INVALID_CONFIGURATION");
        assertThat(status.path("notWell").toString()).contains("snapshot.mode", "not JSON");
    }

    @Test
    void tellsThatAUserHasPausedAConnector() {
        cli.up().succeeded();
        cli.run("sql", "shop", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        cli.connect().pause("dolake-sink");
        cli.run("down").succeeded();
        Cli.Result degraded = cli.up();
        assertThat(degraded.status()).isEqualTo(Main.DEGRADED);
        assertThat(degraded.out()).contains("connector dolake-sink PAUSED");
        assertThat(cli.run("sync", "shop", "--timeout", "60").err()).contains("connector dolake-sink PAUSED");
        assertThat(cli.run("resume", "dolake-sink").succeeded().out()).contains("continues");
        cli.run("sync", "shop").succeeded();
    }
}
