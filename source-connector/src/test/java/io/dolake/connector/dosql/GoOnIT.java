/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.StateBeans.database;
import static io.dolake.connector.dosql.StateBeans.is;
import static io.dolake.connector.dosql.StateBeans.resume;
import static io.dolake.connector.dosql.StateBeans.streaming;
import static io.dolake.connector.dosql.StateBeans.table;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** B4, B6, B7, B14: what comes, goes and is away harms nothing else, and shows as what it is. */
class GoOnIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ORDERS = "CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT)";
    private static final String SERIES =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) ";

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

    private void start(List<String> databases, String... settings) {
        task = new TaskHarness(engine.port(), databases, settings);
        task.start();
    }

    private void catchUp(String database) throws InterruptedException {
        task.pollTo(database, engine.lsn(database));
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

    private void fill(String database, String table) {
        engine.exec(database, "CREATE TABLE " + table + "(id INTEGER PRIMARY KEY, item TEXT)");
        engine.exec(database, "INSERT INTO " + table + " " + SERIES + "SELECT i, 'pen' FROM n");
    }

    private static long truncates(List<SourceRecord> records, String topic) {
        return records.stream()
                .filter(record -> record.topic().equals(topic))
                .filter(record -> "t".equals(((Struct) record.value()).getString("op")))
                .count();
    }

    @Test
    void aSnapshotThatIsCutShortGoesOnWithTheTablesThatAreLeft() throws Exception {
        engine.create("shop");
        for (String table : List.of("a", "b", "c")) {
            fill("shop", table);
        }
        task = new TaskHarness(engine.port(), List.of("shop"), "max.batch.size", "64", "max.queue.size", "128");
        task.start();
        task.pollAndKill(700, () -> false);
        engine.exec("shop", "DELETE FROM a WHERE id <= 10");
        engine.exec("shop", "UPDATE b SET item = 'ink' WHERE id <= 10");
        engine.exec("shop", "INSERT INTO c VALUES (1000, 'new')");
        task.start();
        catchUp("shop");
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "after a snapshot in two parts");
        assertThat(truncates(task.records(), "dosql.shop.a"))
                .as("a was read already")
                .isEqualTo(1);
        assertThat(truncates(task.records(), "dosql.shop.b"))
                .as("b was cut short")
                .isEqualTo(2);
        assertThat(task.offset("shop")).doesNotContainKey("resend");
    }

    /** B6: databases come and go while a task runs. */
    @Test
    void aRunningTaskTakesItsPartOfNewDatabasesAndForgetsThoseThatGo() throws Exception {
        engine.create("shop", ORDERS);
        start(
                List.of("shop"),
                "database.discovery.interval.ms",
                "100",
                RunSettings.TASK_COUNT.name(),
                "2",
                RunSettings.TASK_ASSIGNED.name(),
                "shop,elsewhere");
        catchUp("shop");
        engine.create("elsewhere", ORDERS);
        List<String> own = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String name = "new" + i;
            engine.create(name, ORDERS, "INSERT INTO orders VALUES (" + i + ", 'pen')");
            if (Math.floorMod(name.hashCode(), 2) == 0) {
                own.add(name);
            }
        }
        assertThat(own).isNotEmpty().hasSizeLessThan(6);
        for (String name : own) {
            catchUp(name);
            Replica.of(task.records()).assertSameAs(engine.client(), name, "new");
        }
        engine.client().drop(own.get(0));
        await(() -> database(own.get(0)).isMissingNode());
        engine.create(own.get(0), ORDERS, "INSERT INTO orders VALUES (77, 'again')");
        String epoch = engine.client().status(own.get(0)).epoch();
        await(() -> task.offset(own.get(0)).get("epoch").equals(epoch));
        catchUp(own.get(0));
        Replica.of(task.records()).assertSameAs(engine.client(), own.get(0), "created again");
        for (int i = 0; i < 6; i++) {
            assertThat(task.offset("new" + i) != null).isEqualTo(own.contains("new" + i));
        }
        assertThat(task.offset("elsewhere")).isNull();
    }

    /** B14 */
    @Test
    void aTableThatIsTakenInAgainIsReadAnew() throws Exception {
        engine.create("shop", ORDERS, "CREATE TABLE side(id INTEGER PRIMARY KEY)", "INSERT INTO side VALUES (1)");
        start(List.of("shop"));
        catchUp("shop");
        task.stop();
        task.set("table.exclude.list", "shop.side");
        task.start();
        engine.exec("shop", "DELETE FROM side");
        engine.exec("shop", "INSERT INTO side VALUES (2)");
        engine.exec("shop", "CREATE TABLE later(id INTEGER PRIMARY KEY)");
        engine.exec("shop", "INSERT INTO orders VALUES (1, 'pen')");
        catchUp("shop");
        await(() -> task.offset("shop").containsKey("filters"));
        task.stop();
        task.unset("table.exclude.list");
        task.set("table.include.list", "shop\\.(orders|side)");
        task.start();
        await(() -> !task.offset("shop").get("filters").toString().contains("exclude")
                && !task.offset("shop").containsKey("resend"));
        catchUp("shop");
        assertThat(Replica.of(task.records()).rows("shop", "side").keySet()).containsExactly("{id=2}");
        assertThat(Replica.of(task.records()).rows("shop", "orders")).hasSize(1);
        engine.exec("shop", "INSERT INTO later VALUES (5)");
        catchUp("shop");
        task.stop();
        task.unset("table.include.list");
        task.start();
        await(() -> !task.offset("shop").containsKey("filters")
                && !task.offset("shop").containsKey("resend"));
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "with every table taken in");
    }

    /** B4 */
    @Test
    void theLaterOfTwoTablesWhoseTopicsKafkaCannotTellApartIsSetAside() throws Exception {
        engine.create("shop", "CREATE TABLE eu_orders(id INTEGER PRIMARY KEY)", "INSERT INTO eu_orders VALUES (1)");
        engine.create("shop_eu", ORDERS, "CREATE TABLE \"T.dot\"(id INTEGER PRIMARY KEY)");
        engine.exec("shop_eu", "CREATE TABLE T_dot(id INTEGER PRIMARY KEY)");
        engine.exec("shop_eu", "INSERT INTO T_dot VALUES (1)");
        engine.exec("shop_eu", "INSERT INTO \"T.dot\" VALUES (1)");
        start(List.of("shop", "shop_eu"));
        catchUp("shop");
        catchUp("shop_eu");
        assertThat(is(table("shop", "eu_orders"), "SUSPENDED"))
                .as("it begins first")
                .isTrue();
        assertThat(is(table("shop_eu", "orders"), "STREAMING")).isTrue();
        engine.exec("shop", "CREATE TABLE eu_T_dot(id INTEGER PRIMARY KEY)");
        engine.exec("shop", "INSERT INTO eu_T_dot VALUES (1)");
        catchUp("shop");
        assertThat(table("shop", "eu_T_dot").path("code").asText()).isEqualTo("INVALID_CONFIGURATION");
        assertThat(table("shop", "eu_T_dot").path("reason").asText()).contains("shop.eu_T_dot", "shop_eu.T_dot");
        Map<String, String> byComparedName = new HashMap<>();
        task.records().forEach(record -> {
            String other = byComparedName.put(record.topic().replace('.', '_'), record.topic());
            assertThat(other == null ? record.topic() : other).isEqualTo(record.topic());
        });
        assertThat(byComparedName).containsKeys("dosql_shop_eu_T_dot", "dosql_shop_eu_T-x2e-dot");
        engine.exec("shop_eu", "DROP TABLE orders");
        catchUp("shop_eu");
        assertThat(resume("shop.eu_orders")).isTrue();
        engine.exec("shop", "INSERT INTO eu_orders VALUES (2)");
        catchUp("shop");
        assertThat(is(table("shop", "eu_orders"), "SUSPENDED"))
                .as("the topic of the other is there still")
                .isTrue();
        engine.exec("shop", "ALTER TABLE eu_orders RENAME TO european");
        catchUp("shop");
        assertThat(table("shop", "eu_orders").isMissingNode()).isTrue();
        assertThat(Replica.of(task.records()).rows("shop", "european")).hasSize(2);
    }

    /** B7: a link that is open and dead. */
    @Test
    void aFrozenLinkShowsAndIsOpenedAgain() throws Exception {
        engine.create("shop", ORDERS);
        try (Relay relay = new Relay(engine.port())) {
            task = new TaskHarness(
                    relay.port(),
                    List.of("shop"),
                    "database.silence.timeout.ms",
                    "6000",
                    "database.request.timeout.ms",
                    "2000");
            task.start();
            catchUp("shop");
            await(() -> (Boolean) streaming("Connected") && (Boolean) streaming("shop", "Connected"));
            assertThat((Long) streaming("MilliSecondsBehindSource")).isBetween(0L, 5_000L);
            relay.freeze();
            engine.exec("shop", "INSERT INTO orders VALUES (1, 'pen')");
            await(() -> !(Boolean) streaming("Connected") && !(Boolean) streaming("shop", "Connected"));
            long lag = (Long) streaming("MilliSecondsBehindSource");
            await(() -> (Long) streaming("shop", "MilliSecondsBehindSource") > lag + 1_000);
            relay.thaw();
            catchUp("shop");
            await(() -> (Boolean) streaming("Connected") && (Long) streaming("MilliSecondsBehindSource") < 5_000);
            Replica.of(task.records()).assertSameAs(engine.client(), "shop", "after the link was frozen");
        }
    }

    /** An unreadable stored offset is the fault of one database. */
    @Test
    void anOffsetThatCannotBeReadStopsItsDatabaseOnly() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen')");
        engine.create("other", ORDERS, "INSERT INTO orders VALUES (1, 'pen')");
        start(List.of("shop", "other"));
        catchUp("shop");
        catchUp("other");
        task.stop();
        task.offset("shop").put("lsn", "no number");
        task.start();
        await(() -> is(database("shop"), "SUSPENDED"));
        engine.exec("other", "INSERT INTO orders VALUES (2, 'ink')");
        catchUp("other");
        assertThat(resume("shop")).isTrue();
        await(() -> is(database("shop"), "STREAMING"));
        await(() -> task.offset("shop").get("lsn") instanceof Long);
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "read anew");
    }
}
