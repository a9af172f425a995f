/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.client.DatabaseStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fault B9: offsets written by hand, held against the change log of a real engine. */
class OffsetCheckIT {
    @TempDir
    Path directory;

    @Test
    void b9AnEventBeyondItsTransactionIsRefused() {
        try (EngineFixture engine = new EngineFixture(directory)) {
            long created = engine.create("shop", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            long three = engine.exec("shop", "INSERT INTO t VALUES(1,'a'),(2,'b'),(3,'c')");
            long many = engine.exec(
                    "shop",
                    "WITH RECURSIVE n(i) AS (VALUES(10) UNION ALL SELECT i+1 FROM n WHERE i<6009)"
                            + " INSERT INTO t SELECT i, 'x' FROM n");
            engine.create("empty");
            assertThatCode(() -> alter(engine, created, 0)).doesNotThrowAnyException();
            assertThatCode(() -> alter(engine, created, 2)).doesNotThrowAnyException();
            assertThatCode(() -> alter(engine, created, 3)).doesNotThrowAnyException();
            assertThatThrownBy(() -> alter(engine, created, 4))
                    .hasMessageContaining("Cannot continue at event 4 after LSN " + created
                            + ": the transaction after it has 3 events");
            assertThatCode(() -> alter(engine, three, 6_000)).doesNotThrowAnyException();
            assertThatThrownBy(() -> alter(engine, three, 6_001)).hasMessageContaining("has 6000 events");
            // an LSN between two transactions stands for the earlier one
            assertThatThrownBy(() -> alter(engine, three + 1, 6_001)).hasMessageContaining("has 6000 events");
            assertThatThrownBy(() -> alter(engine, many, 1))
                    .hasMessageContaining("there is no transaction with events after it");
            assertThatCode(() -> alter(engine, many, 0)).doesNotThrowAnyException();
            assertThatThrownBy(() -> alter(engine, many + 1, 0))
                    .hasMessageContaining("the change log holds 0 to " + many);
        }
    }

    @Test
    void b9AnEventBeyondItsTransactionThatIsStoredAllTheSameSuspendsTheDatabase() throws Exception {
        try (EngineFixture engine = new EngineFixture(directory)) {
            long created = engine.create("shop", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            TaskHarness task = new TaskHarness(engine.port(), List.of("shop"));
            task.start();
            task.pollTo("shop", created);
            task.stop();
            task.offset("shop").put("event", 2L);
            int before = task.records().size();
            long lsn = engine.exec("shop", "INSERT INTO t VALUES(1,'a')");
            task.start();
            task.poll(() -> isSuspended("shop"), Duration.ofSeconds(20));
            JsonNode shop = StateBeans.database("shop");
            assertThat(shop.path("code").asText()).isEqualTo("CDC_LSN_NOT_FOUND");
            assertThat(shop.path("reason").asText())
                    .contains("Cannot continue after event 2 of transaction " + lsn
                            + " of database shop: it has 1 events");
            assertThat(task.records()).hasSize(before);
            task.stop();
        }
    }

    private static boolean isSuspended(String database) {
        try {
            return StateBeans.is(StateBeans.database(database), "SUSPENDED");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void alter(EngineFixture engine, long lsn, long event) {
        Map<String, String> settings =
                Fixtures.settings("database.hostname", "127.0.0.1", "database.port", String.valueOf(engine.port()));
        DatabaseStatus status = engine.client().status("shop");
        Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
        offsets.put(
                Map.of("server", "dosql", "database", "shop"),
                Map.of("epoch", status.epoch(), "lsn", lsn, "event", event));
        new DoSqlConnector().alterOffsets(settings, offsets);
    }
}
