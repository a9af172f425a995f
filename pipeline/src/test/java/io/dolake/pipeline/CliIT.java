/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the command line, on a pipeline that runs in a process of its own. */
class CliIT {
    @TempDir
    static Path dir;

    @TempDir
    Path other;

    private static Cli cli;

    @BeforeAll
    static void start() {
        cli = new Cli(dir);
        Cli.Result up = cli.up().succeeded();
        assertThat(up.out())
                .contains("engine", "Kafka", "connector   dosql-source runs", "connector   dolake-sink runs");
    }

    @AfterAll
    static void stop() {
        Cli.Result down = cli.run("down").succeeded();
        assertThat(down.out()).contains("stopped");
        if (down.out().contains("recovers")) {
            // Kafka and Jetty may wait for minutes; seen once. What for is in the log.
            System.out.println(down.out() + log());
        }
        assertThat(cli.run("down").succeeded().out()).contains("nothing runs");
    }

    private static String log() {
        try {
            return Files.readString(Home.of(dir).logs().resolve("pipeline.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refusesASecondProcessOnTheSameDirectory() {
        assertThat(cli.up().failed("ADDRESS_IN_USE").err()).contains("runs it already");
    }

    @Test
    void createsADatabaseOnFirstUse() {
        Cli.Result result = cli.run("sql", "first", "CREATE TABLE t(a)").succeeded();
        assertThat(result.err()).contains("created database first");
    }

    @Test
    void printsRowsAsJsonInTheFormOfValues() {
        Cli.Result result = cli.run(
                        "sql",
                        "json",
                        "--json",
                        "SELECT 1 AS i, 1.0 AS r, 'ü' AS t, x'00ff' AS b, NULL AS n, 9e999 AS inf")
                .succeeded();
        assertThat(result.out())
                .isEqualTo("{\"i\":1,\"r\":1.0,\"t\":\"ü\",\"b\":{\"blob\":\"00ff\"},\"n\":null,"
                        + "\"inf\":{\"real\":\"Infinity\"}}\n");
    }

    @Test
    void runsAScriptInOneSession() {
        String script = """
                CREATE TABLE t(id INTEGER PRIMARY KEY, v);
                CREATE TABLE log(v);
                CREATE TRIGGER tr AFTER INSERT ON t BEGIN
                  INSERT INTO log VALUES (new.v || ';');
                END;
                BEGIN;
                INSERT INTO t VALUES (1, 'a'), (2, 'b'); -- two; rows
                ROLLBACK;
                BEGIN;
                INSERT INTO t VALUES (3, 'c');
                COMMIT;
                """;
        cli.runWithInput(script, "sql", "script").succeeded();
        assertThat(cli.run("sql", "script", "--json", "SELECT t.*, log.v AS l FROM t, log")
                        .out())
                .isEqualTo("{\"id\":3,\"v\":\"c\",\"l\":\"c;\"}\n");
    }

    @Test
    void stopsAtTheFirstStatementThatFailsAndSaysItsLine() {
        String script = "CREATE TABLE t(id INTEGER PRIMARY KEY);\nINSERT INTO t VALUES (1);\n\n"
                + "BEGIN;\nINSERT INTO t VALUES (2);\nINSERT INTO t\n VALUES (1);\nINSERT INTO t VALUES (3);\nCOMMIT;\n";
        assertThat(cli.run("sql", "failing", "SELECT 1").succeeded().err()).isEqualTo("created database failing\n");
        Cli.Result result = cli.runWithInput(script, "sql", "failing").failed("CONSTRAINT_VIOLATION");
        assertThat(result.err()).contains("Line 6").contains("rolled back");
        assertThat(cli.run("sql", "failing", "--json", "SELECT id FROM t").out())
                .isEqualTo("{\"id\":1}\n");
    }

    @Test
    void explainsATypo() {
        cli.run("sql", "typo", "SELECT 1").succeeded();
        Cli.Result result = cli.run("sql", "typo", "SELCT 1").failed("SYNTAX_ERROR");
        assertThat(result.err()).contains("Line 1").contains("SELECT");
    }

    @Test
    void refusesAScriptThatEndsInsideATransaction() {
        cli.run("sql", "open", "CREATE TABLE t(a)").succeeded();
        cli.runWithInput("BEGIN; INSERT INTO t VALUES (1)", "sql", "open").failed("TRANSACTION_STATE");
        cli.runWithInput("SAVEPOINT s; INSERT INTO t VALUES (1)", "sql", "open").failed("TRANSACTION_STATE");
        cli.runWithInput("SAVEPOINT s; RELEASE s", "sql", "open").succeeded();
        assertThat(cli.run("sql", "open", "--json", "SELECT * FROM t").out()).isEmpty();
    }

    @Test
    void flushesTheSink() {
        cli.run("sql", "flushed", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        cli.run("sync", "flushed").succeeded();
        assertThat(cli.run("flush").succeeded().out()).contains("dolake-sink");
        cli.run("flush", "--connector", "nobody").failed("CONNECTION_ERROR");
        cli.run("flush", "--timeout", "61").failed("INVALID_ARGUMENT");
    }

    /** FAULTS C14, from end to end: one table cannot be written, another goes on; it is shown, and comes back equal. */
    @Test
    void setsALakeTableAsideAndBringsItBack() throws Exception {
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
            try (DoSqlClient engine = PipelineCommand.engine(Ports.last(Home.of(dir)))) {
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
    void seesAMissingTableAndFillsItAnew() throws IOException {
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
    void namesADatabaseThatDoesNotExist() {
        assertThat(cli.run("sync", "nowhere").failed("DATABASE_NOT_FOUND").err())
                .contains("nowhere");
        assertThat(cli.run("verify", "nowhere").failed("DATABASE_NOT_FOUND").err())
                .contains("nowhere");
    }

    @Test
    void namesATableThatTheLakeDoesNotHave() {
        cli.run("sql", "some", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        cli.run("sync", "some").succeeded();
        assertThat(cli.run("lake", "some.other").failed("TABLE_NOT_FOUND").err())
                .contains("some.t");
    }

    @Test
    void refusesToImportWhatIsNoDatabase() throws IOException {
        Path text = Files.writeString(
                other.resolve("text.db"), "this is no database, but long enough to be one".repeat(99));
        cli.run("import", "text", text.toString()).failed("INVALID_DATABASE_FILE");
        cli.run("import", "absent", other.resolve("absent.db").toString()).failed("INVALID_DATABASE_FILE");
        assertThat(cli.run("sync", "text").status()).isEqualTo(1);
    }

    /** A3: the log is beside the target. The remedy of the refusal is a copy. */
    @Test
    void refusesToImportALinkToADatabaseWithChangesInItsLog() throws Exception {
        Path real =
                SqliteFiles.withLog(Files.createDirectory(other.resolve("real")).resolve("linked.db"));
        Path link = Files.createSymbolicLink(other.resolve("link.db"), real);
        assertThat(cli.run("import", "linked", link.toString())
                        .failed("INVALID_DATABASE_FILE")
                        .err())
                .contains("link.db", "linked.db-wal beside it holds changes", "VACUUM INTO");
        List<JsonNode> events =
                cli.run("wal", "dump", link.toString(), "--json").succeeded().json();
        assertThat(events).hasSize(4);
        Path alone = SqliteFiles.create(other.resolve("alone.db"), 10);
        Path second = Files.createSymbolicLink(other.resolve("second.db"), alone);
        cli.run("import", "second", second.toString()).succeeded();
        Files.createLink(other.resolve("third.db"), alone);
        assertThat(cli.run("import", "third", alone.toString())
                        .failed("INVALID_DATABASE_FILE")
                        .err())
                .contains("hard links");
        cli.run("import", "third", other.toString()).failed("INVALID_DATABASE_FILE");
    }

    @Test
    void refusesToImportADatabaseWithDamagedPages() throws Exception {
        Path file = SqliteFiles.create(other.resolve("damaged.db"), 500);
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 5_000; i < bytes.length; i += 3) {
            bytes[i] ^= 0x5A;
        }
        Files.write(file, bytes);
        cli.run("import", "damagedpages", file.toString()).failed("INVALID_DATABASE_FILE");
    }

    @Test
    void importsAFileOnce() throws Exception {
        Path file = SqliteFiles.create(other.resolve("good.db"), 500);
        cli.run("import", "good", file.toString()).succeeded();
        cli.run("import", "good", file.toString()).failed("DATABASE_EXISTS");
        List<JsonNode> verified =
                cli.run("verify", "good", "--json").succeeded().json();
        assertThat(verified.get(verified.size() - 1).path("rows").asLong()).isEqualTo(500);
    }

    @Test
    void namesTheTakenPortAndItsOption() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(Ports.HOST))) {
            String port = Integer.toString(taken.getLocalPort());
            Cli.Result result = new Cli(other)
                    .run("up", "--detach", "--engine-port", port, "--kafka-port", "0", "--connect-port", "0")
                    .failed("ADDRESS_IN_USE");
            assertThat(result.err()).contains(port).contains("--engine-port");
        }
    }

    @Test
    void showsTheStatus() {
        cli.run("sql", "shown", "CREATE TABLE t(id INTEGER PRIMARY KEY)").succeeded();
        JsonNode status = cli.run("status", "--json").succeeded().json().get(0);
        assertThat(status.path("state").asText()).isEqualTo("RUNNING");
        assertThat(status.path("sinkTasks")).isNotEmpty().allSatisfy(task -> {
            assertThat(task.path("state").asText()).isEqualTo("RUNNING");
            assertThat(task.path("buffer").path("sizeBytes").isIntegralNumber()).isTrue();
            assertThat(task.path("buffer").path("full").isBoolean()).isTrue();
        });
        assertThat(status.path("connectors")).hasSize(2);
        assertThat(status.path("databases").findValuesAsText("name")).contains("shown");
        assertThat(cli.run("status").succeeded().out()).contains("shown");
    }

    @Test
    void dumpsAWriteAheadLog() throws Exception {
        Path file = SqliteFiles.withLog(other.resolve("foreign.db"));
        List<JsonNode> lines =
                cli.run("wal", "dump", file.toString(), "--json").succeeded().json();
        assertThat(lines).extracting(line -> line.path("op").asText()).containsExactly("ddl", "c", "u", "d");
        assertThat(lines.get(1).path("after").toString())
                .isEqualTo("{\"id\":1,\"r\":1.0,\"t\":\"x\",\"b\":{\"blob\":\"00ff\"}}");
        assertThat(lines.get(3).path("after").isNull()).isTrue();
    }

    @Test
    void listsAndVerifiesTheChangeLogOfADatabase() {
        cli.run("sql", "logged", "CREATE TABLE t(a); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)")
                .succeeded();
        cli.run("sync", "logged").succeeded();
        List<JsonNode> segments =
                cli.run("wal", "list", "logged", "--json").succeeded().json();
        assertThat(segments).isNotEmpty();
        assertThat(segments.stream()
                        .mapToLong(segment -> segment.path("events").asLong())
                        .sum())
                .isEqualTo(3);
        assertThat(cli.run("wal", "verify", "logged").succeeded().out()).contains("3 events", "no fault");
        cli.run("wal", "verify", "nowhere").failed("DATABASE_NOT_FOUND");
        String file = dir.resolve("engine/logged.log.db").toString();
        assertThat(cli.run("wal", "list", file).failed("CONNECTION_ERROR").err())
                .contains("an engine has it open");
    }

    @Test
    void looksForWhatAnotherSinkLeftUncommitted() throws IOException {
        Path sink = other.resolve("apache.json");
        String catalog = "\"iceberg.catalog.type\": \"jdbc\", \"iceberg.catalog\": \"dolake\","
                + " \"iceberg.catalog.jdbc.schema-version\": \"V1\", \"iceberg.catalog.uri\": \"jdbc:sqlite:"
                + Home.of(dir).catalog() + "\", \"iceberg.catalog.warehouse\": \""
                + Home.of(dir).warehouse() + "\"";
        Files.writeString(sink, "{\"name\": \"nobody\", \"config\": {" + catalog + "}}");
        assertThat(cli.run("takeover", "--config", sink.toString())
                        .failed("INVALID_CONFIGURATION")
                        .err())
                .contains("iceberg.kafka.bootstrap.servers");
        String brokers = Ports.last(Home.of(dir)).bootstrapServers();
        assertThat(cli.run("takeover", "--config", sink.toString(), "--bootstrap-server", brokers)
                        .failed("INVALID_CONFIGURATION")
                        .err())
                .contains("no consumer group connect-nobody", "check name");
        Files.writeString(sink, "{\"name\": \"dolake-sink\", " + catalog + "}");
        assertThat(cli.run("takeover", "--config", sink.toString(), "--bootstrap-server", brokers)
                        .failed("INVALID_ARGUMENT")
                        .err())
                .contains("is still running");
    }
}
