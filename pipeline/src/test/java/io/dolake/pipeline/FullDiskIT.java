/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dolake.pipeline.run.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A warehouse on a small disk of its own: it fills up, is made larger, and everything arrives. Needs root. */
class FullDiskIT {
    @TempDir
    Path dir;

    private Cli cli;
    private Path warehouse;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        warehouse = Files.createDirectories(Home.of(dir).warehouse());
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", warehouse.toString()) == 0,
                "a small disk cannot be mounted here");
        cli = new Cli(dir);
        cli.up().succeeded();
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        if (cli != null) {
            cli.run("down");
            run("umount", warehouse.toString());
        }
    }

    @Test
    void saysThatTheWarehouseIsFullAndLosesNothing() throws IOException, InterruptedException {
        String rows = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
                + " INSERT INTO t(b) SELECT randomblob(20000) FROM n";
        cli.run("sql", "full", "CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB)").succeeded();
        cli.run("sql", "full", rows).succeeded();
        Cli.Result blocked = cli.run("sync", "full", "--timeout", "20");
        assertThat(blocked.status()).isEqualTo(1);
        assertThat(cli.run("status").out()
                        + blocked.err()
                        + Files.readString(Home.of(dir).logs().resolve("pipeline.log")))
                .contains("STORAGE_FULL");

        assertThat(run("mount", "-o", "remount,size=64m", warehouse.toString())).isZero();
        cli.run("sync", "full").succeeded();
        cli.run("verify", "full").succeeded();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }
}
