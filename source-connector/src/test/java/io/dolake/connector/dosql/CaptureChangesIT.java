/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.StateBeans.database;
import static io.dolake.connector.dosql.StateBeans.is;
import static io.dolake.connector.dosql.StateBeans.resume;
import static io.dolake.connector.dosql.StateBeans.table;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * B14 and its kind: rows that were sent under other settings are read anew, or their table says that it is not equal.
 */
class CaptureChangesIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String PEOPLE = "CREATE TABLE people(id INTEGER PRIMARY KEY, phone TEXT, born INTEGER)";
    private static final String ORDERS = "CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT)";
    private static final String CANARY = "canary-5f1d";

    @TempDir
    Path directory;

    private EngineFixture engine;
    private TaskHarness task;

    @BeforeEach
    void startEngine() {
        engine = new EngineFixture(directory);
        engine.create("shop", PEOPLE, ORDERS, "INSERT INTO people VALUES (1, '" + CANARY + "', 1970), (2, 'b', 1980)");
        engine.exec("shop", "INSERT INTO orders VALUES (1, 'pen')");
    }

    @AfterEach
    void stop() {
        if (task != null) {
            task.stop();
        }
        engine.close();
    }

    private void start(String... settings) {
        task = new TaskHarness(engine.port(), List.of("shop"), settings);
        task.start();
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

    /** Starts the task again with other settings, each "name=value", or "name" to be unset, with changes in between. */
    private void reconfigure(String... settings) throws InterruptedException {
        task.stop();
        engine.exec("shop", "UPDATE people SET born = born + 1 WHERE id = 2");
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 0) {
                task.unset(setting);
            } else {
                task.set(setting.substring(0, equals), setting.substring(equals + 1));
            }
        }
        String filters = String.valueOf(task.offset("shop").get("filters"));
        task.start();
        await(() -> !String.valueOf(task.offset("shop").get("filters")).equals(filters)
                && !task.offset("shop").containsKey("resend"));
        engine.exec("shop", "INSERT INTO people VALUES ((SELECT max(id) + 1 FROM people), 'later', 1990)");
        catchUp();
    }

    private boolean isPending() {
        return String.valueOf(task.offset("shop").get("resend")).contains("pending");
    }

    private List<SourceRecord> of(String table) {
        return task.records().stream()
                .filter(record -> record.topic().equals("dosql.shop." + table))
                .toList();
    }

    private long truncates(String table) {
        return of(table).stream()
                .filter(record -> "t".equals(((Struct) record.value()).getString("op")))
                .count();
    }

    /** A column of all rows, as a consumer has it. */
    private Map<String, Object> column(String column) {
        Map<String, Object> values = new TreeMap<>();
        Replica.of(task.records()).rows("shop", "people").forEach((key, row) -> values.put(key, row.get(column)));
        return values;
    }

    private void assertSame(String as) {
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", as);
    }

    @ParameterizedTest
    @CsvSource({
        "column.exclude.list, shop.people.phone",
        "column.include.list, shop.people.(id|born)|shop.orders.*",
        "column.mask.with.3.chars, shop.people.(phone|born)",
        "column.mask.hash.SHA-256.with.salt.s, shop.people.phone",
        "column.truncate.to.2.chars, shop.people.phone",
    })
    void aColumnThatIsLetThroughAgainHasItsTableReadAnewAndNoOther(String setting, String columns) throws Exception {
        start(setting, columns);
        catchUp();
        assertThat(column("phone").values()).doesNotContain(CANARY);
        reconfigure(setting);
        assertThat(column("phone")).containsValue(CANARY).containsValue("later").hasSize(3);
        assertSame("with every column let through");
        assertThat(truncates("people")).isEqualTo(2);
        assertThat(truncates("orders")).as("its rules are as before").isEqualTo(1);
        task.stop();
        task.start();
        engine.exec("shop", "DELETE FROM people WHERE id = 1");
        catchUp();
        assertThat(truncates("people")).as("once").isEqualTo(2);
    }

    /** Narrowing: what is downstream loses the value; what was sent before it is in the topic still. */
    @ParameterizedTest
    @CsvSource({
        "column.exclude.list, shop.people.phone",
        "column.mask.with.3.chars, shop.people.phone",
        "column.mask.hash.SHA-256.with.salt.s, shop.people.phone",
        "column.truncate.to.2.chars, shop.people.phone",
    })
    void aColumnThatIsKeptBackFromNowOnIsTakenOutOfWhatWasSent(String setting, String columns) throws Exception {
        start();
        catchUp();
        assertThat(column("phone")).containsValue(CANARY);
        int before = task.records().size();
        reconfigure(setting + "=" + columns);
        assertThat(column("phone").values()).doesNotContain(CANARY).hasSize(3);
        assertThat(task.records().subList(before, task.records().size()).toString())
                .doesNotContain(CANARY);
    }

    @Test
    void anotherSaltHasTheTableReadAnewAndIsNotInTheOffset() throws Exception {
        start("column.mask.hash.SHA-256.with.salt.grain", "shop.people.phone");
        catchUp();
        Map<String, Object> hashes = column("phone");
        reconfigure("column.mask.hash.SHA-256.with.salt.grain", "column.mask.hash.SHA-256.with.salt.corn=.*phone");
        assertThat(column("phone").values()).doesNotContainAnyElementsOf(hashes.values());
        assertThat(task.offset("shop").toString()).doesNotContain("grain", "corn");
    }

    @Test
    void otherSettingsThatShapeRowsHaveThemReadAnewToo() throws Exception {
        engine.exec("shop", "CREATE TABLE prices(id INTEGER PRIMARY KEY, price DECIMAL, photo BLOB)");
        engine.exec("shop", "INSERT INTO prices VALUES (1, 2.5, x'ff')");
        start("skipped.operations", "d");
        catchUp();
        engine.exec("shop", "DELETE FROM orders");
        catchUp();
        assertThat(Replica.of(task.records()).rows("shop", "orders")).hasSize(1);
        reconfigure("skipped.operations");
        assertSame("with deletes sent");
        reconfigure("decimal.handling.mode=string", "binary.handling.mode=hex");
        assertThat(Replica.of(task.records()).rows("shop", "prices").values())
                .containsExactly(Map.of("id", 1L, "price", "2.5", "photo", "ff"));
        assertThat(truncates("people")).as("first, and with deletes").isEqualTo(2);
        reconfigure("message.key.columns=shop.people:id,born");
        assertThat(Replica.of(task.records()).rows("shop", "people").keySet())
                .contains("{born=1970, id=1}", "{born=1990, id=3}")
                .allMatch(key -> key.startsWith("{born="));
    }

    /** The mask comes while a snapshot runs: what was read before it is read again. */
    @Test
    void aSnapshotThatIsCutShortGoesOnUnderOtherRules() throws Exception {
        for (String table : List.of("a", "b")) {
            engine.exec("shop", "CREATE TABLE " + table + "(id INTEGER PRIMARY KEY, secret TEXT)");
            engine.exec(
                    "shop",
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO " + table
                            + " SELECT i, '" + CANARY + "' FROM n");
        }
        task = new TaskHarness(engine.port(), List.of("shop"), "max.batch.size", "64", "max.queue.size", "128");
        task.start();
        task.pollAndKill(450, () -> false);
        int before = task.records().size();
        task.set("column.mask.with.3.chars", "shop.*.(secret|phone)");
        task.start();
        catchUp();
        await(() -> !task.offset("shop").containsKey("resend"));
        assertThat(task.records().subList(before, task.records().size()).toString())
                .doesNotContain(CANARY);
        for (String table : List.of("a", "b")) {
            assertThat(Replica.of(task.records()).rows("shop", table).values())
                    .hasSize(300)
                    .allMatch(row -> row.get("secret").equals("***"));
        }
    }

    /** Killed after any record, the reread starts again or is done. */
    @Test
    void killsWhileTablesAreReadAnewLeaveNothingOfBefore() throws Exception {
        start("column.exclude.list", "shop.people.phone");
        catchUp();
        task.stop();
        task.unset("column.exclude.list");
        for (int keep = 0; keep < 6; keep++) {
            task.start();
            task.pollAndKill(keep, () -> !task.offset("shop").containsKey("filters") && !isPending());
        }
        task.start();
        engine.exec("shop", "INSERT INTO people VALUES (9, 'nine', 1)");
        catchUp();
        assertSame("after kills");
    }

    @Test
    void withoutDataATableSaysThatItIsNotEqualGoesOnAndIsReadAnewWhenResumed() throws Exception {
        start("snapshot.mode", "no_data", "column.exclude.list", "shop.people.phone");
        catchUp();
        engine.exec("shop", "INSERT INTO people VALUES (3, '" + CANARY + "', 1)");
        catchUp();
        task.stop();
        task.unset("column.exclude.list");
        task.start();
        engine.exec("shop", "INSERT INTO people VALUES (4, 'later', 1)");
        catchUp();
        await(() -> table("shop", "people").path("stale").asBoolean());
        assertThat(table("shop", "people").path("state").asText()).isEqualTo("STREAMING");
        assertThat(table("shop", "people").path("code").asText()).isEqualTo("INVALID_CONFIGURATION");
        assertThat(table("shop", "people").path("reason").asText())
                .contains("shop.people", "snapshot.mode=no_data", "phone")
                .doesNotContain(CANARY);
        assertThat(table("shop", "people").path("remedy").asText()).contains("./dolake resume shop.people");
        assertThat(column("phone")).as("it goes on").containsValue("later");
        task.stop();
        task.start();
        await(() -> table("shop", "people").path("stale").asBoolean());
        // Its table is told before its database streams, and only then it can be resumed.
        await(() -> resume("shop.people"));
        await(() -> !task.offset("shop").containsKey("faults"));
        assertThat(column("phone")).hasSize(4).containsValue(CANARY);
        await(() -> table("shop", "people").path("code").isMissingNode());
    }

    /** A table of which no rows are to be read in snapshots is not read here either, and says so. */
    @Test
    void aTableThatSnapshotsLeaveOutIsNotReadUnasked() throws Exception {
        start("snapshot.include.collection.list", "shop.orders", "column.mask.with.3.chars", "shop.*.(phone|item)");
        catchUp();
        task.stop();
        task.unset("column.mask.with.3.chars");
        task.start();
        await(() -> table("shop", "people").path("stale").asBoolean() && truncates("orders") == 2);
        assertThat(table("shop", "people").path("reason").asText()).contains("snapshot.include.collection.list");
        assertThat(of("people")).isEmpty();
        // Its table is told before its database streams, and only then it can be resumed.
        await(() -> resume("shop.people"));
        await(() -> !task.offset("shop").containsKey("faults"));
        assertThat(column("phone")).containsValue(CANARY);
    }

    /** flink-cdc 833: an update of nothing but what is left out, or masked, says nothing to anybody. */
    @Test
    void anUpdateOfWhatIsKeptBackIsLeftOutWhereAskedFor() throws Exception {
        start(
                "skip.messages.without.change",
                "true",
                "column.exclude.list",
                "shop.people.phone",
                "column.mask.with.3.chars",
                "shop.orders.item");
        catchUp();
        int before = task.records().size();
        engine.exec("shop", "UPDATE people SET phone = 'other'");
        engine.exec("shop", "UPDATE orders SET item = 'other'");
        catchUp();
        assertThat(task.records()).hasSize(before);
        engine.exec("shop", "UPDATE people SET phone = 'third', born = 1 WHERE id = 1");
        catchUp();
        assertThat(task.records()).hasSize(before + 1);
    }

    @Test
    void afterInitialOnlyATableSaysThatItIsNotAsTheSettingsSayNow() throws Exception {
        start("snapshot.mode", "initial_only", "column.exclude.list", "shop.people.phone");
        catchUp();
        task.stop();
        task.unset("column.exclude.list");
        task.start();
        await(() -> is(database("shop"), "STOPPED")
                && table("shop", "people").path("stale").asBoolean());
        assertThat(table("shop", "orders").path("stale").isMissingNode()).isTrue();
        task.stop();
        task.set("snapshot.mode", "initial");
        task.start();
        catchUp();
        await(() -> !task.offset("shop").containsKey("filters"));
        assertSame("with the remedy");
    }
}
