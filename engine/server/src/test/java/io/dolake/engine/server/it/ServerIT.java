/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.Lsn;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerIT {
    @TempDir
    Path directory;

    private RunningEngine engine;

    @BeforeEach
    void start() {
        engine = new RunningEngine(directory);
        engine.client().create("shop");
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void goesOnWhereItWasAfterARestart() {
        Lsn created = engine.exec("shop", "create table t(a integer primary key, b text)");
        Lsn inserted = engine.exec("shop", "insert into t values (1, 'x')");
        assertThat(inserted).isGreaterThan(created);
        assertThat(engine.value("shop", "select b from t")).isEqualTo("x");
        assertThat(engine.awaitCaptured("shop")).isEqualTo(inserted);
        String epoch = engine.client().status("shop").epoch();

        engine.restart();

        assertThat(engine.client().status("shop").lsn()).isEqualTo(inserted);
        assertThat(engine.client().status("shop").epoch()).isEqualTo(epoch);
        Lsn next = engine.exec("shop", "insert into t values (2, 'y')");
        assertThat(next).isGreaterThan(inserted);
        assertThat(engine.awaitCaptured("shop")).isEqualTo(next);
        assertThat(engine.value("shop", "select sum(events) from _wal_segments"))
                .isEqualTo(3L);
    }
}
