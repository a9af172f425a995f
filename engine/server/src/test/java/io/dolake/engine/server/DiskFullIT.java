/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Needs a small file system of its own: {@code mount -t tmpfs -o size=3m tmpfs DIR}, then {@code -Dsmall.disk=DIR}. */
@EnabledIfSystemProperty(named = "small.disk", matches = ".+")
class DiskFullIT {
    private final Path disk = Path.of(System.getProperty("small.disk", ""));

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
