/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of the command line: SQL, import, logs and status. The lake is in {@link CliLakeIT}. */
class CliIT extends RunningPipeline {
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
    void namesADatabaseThatDoesNotExist() {
        assertThat(cli.run("sync", "nowhere").failed("DATABASE_NOT_FOUND").err())
                .contains("nowhere");
        assertThat(cli.run("verify", "nowhere").failed("DATABASE_NOT_FOUND").err())
                .contains("nowhere");
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
