/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode.ALWAYS;
import static io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode.INITIAL_ONLY;
import static io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode.NO_DATA;
import static io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode.WHEN_NEEDED;
import static io.dolake.connector.dosql.StateBeans.database;
import static io.dolake.connector.dosql.StateBeans.is;
import static io.dolake.connector.dosql.StateBeans.resume;
import static io.dolake.connector.dosql.StateBeans.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode;
import io.dolake.engine.server.config.Limit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of snapshot modes in the README, cell by cell. */
class SnapshotModesIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String ORDERS = "CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT)";
    private static final String SIDE = "CREATE TABLE side(id INTEGER PRIMARY KEY)";

    @TempDir
    Path directory;

    private EngineFixture engine;
    private TaskHarness task;

    @BeforeEach
    void startEngine() {
        engine = new EngineFixture(directory);
    }

    @AfterEach
    void stop() {
        if (task != null) {
            task.stop();
        }
        engine.close();
    }

    private void start(SnapshotMode mode) throws InterruptedException {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen')", SIDE, "INSERT INTO side VALUES (1)");
        task = new TaskHarness(engine.port(), List.of("shop"), "snapshot.mode", mode.getValue());
        task.start();
        catchUp();
    }

    private void catchUp() throws InterruptedException {
        task.pollTo("shop", engine.lsn("shop"));
    }

    private interface Check {
        boolean holds() throws Exception;
    }

    private void await(Check check) throws InterruptedException {
        task.poll(
                () -> {
                    try {
                        return check.holds();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                SOON);
    }

    private Set<String> rows(String table) {
        return Replica.of(task.records()).rows("shop", table).keySet();
    }

    private void assertSame(String as) {
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", as);
    }

    @ParameterizedTest
    @EnumSource
    void firstStart(SnapshotMode mode) throws Exception {
        start(mode);
        assertThat(rows("orders")).hasSize(mode == NO_DATA ? 0 : 1);
        if (mode == INITIAL_ONLY) {
            await(() -> is(database("shop"), "STOPPED"));
            return;
        }
        await(() -> is(database("shop"), "STREAMING"));
        engine.exec("shop", "INSERT INTO orders VALUES (2, 'ink')");
        catchUp();
        assertThat(rows("orders")).contains("{id=2}").hasSize(mode == NO_DATA ? 1 : 2);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INITIAL_ONLY")
    void tableAdded(SnapshotMode mode) throws Exception {
        start(mode);
        engine.exec("shop", "CREATE TABLE added(id INTEGER PRIMARY KEY)");
        engine.exec("shop", "INSERT INTO added VALUES (1)");
        catchUp();
        task.stop();
        engine.exec("shop", "CREATE TABLE away(id INTEGER PRIMARY KEY)");
        engine.exec("shop", "INSERT INTO away VALUES (1)");
        task.start();
        catchUp();
        assertThat(rows("added")).containsExactly("{id=1}");
        assertThat(rows("away")).containsExactly("{id=1}");
    }

    @ParameterizedTest
    @EnumSource
    void tableLetInAgain(SnapshotMode mode) throws Exception {
        start(mode);
        task.stop();
        task.set("table.exclude.list", "shop.side");
        task.start();
        if (mode != INITIAL_ONLY) {
            engine.exec("shop", "DELETE FROM side");
            engine.exec("shop", "INSERT INTO side VALUES (2)");
            catchUp();
            await(() -> task.offset("shop").containsKey("filters"));
        }
        task.stop();
        task.unset("table.exclude.list");
        task.start();
        if (mode == INITIAL_ONLY) {
            await(() -> is(database("shop"), "STOPPED"));
            assertThat(rows("side")).containsExactly("{id=1}");
            return;
        }
        await(() -> !task.offset("shop").containsKey("filters")
                && !task.offset("shop").containsKey("resend"));
        engine.exec("shop", "INSERT INTO side VALUES (3)");
        catchUp();
        if (mode == NO_DATA) {
            assertThat(table("shop", "side").path("stale").asBoolean()).isTrue();
            assertThat(rows("side")).containsExactly("{id=3}");
            assertThat(resume("shop.side")).isTrue();
            await(() -> !task.offset("shop").containsKey("faults"));
        }
        assertThat(rows("side")).containsExactly("{id=2}", "{id=3}");
    }

    @ParameterizedTest
    @EnumSource
    void databaseReplaced(SnapshotMode mode) throws Exception {
        start(mode);
        task.stop();
        engine.client().drop("shop");
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (7, 'new')");
        String epoch = engine.client().status("shop").epoch();
        task.start();
        if (mode == NO_DATA) {
            await(() -> is(database("shop"), "SUSPENDED"));
            assertThat(database("shop").path("code").asText()).isEqualTo("CDC_EPOCH_MISMATCH");
            assertThat(database("shop").path("remedy").asText()).contains("./dolake resume shop");
            assertThat(resume("shop")).isTrue();
        }
        await(() -> epoch.equals(task.offset("shop").get("epoch"))
                && !task.offset("shop").containsKey("resend"));
        catchUp();
        assertThat(rows("orders")).containsExactly("{id=7}");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INITIAL_ONLY")
    void positionLost(SnapshotMode mode) throws Exception {
        start(mode);
        task.stop();
        long lsn = (Long) task.offset("shop").get("lsn");
        engine.restart(config -> config.withLimit(Limit.WAL_RETENTION_MS, 1_000));
        engine.exec("shop", "DELETE FROM side");
        Awaitility.await().until(() -> {
            engine.exec("shop", "INSERT INTO orders VALUES ((SELECT max(id) + 1 FROM orders), 'ink')");
            return engine.client().status("shop").oldestLsn().value() > lsn;
        });
        task.start();
        if (mode != WHEN_NEEDED && mode != ALWAYS) {
            await(() -> is(database("shop"), "SUSPENDED"));
            assertThat(database("shop").path("code").asText()).isEqualTo("CDC_LSN_NOT_FOUND");
            assertThat(database("shop").path("remedy").asText()).contains("./dolake resume shop", "when_needed");
            assertThat(resume("shop")).isTrue();
        }
        await(() -> is(database("shop"), "STREAMING"));
        catchUp();
        await(() -> !task.offset("shop").containsKey("resend"));
        catchUp();
        assertSame("read anew");
    }
}
