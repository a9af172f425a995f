/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.StateBeans.database;
import static io.dolake.connector.dosql.StateBeans.is;
import static io.dolake.connector.dosql.StateBeans.resume;
import static io.dolake.connector.dosql.StateBeans.streaming;
import static io.dolake.connector.dosql.StateBeans.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** B3, A6, B5: what is odd harms only itself, says so, and comes back. */
class SetAsideIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String ORDERS = "CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT)";
    private static final String ODD = "CREATE TABLE odd(fussy TEXT, n INTEGER)";
    private static final String ODD_ROW = "INSERT INTO odd VALUES ('odd', 1)";

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
        task.set("converters", "fussy");
        task.set("fussy.type", FussyConverter.class.getName());
        task.start();
    }

    private void catchUp(String... databases) throws InterruptedException {
        for (String database : databases) {
            task.pollTo(database, engine.lsn(database));
        }
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

    private interface Check {
        boolean holds() throws Exception;
    }

    private void assertSame(String database, String as) {
        Replica.of(task.records()).assertSameAs(engine.client(), database, as);
    }

    @Test
    void aTableThatTurnsOddInTheStreamIsSetAsideStaysSoAndComesBackEqual() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen')", ODD);
        engine.create("other", ORDERS);
        start(List.of("shop", "other"));
        catchUp("shop", "other");
        engine.exec("shop", ODD_ROW);
        engine.exec("shop", "INSERT INTO orders VALUES (2, 'ink')");
        engine.exec("other", "INSERT INTO orders VALUES (1, 'pen')");
        catchUp("shop", "other");
        assertThat(Replica.of(task.records()).rows("shop", "orders")).hasSize(2);
        assertSame("other", "beside a table that is set aside");
        assertThat(task.offset("shop")).containsKey("faults");
        JsonNode odd = table("shop", "odd");
        assertThat(odd.path("state").asText()).isEqualTo("SUSPENDED");
        assertThat(odd.path("code").asText()).isEqualTo("INTERNAL_ERROR");
        assertThat(odd.path("reason").asText()).contains("'shop.odd.fussy'").doesNotContain("secret");
        assertThat(odd.path("remedy").asText()).contains("./dolake resume shop.odd");
        assertThat(table("shop", "orders").path("state").asText()).isEqualTo("STREAMING");

        task.stop();
        task.start();
        await(() -> is(table("shop", "odd"), "SUSPENDED"));
        engine.exec("shop", "UPDATE odd SET fussy = 'x'");
        engine.exec("shop", "INSERT INTO odd VALUES ('y', 2)");
        catchUp("shop");
        assertThat(resume("shop.odd")).isTrue();
        await(() -> is(table("shop", "odd"), "STREAMING"));
        engine.exec("shop", "INSERT INTO odd VALUES ('z', 3)");
        catchUp("shop");
        assertThat(task.offset("shop")).doesNotContainKey("faults");
        assertThat(Replica.of(task.records()).rows("shop", "odd")).hasSize(3);
    }

    @Test
    void aTableThatIsResumedAndStillOddStaysAside() throws Exception {
        engine.create("shop", ORDERS, ODD, ODD_ROW);
        start(List.of("shop"));
        catchUp("shop");
        String since = table("shop", "odd").path("since").asText();
        assertThat(resume("shop.odd")).isTrue();
        assertThat(resume("shop.nosuch")).isFalse();
        assertThat(resume("nosuch")).isFalse();
        await(() -> {
            JsonNode odd = table("shop", "odd");
            return is(odd, "SUSPENDED") && !odd.path("since").asText().equals(since);
        });
        engine.exec("shop", "INSERT INTO orders VALUES (1, 'pen')");
        catchUp("shop");
        assertThat(Replica.of(task.records()).rows("shop", "orders")).hasSize(1);
    }

    @Test
    void anOddTableInTheSnapshotLeavesTheOthersAlone() throws Exception {
        engine.create("shop", "CREATE TABLE \"\"(id INTEGER PRIMARY KEY)", ODD, ODD_ROW, ORDERS);
        engine.exec("shop", "INSERT INTO orders VALUES (1, 'pen')");
        start(List.of("shop"));
        catchUp("shop");
        assertThat(Replica.of(task.records()).rows("shop", "orders")).hasSize(1);
        assertThat(table("shop", "").path("state").asText()).isEqualTo("SUSPENDED");
        await(() -> streaming("shop", "State").equals("STREAMING"));
    }

    /** A member of the kind: what a producer would not take fails the task, so it is not given to it. */
    @Test
    void aRowThatIsTooLargeForKafkaSetsItsTableAside() throws Exception {
        engine.create("shop", ORDERS, "CREATE TABLE large(id INTEGER PRIMARY KEY, b BLOB, t TEXT)");
        engine.exec("shop", "INSERT INTO large VALUES (1, zeroblob(2000), 'x')");
        start(List.of("shop"), "producer.override.max.request.size", "4000");
        catchUp("shop");
        assertThat(Replica.of(task.records()).rows("shop", "large")).hasSize(1);
        engine.exec("shop", "UPDATE large SET b = zeroblob(1500)"); // before and after are sent
        engine.exec("shop", "INSERT INTO orders VALUES (1, 'pen')");
        catchUp("shop");
        assertThat(Replica.of(task.records()).rows("shop", "orders")).hasSize(1);
        JsonNode large = table("shop", "large");
        assertThat(large.path("code").asText()).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(large.path("reason").asText())
                .isEqualTo(
                        "Cannot carry table shop.large: a change of a row has 4814 bytes, more than the 3750 of event.max.bytes");
        assertThat(resume("shop.large")).isTrue();
        await(() -> is(table("shop", "large"), "STREAMING")); // what it holds now is not too large
        assertSame("shop", "read anew");

        engine.exec("shop", "UPDATE large SET t = replace(hex(zeroblob(400)), '0', char(1))"); // six bytes each
        catchUp("shop");
        assertThat(table("shop", "large").path("code").asText()).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(resume("shop.large")).isTrue();
        await(() -> table("shop", "large").path("reason").asText().contains(" a change of a row has 6"));
        engine.exec("shop", "UPDATE large SET t = NULL");
        catchUp("shop");
        assertThat(resume("shop.large")).isTrue();
        await(() -> is(table("shop", "large"), "STREAMING"));
        catchUp("shop");
        assertSame("shop", "after the row was made smaller");
    }

    @Test
    void withFailTheTaskFailsAsDebeziumUsersExpect() throws Exception {
        engine.create("shop", ODD, ODD_ROW);
        start(List.of("shop"), "event.processing.failure.handling.mode", "fail");
        assertThatThrownBy(() -> task.poll(() -> false, SOON))
                .isInstanceOf(ConnectException.class)
                .hasStackTraceContaining("Cannot carry table shop.odd");
    }

    @Test
    void aSignalBringsATableBack() throws Exception {
        Path signals = directory.resolve("signals.json");
        Files.writeString(signals, "");
        engine.create("shop", ODD, ODD_ROW);
        start(
                List.of("shop"),
                "signal.enabled.channels",
                "file",
                "signal.file",
                signals.toString(),
                "signal.poll.interval.ms",
                "100");
        catchUp("shop");
        assertThat(table("shop", "odd").path("state").asText()).isEqualTo("SUSPENDED");
        engine.exec("shop", "UPDATE odd SET fussy = 'x'");
        catchUp("shop");
        Files.writeString(
                signals, "{\"id\":\"1\",\"type\":\"resume\",\"data\":{\"data-collections\":[\"shop.odd\"]}}\n");
        await(() -> is(table("shop", "odd"), "STREAMING"));
        assertThat(Replica.of(task.records()).rows("shop", "odd")).hasSize(1);
    }

    /** B5: the other databases of the task do not stand still while one is another one under its name. */
    @Test
    void aReplacedDatabaseWaitsIfItIsToldToAndIsReadAnewWhenResumed() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen')");
        engine.create("other", ORDERS);
        start(List.of("shop", "other"), "database.replaced.handling.mode", "suspend");
        catchUp("shop", "other");
        engine.client().drop("shop");
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (9, 'ink')");
        task.stop();
        task.start();
        await(() -> is(database("shop"), "SUSPENDED"));
        assertThat(database("shop").path("code").asText()).isEqualTo("CDC_EPOCH_MISMATCH");
        engine.exec("other", "INSERT INTO orders VALUES (1, 'pen')");
        catchUp("other");
        assertSame("other", "beside a database that is set aside");
        assertThat(resume("shop")).isTrue();
        await(() -> is(database("shop"), "STREAMING"));
        catchUp("shop");
        assertSame("shop", "after it was resumed");
    }

    /** B5: a table that is not there yet when the new database is read, but later. */
    @Test
    void aTableThatAReplacedDatabaseMakesLaterHasItsOwnRowsOnly() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen')");
        start(List.of("shop"));
        catchUp("shop");
        engine.client().drop("shop");
        engine.create("shop", "CREATE TABLE first(id INTEGER PRIMARY KEY)", "INSERT INTO first VALUES (1)");
        catchUp("shop");
        task.stop();
        task.start();
        engine.exec("shop", ORDERS);
        engine.exec("shop", "INSERT INTO orders VALUES (9, 'ink')");
        catchUp("shop");
        assertSame("shop", "with a table that was made later");
    }

    /** A member of the kind: a change log that is damaged where one database stands. */
    @Test
    void aDamagedChangeLogSetsItsDatabaseAsideAndResumeReadsItAnew() throws Exception {
        engine.create("shop", ORDERS);
        engine.create("other", ORDERS);
        start(List.of("shop", "other"));
        catchUp("shop", "other");
        task.stop();
        engine.exec("shop", "INSERT INTO orders VALUES (1, 'pen')");
        engine.stopServer();
        try (Connection log = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("shop.log.db"));
                java.sql.Statement statement = log.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE _wal_segments SET data = zeroblob(length(data))"))
                    .isPositive();
        }
        engine.restart();
        task.start();
        await(() -> is(database("shop"), "SUSPENDED"));
        assertThat(database("shop").path("code").asText()).isEqualTo("CHANGE_LOG_CORRUPT");
        assertThat(database("shop").path("remedy").asText()).contains("./dolake resume shop");
        engine.exec("other", "INSERT INTO orders VALUES (1, 'pen')");
        catchUp("other");
        assertSame("other", "beside a damaged change log");
        assertThat(resume("shop")).isTrue();
        await(() -> is(database("shop"), "STREAMING"));
        engine.exec("shop", "INSERT INTO orders VALUES (2, 'ink')");
        catchUp("shop");
        assertSame("shop", "read anew past the damage");
    }

    @Test
    void aChangeThatCannotBeCarriedIsADeadLetterWithItsPositionAndItsRow() throws Exception {
        engine.create("shop", ODD);
        start(List.of("shop"), "dead.letters.enable", "true", "event.processing.failure.handling.mode", "skip");
        catchUp("shop");
        engine.exec("shop", ODD_ROW);
        long lsn = engine.lsn("shop");
        engine.exec("shop", "INSERT INTO odd VALUES ('fine', 2)");
        catchUp("shop");
        List<SourceRecord> letters = letters();
        assertThat(letters).hasSize(1);
        Struct letter = (Struct) letters.get(0).value();
        assertThat(letter.getString("table")).isEqualTo("odd");
        assertThat(letter.getInt64("lsn")).isEqualTo(lsn);
        assertThat(letter.getInt64("event")).isZero();
        assertThat(letter.getString("operation")).isEqualTo("c");
        assertThat(letter.getString("epoch"))
                .isEqualTo(engine.client().status("shop").epoch());
        assertThat(letter.getString("afterSchema")).isEqualTo(ODD);
        assertThat(new String(letter.getBytes("after"), StandardCharsets.UTF_8)).contains("odd");
        assertThat(Replica.of(task.records()).rows("shop", "odd")).hasSize(1);
        assertThat(table("shop", "odd").path("skipped").asLong()).isEqualTo(1);
        task.stop();
        task.start();
        engine.exec("shop", "UPDATE odd SET fussy = 'x'");
        catchUp("shop");
        assertThat(resume("shop.odd")).isTrue();
        await(() -> !task.offset("shop").containsKey("faults"));
        assertThat(letters())
                .as("each once; the update has the odd value in its before image")
                .extracting(record -> ((Struct) record.value()).getString("operation"))
                .containsExactly("c", "u");
    }

    private List<SourceRecord> letters() {
        return task.records().stream()
                .filter(record -> record.topic().equals("dosql.dead-letters"))
                .toList();
    }

    @Test
    void aDeadLetterHasNoRowWhereColumnsAreMasked() throws Exception {
        engine.create("shop", ODD);
        start(
                List.of("shop"),
                "dead.letters.enable",
                "true",
                "dead.letters.topic",
                "dosql.dead-letters",
                "column.mask.with.3.chars",
                "shop.odd.n");
        catchUp("shop");
        engine.exec("shop", ODD_ROW);
        catchUp("shop");
        Struct letter = (Struct) letters().get(0).value();
        assertThat(letter.getBytes("after")).isNull();
        assertThat(letter.getInt64("rowid")).isNull();
    }

    /** errors.tolerance=all: the harness, as a worker does then, says of each record that it was dropped. */
    @Test
    void aTableOfWhichTheWorkerDropsEventsIsNotEqual() throws Exception {
        engine.create("shop", ORDERS);
        start(List.of("shop"), "errors.tolerance", "all");
        catchUp("shop");
        engine.exec("shop", "INSERT INTO orders VALUES (1, 'pen')");
        catchUp("shop");
        await(() -> table("shop", "orders").path("skipped").asLong() > 0);
        assertThat(table("shop", "orders").path("reason").asText()).contains("errors.tolerance=all");
        await(() -> task.offset("shop").containsKey("faults"));
    }

    /** A member of the kind: a notification tells each change of state, with the offset of the database. */
    @Test
    void changesOfStateAreNotified() throws Exception {
        engine.create("shop", ODD);
        start(List.of("shop"), "notification.enabled.channels", "sink", "notification.sink.topic.name", "notices");
        catchUp("shop");
        engine.exec("shop", ODD_ROW);
        catchUp("shop");
        await(() -> notices().contains("SUSPENDED odd INTERNAL_ERROR"));
        engine.exec("shop", "UPDATE odd SET fussy = 'x'");
        assertThat(resume("shop.odd")).isTrue();
        await(() -> notices().lastIndexOf("STREAMING odd null") > notices().indexOf("SUSPENDED odd INTERNAL_ERROR"));
        assertThat(notices()).contains("STREAMING null null");
    }

    /** The framework's notice of the first snapshot carries an empty offset, which may be the last that is stored. */
    @Test
    void anEmptyOffsetIsNone() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen')");
        start(List.of("shop"), "notification.enabled.channels", "sink", "notification.sink.topic.name", "notices");
        task.pollAndKill(1, () -> false);
        assertThat(task.offset("shop")).isEmpty();
        task.start();
        catchUp("shop");
        assertSame("shop", "after a start that stored nothing");
    }

    private List<String> notices() {
        return task.records().stream()
                .filter(record -> record.topic().equals("notices"))
                .map(record -> (Struct) record.value())
                .filter(value -> value.getString("aggregate_type").equals(StateNotices.AGGREGATE))
                .map(value -> value.getString("type")
                        + " " + value.getMap("additional_data").get("table")
                        + " " + value.getMap("additional_data").get("code"))
                .toList();
    }
}
