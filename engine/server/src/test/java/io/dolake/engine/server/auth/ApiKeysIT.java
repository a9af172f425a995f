/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** API keys of a running engine, and what an attacker sends in place of one. */
class ApiKeysIT {
    private static final Map<String, List<String>> ALL = Map.of("*", List.of("admin"));

    @TempDir
    Path directory;

    private ApiKeyFile keys;
    private DoSqlServer server;

    @BeforeEach
    void start() {
        keys = new ApiKeyFile(directory);
        server = DoSqlServer.start(ServerConfig.of(directory).withPort(0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    private HttpCalls.Reply list(String... headers) {
        return HttpCalls.send(uri(), "GET", "/v1/databases", new byte[0], headers);
    }

    private HttpCalls.Reply listAs(String token) {
        return list("Authorization", "Bearer " + token);
    }

    private static void soon(Runnable check) {
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(check::run);
    }

    @Test
    void anEngineWithoutKeysIsForAnyoneUntilThereIsOne() {
        assertThat(list().status()).isEqualTo(200);
        assertThat(listAs("whatever").status()).isEqualTo(200);
        String token = keys.create("first", ALL, null).token();
        soon(() -> assertThat(list().status()).isEqualTo(401));
        assertThat(listAs(token).status()).isEqualTo(200);
        String second = keys.create("second", ALL, null).token();
        assertThat(listAs(second).status()).as("known at once").isEqualTo(200);
    }

    @Test
    void aRevokedKeyIsRefusedAndTheDoorStaysShut() throws IOException {
        String token = keys.create("only", ALL, null).token();
        soon(() -> assertThat(list().status()).isEqualTo(401));
        keys.revoke("only");
        soon(() -> assertThat(listAs(token).message()).contains("there is no such API key"));
        assertThat(list().status()).isEqualTo(401);
        Files.delete(directory.resolve("api-keys.json"));
        Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> list().status() == 401);
        assertThat(listAs(token).status()).isEqualTo(401);
    }

    @Test
    void aFileThatCannotBeReadAdmitsNobody() throws IOException {
        String token = keys.create("only", ALL, null).token();
        String whole = Files.readString(directory.resolve("api-keys.json"));
        assertThat(listAs(token).status()).isEqualTo(200);
        Files.writeString(directory.resolve("api-keys.json"), whole.substring(0, whole.length() / 2));
        soon(() -> assertThat(listAs(token).message()).contains("the API keys cannot be read"));
        Files.writeString(directory.resolve("api-keys.json"), whole);
        soon(() -> assertThat(listAs(token).status()).isEqualTo(200));
    }

    @Test
    void onlyHashesAreKept() throws IOException {
        ApiKeyFile.Created made = keys.create("shop", Map.of("shop*", List.of("read")), Duration.ofDays(1));
        String text = Files.readString(directory.resolve("api-keys.json"));
        assertThat(text)
                .doesNotContain(made.token())
                .doesNotContain(made.token().substring(20));
        assertThat(keys.list()).containsExactly(made.key());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("api-keys.json"))))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> keys.create("shop", ALL, null)).hasMessageContaining("there is one already");
        assertThatThrownBy(() -> keys.revoke("none")).hasMessageContaining("there is none");
        assertThatThrownBy(() -> keys.create("x", Map.of("*", List.of("reed")), null))
                .hasMessageContaining("'reed' is not a right");
        assertThatThrownBy(() -> keys.create("x", Map.of("a/b", List.of("read")), null))
                .hasMessageContaining("a pattern has");
    }

    @Test
    void theNameOfADatabaseOfOthersIsNotSuggested() {
        String admin = keys.create("admin", ALL, null).token();
        String tenant = keys.create("tenant", Map.of("tenant-a*", List.of("read")), null)
                .token();
        soon(() -> assertThat(list().status()).isEqualTo(401));
        HttpCalls.send(uri(), "PUT", "/v1/databases/tenant-bb", new byte[0], "Authorization", "Bearer " + admin);
        HttpCalls.Reply reply = HttpCalls.send(
                uri(), "GET", "/v1/databases/tenant-ab/schema", new byte[0], "Authorization", "Bearer " + tenant);
        assertThat(reply.code()).isEqualTo("DATABASE_NOT_FOUND");
        assertThat(reply.body().toString()).doesNotContain("tenant-bb");
    }

    @Test
    void anExpiredKeyIsRefused() {
        String token = keys.create("short", ALL, Duration.ofSeconds(2)).token();
        assertThat(listAs(token).status()).isEqualTo(200);
        soon(() -> assertThat(listAs(token).message()).contains("Token expired"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "cdc"})
    void aSocketOfARevokedKeyIsClosed(String kind) throws Exception {
        String token = keys.create("admin", ALL, null).token();
        soon(() -> assertThat(list().status()).isEqualTo(401));
        HttpCalls.send(uri(), "PUT", "/v1/databases/shop", new byte[0], "Authorization", "Bearer " + token);
        String socketToken = keys.create("socket", Map.of("shop", List.of("read", "cdc")), null)
                .token();
        CompletableFuture<String> closed = new CompletableFuture<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("authorization", "bearer " + socketToken)
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + server.port() + "/v1/databases/shop/" + kind),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
                                closed.complete(status + " " + reason);
                                return null;
                            }
                        })
                .get(10, TimeUnit.SECONDS);
        assertThat(closed).isNotDone();
        keys.revoke("socket");
        assertThat(closed.get(5, TimeUnit.SECONDS)).startsWith("1008").contains("no such API key");
        socket.abort();
    }

    @Test
    void aSessionOfAReaderCannotWrite() throws Exception {
        String admin = keys.create("admin", ALL, null).token();
        soon(() -> assertThat(list().status()).isEqualTo(401));
        HttpCalls.send(uri(), "PUT", "/v1/databases/shop", new byte[0], "Authorization", "Bearer " + admin);
        String reader =
                keys.create("reader", Map.of("shop", List.of("read")), null).token();
        try (TextSocket socket = TextSocket.open(server.port(), "/v1/databases/shop/session", reader)) {
            assertThat(socket.ask("{\"id\":1,\"op\":\"query\",\"sql\":\"SELECT 1\"}"))
                    .contains("rows");
            for (String request : List.of(
                    "\"op\":\"exec\",\"sql\":\"CREATE TABLE t(a)\"",
                    "\"op\":\"exec\",\"sql\":\"CREATE TEMP TABLE t(a)\"",
                    "\"op\":\"query\",\"sql\":\"CREATE TABLE t(a)\"",
                    "\"op\":\"exec\",\"sql\":\"SAVEPOINT a\"",
                    "\"op\":\"exec\",\"sql\":\"BEGIN IMMEDIATE\"",
                    "\"op\":\"exec\",\"sql\":\"begin exclusive\"",
                    "\"op\":\"exec\",\"sql\":\"PRAGMA wal_checkpoint\"",
                    "\"op\":\"begin\"",
                    "\"op\":\"begin\",\"mode\":\"immediate\"",
                    "\"op\":\"batch\",\"statements\":[{\"sql\":\"SELECT 1\"}]")) {
                assertThat(socket.ask("{\"id\":2," + request + "}")).as(request).contains("FORBIDDEN");
            }
            assertThat(socket.ask("{\"id\":3,\"op\":\"begin\",\"mode\":\"readOnly\"}"))
                    .contains("result");
            assertThat(socket.ask("{\"id\":4,\"op\":\"rollback\"}")).contains("result");
        }
    }

    @Test
    void requestsThatAnAttackerSends() {
        String token = keys.create("only", ALL, null).token();
        soon(() -> assertThat(list().status()).isEqualTo(401));
        String good = "Authorization: Bearer " + token;
        assertThat(raw("/status", good)).isEqualTo(200);
        assertThat(raw("/status", "authorization: BEARER " + token)).isEqualTo(200);
        assertThat(raw("/status", "Authorization:   Bearer   " + token + "  ")).isEqualTo(200);
        assertThat(raw("/status", "Authorization: Basic " + token)).isEqualTo(401);
        assertThat(raw("/status", "Authorization: " + token)).isEqualTo(401);
        assertThat(raw("/status", "Authorization: Bearer")).isEqualTo(401);
        assertThat(raw("/status", "Authorization:")).isEqualTo(401);
        assertThat(raw("/status", "Authorization: Bearer, Bearer " + token)).isEqualTo(401);
        assertThat(raw("/status", good + ", Bearer x")).isEqualTo(401);
        assertThat(raw("/status", good + "\r\n" + good)).isEqualTo(401);
        assertThat(raw("/status", "Authorization: Bearer x\r\n" + good)).isEqualTo(401);
        assertThat(raw("/status", "Proxy-" + good)).isEqualTo(401);
        assertThat(raw("/status", "X-API-Key: " + token)).isEqualTo(401);
        assertThat(raw("/status", "Cookie: token=" + token)).isEqualTo(401);
        assertThat(raw("/status", good.substring(0, good.length() - 1))).isEqualTo(401);
        assertThat(raw("/status", good + "A")).isEqualTo(401);
        assertThat(raw("/status", good + "\u0000")).isIn(400, 401);
        assertThat(raw("/status", "Authorization: Bearer " + "a".repeat(7_000))).isEqualTo(401);
        assertThat(raw("/status", "Authorization: Bearer " + "a".repeat(100_000)))
                .isIn(0, 400, 401, 431);
        for (String query : List.of("token", "access_token", "Access_Token", "api_key", "x=1&jwt")) {
            assertThat(raw("/status?" + query + "=" + token, "X: y")).isEqualTo(401);
            assertThat(raw("/status?" + query + "=" + token, good)).isEqualTo(401);
            assertThat(raw("/health?" + query + "=" + token, "X: y")).isEqualTo(401);
        }
        assertThat(raw("/health", "X: y")).isEqualTo(200);
        assertThat(raw("/health", "Authorization: Bearer nonsense")).isEqualTo(401);
    }

    private int raw(String path, String header) {
        String reply = RawHttp.send(
                server.port(),
                "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + "\r\n\r\n");
        assertThat(reply).doesNotContain("dosql_");
        return RawHttp.status(reply);
    }

    /** A body that never comes costs a stranger's connection, and no thread. */
    @Test
    void strangersWithSlowBodiesGetTheirAnswerAtOnce() {
        keys.create("only", ALL, null);
        soon(() -> assertThat(list().status()).isEqualTo(401));
        for (int i = 0; i < 10; i++) {
            String reply = RawHttp.send(
                    server.port(),
                    "POST /v1/databases/shop/exec HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 1000000\r\n\r\n{");
            assertThat(RawHttp.status(reply)).as(reply).isEqualTo(401);
        }
    }
}
