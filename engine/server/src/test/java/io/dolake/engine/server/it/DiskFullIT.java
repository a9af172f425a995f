/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests an engine on a small disk of its own. Needs root to mount it. */
class DiskFullIT {
    @TempDir
    Path disk;

    private boolean mounted;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk.toString()) == 0;
        assumeTrue(mounted, "a small disk cannot be mounted here");
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    @Test
    void fullDiskIsAClearErrorAndLosesNothing() throws IOException {
        Path ballast = disk.resolve("ballast");
        Files.write(ballast, new byte[1_000_000]);
        try (RunningEngine engine = new RunningEngine(disk.resolve("engine"))) {
            engine.client().create("shop");
            engine.exec("shop", "create table t(id integer primary key, v blob)");
            int written = 0;
            DoLakeException failure = null;
            while (failure == null) {
                try {
                    engine.exec("shop", "insert into t(v) values (randomblob(20000))");
                    written++;
                } catch (DoLakeException e) {
                    failure = e;
                }
            }
            assertThat(failure.code()).as(failure.toString()).isEqualTo(ErrorCode.STORAGE_FULL);
            assertThat(engine.value("shop", "select count(*) from t")).isEqualTo((long) written);
            Files.delete(ballast);
            engine.exec("shop", "insert into t(v) values (randomblob(20000))");
            Lsn end = engine.awaitCaptured("shop");
            ReplayedTables tables = new ReplayedTables();
            Consumer.readTo(end, engine.client(), "shop", tables);
            tables.assertEqualTo(engine.client(), "shop");
        }
    }
}
