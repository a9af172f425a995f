/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpCallsTest {
    private static final String STATUS = "{\"name\": \"shop\", \"epoch\": \"ab\", \"lsn\": \"18446744073709551615\","
            + " \"durableLsn\": \"7\", \"oldestLsn\": \"0\", \"walBytes\": 10, \"segments\": 2, \"segmentBytes\": 30,"
            + " \"consumers\": [{\"id\": \"c\", \"ackedLsn\": \"5\", \"sentLsn\": \"6\", \"pendingEvents\": 4,"
            + " \"bufferUtilization\": 0.5}]}";

    private ScriptedServer server;
    private DoSqlClient client;

    @BeforeEach
    void open() throws Exception {
        server = new ScriptedServer();
        client = DoSqlClient.builder(server.uri())
                .requestTimeout(Duration.ofSeconds(2))
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void readsTheStatusOfADatabase() {
        server.route("GET /v1/databases/shop", body -> ScriptedServer.Answer.ok(STATUS));

        assertThat(client.status("shop"))
                .isEqualTo(new DatabaseStatus(
                        "shop",
                        "ab",
                        new Lsn(-1),
                        new Lsn(7),
                        Lsn.ZERO,
                        10,
                        2,
                        30,
                        List.of(new DatabaseStatus.Consumer("c", new Lsn(5), new Lsn(6), 4, 0.5))));
    }

    @Test
    void readsWhatTheStatusSaysOfTheArchive() {
        String archive = "\"heldBytes\": 5, \"archive\": {\"location\": \"s3://b/\", \"segments\": 3, \"bytes\": 4,"
                + " \"error\": {\"code\": \"OBJECT_STORE_ERROR\", \"message\": \"Cannot write\"}}, ";
        server.route(
                "GET /v1/databases/shop", body -> ScriptedServer.Answer.ok(STATUS.replaceFirst("\\{", "{" + archive)));

        DatabaseStatus status = client.status("shop");
        assertThat(status.heldBytes()).isEqualTo(5);
        assertThat(status.captureError()).isNull();
        assertThat(status.archive().location()).isEqualTo("s3://b/");
        assertThat(status.archive().segments()).isEqualTo(3);
        assertThat(status.archive().error().code()).isEqualTo(ErrorCode.OBJECT_STORE_ERROR);
    }

    @Test
    void readsWhatIsWrongWithAChangeLog() {
        server.route("POST /v1/databases/shop/wal/verify", body -> {
            assertThat(body).isEqualTo("{\"afterId\":7}");
            return ScriptedServer.Answer.ok("{\"segments\": 2, \"archived\": 1, \"events\": 9, \"bytes\": 8,"
                    + " \"faults\": [{\"segment\": 8, \"object\": \"o\", \"message\": \"m\"},"
                    + " {\"segment\": 0, \"message\": \"n\"}], \"next\": 9}");
        });

        assertThat(client.verifyLog("shop", 7))
                .isEqualTo(new LogCheck(
                        2, 1, 9, 8, List.of(new LogCheck.Fault(8, "o", "m"), new LogCheck.Fault(0, null, "n")), 9));
    }

    @Test
    void listsDatabasesInTheOrderOfTheServer() {
        server.route(
                "GET /v1/databases",
                body -> ScriptedServer.Answer.ok(
                        "{\"databases\": [{\"name\": \"a\", \"epoch\": \"1\"}, {\"name\": \"b\", \"epoch\": \"2\"}]}"));

        assertThat(client.databases()).containsExactly("a", "b");
    }

    @Test
    void sendsParametersAndReadsRows() {
        server.route("POST /v1/databases/shop/query", body -> {
            assertThat(body)
                    .isEqualTo("{\"sql\":\"SELECT ?, ?\",\"params\":[9007199254740993,{\"blob\":\"00ff\"}],"
                            + "\"maxRows\":5}");
            return ScriptedServer.Answer.ok(
                    "{\"columns\": [{\"name\": \"a\", \"declaredType\": \"INT\"},"
                            + " {\"name\": \"b\"}], \"rows\": [[9007199254740993, {\"blob\": \"00FF\"}]], \"truncated\": true}");
        });

        QueryResult result =
                client.query("shop", Statement.of("SELECT ?, ?", 9007199254740993L, new byte[] {0, -1}), 5);

        assertThat(result.columns())
                .containsExactly(new QueryResult.Column("a", "INT"), new QueryResult.Column("b", ""));
        assertThat(result.rows())
                .singleElement(InstanceOfAssertFactories.ARRAY)
                .containsExactly(9007199254740993L, new byte[] {0, -1});
        assertThat(result.truncated()).isTrue();
    }

    @Test
    void givesEachResultOfABatchTheLsnOfTheWhole() {
        server.route(
                "POST /v1/databases/shop/batch",
                body -> ScriptedServer.Answer.ok("{\"results\": [{\"changes\": 1, \"lastInsertRowid\": 8},"
                        + " {\"changes\": 2, \"lastInsertRowid\": 8}], \"lsn\": \"42\"}"));

        assertThat(client.batch("shop", List.of(Statement.of("A"), Statement.of("B"))))
                .extracting(ExecResult::lsn, ExecResult::changes)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(new Lsn(42), 1L),
                        org.assertj.core.groups.Tuple.tuple(new Lsn(42), 2L));
    }

    @Test
    void throwsTheErrorOfTheServerWithAllItsParts() {
        server.route(
                "POST /v1/databases/shop/exec",
                body -> new ScriptedServer.Answer(
                        429,
                        "{\"error\": {\"code\": \"RATE_LIMITED\", \"message\": \"Cannot run statement: too many\","
                                + " \"hint\": \"Wait.\", \"retryAfterMs\": 1500, \"details\": {\"limit\": 10}}}",
                        Map.of("Retry-After", "9")));

        assertThatThrownBy(() -> client.exec("shop", Statement.of("X")))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED);
                    assertThat(e).hasMessage("Cannot run statement: too many");
                    assertThat(e.hint()).contains("Wait.");
                    assertThat(e.retryAfter()).contains(Duration.ofMillis(1500));
                    assertThat(e.details()).isEqualTo(Map.of("limit", 10));
                });
    }

    @Test
    void takesTheDelayFromTheHeaderWhereTheBodyHasNone() {
        server.route(
                "POST /v1/databases/shop/exec",
                body -> new ScriptedServer.Answer(
                        503,
                        "{\"error\": {\"code\": \"BUFFER_FULL\", \"message\": \"Cannot write: full\"}}",
                        Map.of("Retry-After", "9")));

        assertThatThrownBy(() -> client.exec("shop", Statement.of("X")))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(9)));
    }

    @Test
    void reportsWhatAProxySaysAsItIs() {
        server.route("GET /health", body -> new ScriptedServer.Answer(502, "<html>Bad Gateway</html>", Map.of()));

        assertThatThrownBy(() -> client.health())
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR))
                .hasMessageContaining("HTTP 502")
                .hasMessageContaining("Bad Gateway");
    }

    @Test
    void reportsACodeItDoesNotKnowAsInternalErrorWithTheRawText() {
        server.route(
                "GET /health", body -> new ScriptedServer.Answer(418, "{\"error\": {\"code\": \"TEAPOT\"}}", Map.of()));

        assertThatThrownBy(() -> client.health())
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR))
                .hasMessageContaining("TEAPOT");
    }

    @Test
    void namesHostAndPortWhenNothingListens() throws IOException {
        int port = freePort();
        try (DoSqlClient nobody = DoSqlClient.builder(URI.create("http://127.0.0.1:" + port))
                .readAttempts(1)
                .build()) {
            assertThatThrownBy(() -> nobody.exec("shop", Statement.of("X")))
                    .isInstanceOfSatisfying(DoLakeException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
                        assertThat(e.hint()).isPresent();
                    })
                    .hasMessageContaining("127.0.0.1:" + port);
        }
    }

    @Test
    void triesAReadAgainUntilTheServerIsThere() throws Exception {
        int port = server.port();
        server.close();
        CountDownLatch tried = new CountDownLatch(1);
        Thread restart = new Thread(() -> {
            try {
                tried.await();
                Thread.sleep(150);
                server =
                        new ScriptedServer(port).route("GET /v1/databases/shop", b -> ScriptedServer.Answer.ok(STATUS));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        restart.start();
        tried.countDown();

        assertThat(client.status("shop").name()).isEqualTo("shop");
        restart.join();
    }

    @Test
    void neverSendsAWriteTwice() throws Exception {
        try (ServerSocket hangsUp = new ServerSocket(0)) {
            int[] connections = new int[1];
            Thread accept = new Thread(() -> {
                try {
                    while (true) {
                        try (var socket = hangsUp.accept()) {
                            connections[0]++;
                            assertThat(socket.getInputStream().read()).isPositive();
                        }
                    }
                } catch (IOException e) {
                    assertThat(hangsUp.isClosed()).isTrue();
                }
            });
            accept.start();
            DoSqlClient unlucky = DoSqlClient.builder(URI.create("http://127.0.0.1:" + hangsUp.getLocalPort()))
                    .build();

            assertThatThrownBy(() -> unlucky.exec("shop", Statement.of("INSERT")))
                    .isInstanceOfSatisfying(DoLakeException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
                        assertThat(e.hint().orElseThrow()).contains("unknown whether");
                    });
            hangsUp.close();
            accept.join();
            assertThat(connections[0]).isEqualTo(1);
        }
    }

    @Test
    void givesUpWaitingForAnAnswerAfterTheRequestTimeout() {
        CountDownLatch never = new CountDownLatch(1);
        server.route("POST /v1/databases/shop/exec", body -> {
            awaitQuietly(never);
            return ScriptedServer.Answer.ok("{}");
        });
        try (DoSqlClient hasty = DoSqlClient.builder(server.uri())
                .requestTimeout(Duration.ofMillis(200))
                .build()) {
            assertThatThrownBy(() -> hasty.exec("shop", Statement.of("X")))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT))
                    .hasMessageContaining("127.0.0.1:" + server.port())
                    .hasMessageContaining("200 ms");
        } finally {
            never.countDown();
        }
    }

    @Test
    void refusesAnAnswerLargerThanTheLimit() {
        server.route("GET /v1/databases/shop", body -> ScriptedServer.Answer.ok(" ".repeat(1001)));
        try (DoSqlClient small =
                DoSqlClient.builder(server.uri()).maxMessageBytes(1000).build()) {
            assertThatThrownBy(() -> small.status("shop"))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
        }
    }

    @Test
    void refusesADatabaseNameThatIsNone() {
        assertThatThrownBy(() -> client.status("../shop"))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        assertThat(server.requests).isEmpty();
    }

    @Test
    void refusesToImportAFileThatIsNotThere() {
        assertThatThrownBy(() -> client.importDatabase("shop", Path.of("/nowhere/at.all")))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("/nowhere/at.all");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
