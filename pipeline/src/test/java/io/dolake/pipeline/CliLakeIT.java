/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The contract of the commands on the lake: flush, sync, verify, lake, resume. */
class CliLakeIT extends RunningPipeline {
    @Test
    void flushesTheSink() {
        cli.run("sql", "flushed", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        cli.run("sync", "flushed").succeeded();
        assertThat(cli.run("flush").succeeded().out()).contains("dolake-sink");
        cli.run("flush", "--connector", "nobody").failed("CONNECTION_ERROR");
        cli.run("flush", "--timeout", "61").failed("INVALID_ARGUMENT");
    }

    /** FAULTS C14, from end to end: one table cannot be written, another continues; it is shown, and after it is resumed both are equal. */
    @Test
    void suspendsALakeTableAndResumesIt() throws Exception {
        String create = "CREATE TABLE sick(id INTEGER PRIMARY KEY); CREATE TABLE well(id INTEGER PRIMARY KEY);";
        cli.run("sql", "aside", create + "INSERT INTO sick VALUES (1); INSERT INTO well VALUES (1)")
                .succeeded();
        cli.run("sync", "aside").succeeded();
        assertThat(cli.run("resume", "--lake").succeeded().out()).contains("nothing to resume");
        Path data = Home.of(dir).warehouse().resolve("aside/sick/data");
        Path away = data.resolveSibling("away");
        Files.move(data, away);
        Files.writeString(data, "");
        cli.run("sql", "aside", "INSERT INTO sick VALUES (2); INSERT INTO well VALUES (2)")
                .succeeded();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    String status = cli.run("status").succeeded().out();
                    return status.contains("NOT WELL    table aside.sick SUSPENDED")
                            && status.contains("resume --lake aside.sick");
                });
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> cli.run("lake", "aside.well").succeeded().out().contains("2"));
        cli.run("resume", "--lake", "aside.none").failed("INVALID_ARGUMENT");
        Files.delete(data);
        Files.move(away, data);
        assertThat(cli.run("resume", "--lake", "aside.sick").succeeded().out())
                .contains("aside.sick is resumed by the sink");
        cli.run("sync", "aside").succeeded();
        cli.run("verify", "aside").succeeded();
        assertThat(cli.run("status").succeeded().out()).doesNotContain("NOT WELL");
    }

    @Test
    void syncsVerifiesAndReadsTheLake() {
        cli.run(
                        "sql",
                        "shop",
                        "CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT, price REAL); INSERT INTO orders"
                                + " VALUES (1, 'cable', 2), (2, 'mouse', 19.5), (3, 'gone', 0)")
                .succeeded();
        cli.run("sql", "shop", "UPDATE orders SET price = 20 WHERE id = 2; DELETE FROM orders WHERE id = 3")
                .succeeded();
        JsonNode synced = cli.run("sync", "shop", "--json").succeeded().json().get(0);
        assertThat(synced.path("lsn").asLong()).isPositive();
        assertThat(synced.path("seconds").isNumber()).isTrue();
        assertThat(cli.run("lake", "shop.orders", "--json").succeeded().out().lines())
                .containsExactlyInAnyOrder(
                        "{\"id\":1,\"item\":\"cable\",\"price\":2.0}", "{\"id\":2,\"item\":\"mouse\",\"price\":20.0}");
        assertThat(cli.run("verify", "shop").succeeded().out()).contains("no difference");
    }

    @Test
    void verifiesWhileAWriterNeverRests() throws InterruptedException {
        cli.run("sql", "busy", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)").succeeded();
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Thread writer = new Thread(() -> {
            try (DoSqlClient engine = PipelineCommand.engine(Ports.last(Home.of(dir)), null)) {
                while (!stopped.get()) {
                    engine.exec("busy", Statement.of("INSERT INTO t(v) VALUES (random())"));
                }
            } catch (RuntimeException e) {
                failure.set(e);
            }
        });
        writer.start();
        Cli.Result result = cli.run("verify", "busy");
        stopped.set(true);
        writer.join();
        result.succeeded();
        assertThat(failure.get()).isNull();
    }

    @Test
    void verifySeesWhatIsMissingAndWhatIsThereTwice() throws IOException {
        cli.run(
                        "sql",
                        "damaged",
                        "CREATE TABLE a(id INTEGER PRIMARY KEY, v); CREATE TABLE b(id INTEGER PRIMARY KEY, v);"
                                + " INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'x')")
                .succeeded();
        cli.run("sync", "damaged").succeeded();
        Tampering.duplicateFiles(Home.of(dir), "damaged", "a");
        Tampering.deleteAll(Home.of(dir), "damaged", "b");
        Cli.Result result = cli.run("verify", "damaged");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).contains("a: row id=1", "too often", "b: row id=1", "missing in the lake");
    }

    @Test
    void verifiesThatEachKeyIsLiveOnce() throws IOException {
        cli.run(
                        "sql",
                        "keyed",
                        "CREATE TABLE a(id INTEGER PRIMARY KEY, v); CREATE TABLE b(x TEXT, y INT, v, PRIMARY KEY (x, y));"
                                + " INSERT INTO a VALUES (1, 'x'), (2, 'y'); INSERT INTO b VALUES ('p', 1, 0), ('p', 2, 0)")
                .succeeded();
        cli.run("sync", "keyed").succeeded();
        cli.run("sql", "keyed", "UPDATE a SET v = 'z'; UPDATE b SET v = 1").succeeded();
        cli.run("sync", "keyed").succeeded();
        assertThat(cli.run("verify", "keyed", "--keys", "--all-snapshots")
                        .succeeded()
                        .out()
                        .lines())
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(line -> assertThat(line).contains("2 keys, each live once"))
                .anySatisfy(line -> assertThat(line).startsWith("keyed.b  key x, y"));

        assertThat(cli.run("maintain", "keyed.a", "--min-input-files", "2")
                        .succeeded()
                        .out())
                .contains("2 files rewritten to 1 (2 rows)");
        JsonNode again = cli.run("maintain", "keyed.a", "--min-input-files", "2", "--json")
                .json()
                .get(0);
        assertThat(again.path("rewrittenFiles").asInt(-1)).isZero();
        cli.run("sql", "keyed", "UPDATE a SET v = 'w'").succeeded();
        cli.run("sync", "keyed").succeeded();
        cli.run("verify", "keyed").succeeded();
        cli.run("maintain", "keyed.none").failed("TABLE_NOT_FOUND");
        cli.run("maintain", "keyed.a", "--orphan-hours", "-1").failed("INVALID_CONFIGURATION");

        Tampering.duplicateFiles(Home.of(dir), "keyed", "a");
        Cli.Result twice = cli.run("verify", "keyed.a", "--keys");
        assertThat(twice.status()).isEqualTo(1);
        assertThat(twice.out()).contains("MORE THAN ONCE", "again at ");
        Path catalog = other.resolve("sink.json");
        Files.writeString(
                catalog,
                "{\"connector.class\": \"${env:NOT_SET_FOR_THIS}\", \"iceberg.catalog.type\": \"jdbc\", \"iceberg.catalog.jdbc.schema-version\": \"V1\","
                        + " \"iceberg.catalog\": \"dolake\", \"iceberg.catalog.uri\": \"jdbc:sqlite:"
                        + Home.of(dir).catalog() + "\", \"iceberg.catalog.warehouse\": \""
                        + Home.of(dir).warehouse() + "\"}");
        List<JsonNode> found = cli.run(
                        "verify", "keyed.a", "--keys", "--all-snapshots", "--json", "--catalog", catalog.toString())
                .json();
        assertThat(found.get(found.size() - 1).path("duplicates").asLong()).isPositive();
        assertThat(found.get(found.size() - 2).path("duplicates").asLong()).isZero();
        cli.run("verify", "keyed.none", "--keys").failed("TABLE_NOT_FOUND");
        cli.run("verify", "keyed.b", "--keys", "--key-columns", "nothing").failed("COLUMN_NOT_FOUND");
    }

    /** FAULTS C11, from end to end. */
    @Test
    void seesAMissingTableAndFillsItAgain() throws IOException {
        cli.run("sql", "lost", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        cli.run("sync", "lost").succeeded();
        Tampering.dropTable(Home.of(dir), "lost", "t");
        Cli.Result result = cli.run("verify", "lost");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).contains("the lake has no such table");
        cli.run("sql", "lost", "INSERT INTO t VALUES (2)").succeeded();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> cli.run("status").succeeded().out().contains("NOT WELL    table lost.t SUSPENDED"));
        assertThat(cli.run("resume", "--lake", "lost.t")
                        .failed("INVALID_CONFIGURATION")
                        .err())
                .contains("--from start", "--from held");
        cli.run("resume", "--lake", "lost.t", "--from", "start").succeeded();
        cli.run("sync", "lost").succeeded();
        cli.run("verify", "lost").succeeded();
    }

    @Test
    void namesATableThatTheLakeDoesNotHave() {
        cli.run("sql", "some", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        cli.run("sync", "some").succeeded();
        assertThat(cli.run("lake", "some.other").failed("TABLE_NOT_FOUND").err())
                .contains("some.t");
    }
}
