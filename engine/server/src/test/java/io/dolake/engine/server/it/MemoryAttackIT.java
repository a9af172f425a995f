/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests, replies, messages and consumers that together need more memory than there is. */
@Timeout(180)
class MemoryAttackIT extends AttackedEngine {
    /** D8: each of them alone would fit, and all together do not. */
    @Test
    void manyLargeRepliesAtOnceEndTheirRequestsOnly() throws Exception {
        List<String> large = List.of(
                "select zeroblob(60000000), zeroblob(3000000)",
                "select zeroblob(7000000)",
                "select hex(zeroblob(7000000))",
                "select b.b || 'x' from (select hex(zeroblob(500000)) b) b, (values (1), (2), (3), (4), (5), (6)) c",
                "insert into victim(b) values (zeroblob(6000000)) returning b");
        ExecutorService threads = Executors.newFixedThreadPool(24);
        try {
            List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 96; i++) {
                byte[] body = statement(large.get(i % large.size()));
                calls.add(() -> post("exec", body));
            }
            for (Future<HttpResponse<String>> reply : threads.invokeAll(calls)) {
                assertThat(reply.get().statusCode()).isIn(200, 409, 413, 429, 504);
            }
        } finally {
            threads.shutdownNow();
        }
        requireAlive("large replies");
        assertThat(post("query", statement("select hex(zeroblob(7000000))")).statusCode())
                .as("all memory is given back")
                .isEqualTo(200);
    }

    private WebSocket open(String path, WebSocket.Listener listener) throws Exception {
        return HTTP.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + engine.uri().getPort() + "/v1/databases/victim/" + path),
                        listener)
                .get(10, TimeUnit.SECONDS);
    }

    private void requireMemoryBack() {
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> post("query", statement("select hex(zeroblob(7000000))"))
                                .statusCode()
                        == 200);
    }

    /** Each may be as long as messages may be, and together they are several heaps. */
    @Test
    void manyMessagesThatDoNotEndHarmNobody() throws Exception {
        String piece = "x".repeat(1 << 20);
        List<WebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            WebSocket socket = open("session", new WebSocket.Listener() {});
            socket.sendText("{\"id\":1,\"op\":\"exec\",\"sql\":\"", false).get(10, TimeUnit.SECONDS);
            sockets.add(socket);
        }
        for (int piecesSent = 0; piecesSent < 12; piecesSent++) {
            for (WebSocket socket : sockets) {
                socket.sendText(piece, false).get(20, TimeUnit.SECONDS);
            }
        }
        requireAlive("messages that do not end");
        sockets.forEach(WebSocket::abort);
        requireMemoryBack();
    }

    @Test
    void aMessageThatCannotBeHeldIsAnswered() {
        try (Session session = client.session(VICTIM)) {
            assertThatThrownBy(() -> session.exec(Statement.of("select 1 -- " + "x".repeat(17 << 20))))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
            assertThat(session.query(Statement.of("select 1"), 1).next()).containsExactly(1L);
        }
    }

    @Test
    void clientsThatDoNotReadHarmNobody() throws Exception {
        List<WebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            WebSocket socket = open("session", new WebSocket.Listener() {
                @Override
                public void onOpen(WebSocket webSocket) {} // reads nothing
            });
            for (int id = 0; id < 16; id++) {
                socket.sendText("{\"id\":" + id + ",\"op\":\"query\",\"sql\":\"select hex(zeroblob(3000000))\"}", true)
                        .get(10, TimeUnit.SECONDS);
            }
            sockets.add(socket);
        }
        requireAlive("replies that nobody reads");
        requireMemoryBack();
        sockets.forEach(WebSocket::abort);
    }

    @Test
    void consumersThatAcknowledgeNothingHarmNobody() throws Exception {
        for (int i = 0; i < 20; i++) {
            client.exec(VICTIM, Statement.of("insert into victim(b) values (randomblob(2000000))"));
        }
        List<WebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            WebSocket socket = open("cdc", new WebSocket.Listener() {});
            socket.sendText("{\"type\":\"subscribe\",\"fromLsn\":\"0\",\"maxBatchBytes\":16777216}", true)
                    .get(10, TimeUnit.SECONDS);
            sockets.add(socket);
        }
        for (int i = 0; i < 20; i++) {
            requireAlive("consumers that acknowledge nothing");
            Thread.sleep(100);
        }
        sockets.forEach(WebSocket::abort);
        requireMemoryBack();
    }

    @Test
    void manyLargeRequestsAtOnceEndThemselvesOnly() throws Exception {
        List<byte[]> bodies = List.of(
                ("{\"sql\":\"insert into victim(b) values (?)\",\"params\":[{\"blob\":\"" + "00".repeat(5_000_000)
                                + "\"}]}")
                        .getBytes(StandardCharsets.UTF_8),
                ("{\"sql\":\"select ?\",\"params\":[\"" + "\\u0001".repeat(2_000_000) + "\"]}")
                        .getBytes(StandardCharsets.UTF_8),
                ("{\"sql\":\"select 1" + ",1".repeat(400_000) + "\"}").getBytes(StandardCharsets.UTF_8),
                statement("select " + "a.b, ".repeat(1_500) + "1 from victim a, (values (1), (2), (3)) b"));
        ExecutorService threads = Executors.newFixedThreadPool(24);
        try {
            List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 72; i++) {
                byte[] body = bodies.get(i % bodies.size());
                calls.add(() -> post("exec", body));
            }
            for (Future<HttpResponse<String>> reply : threads.invokeAll(calls)) {
                assertThat(reply.get().statusCode()).isIn(200, 400, 409, 413, 429, 504);
            }
        } finally {
            threads.shutdownNow();
        }
        requireAlive("large requests");
        requireMemoryBack();
    }
}
