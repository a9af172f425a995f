/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.LogCheck;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.database.EngineResources;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.engine.server.testkit.RawHttp;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine in a process of its own, with a small heap, under hostile input. After each attack it still runs and
 * answers, for the attacked database and for its neighbour; at the end no database and no change log is damaged.
 */
@Timeout(180)
class AttackIT {
    private static final String VICTIM = "victim";
    private static final String NEIGHBOUR = "neighbour";
    private static final Path OUTSIDE = Path.of("/tmp/dosql-attack");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path directory;

    private EngineProcess engine;
    private DoSqlClient client;

    @BeforeEach
    void start() throws IOException {
        Files.deleteIfExists(OUTSIDE);
        engine = EngineProcess.start(
                directory,
                Map.of(
                        Limit.QUERY_TIMEOUT_MS,
                        400L,
                        Limit.READERS_PER_DATABASE,
                        8L,
                        Limit.LOCK_TIMEOUT_MS,
                        5_000L,
                        Limit.REPLY_TIMEOUT_MS,
                        3_000L));
        client = engine.client();
        for (String name : List.of(VICTIM, NEIGHBOUR)) {
            client.create(name);
            client.exec(name, Statement.of("create table " + name + "(b)"));
            client.exec(name, Statement.of("insert into " + name + " values ('kept')"));
        }
    }

    /** What was damaged shows here, whichever attack it was. */
    @AfterEach
    void nothingIsDamaged() {
        requireAlive("the last");
        assertThat(OUTSIDE).doesNotExist();
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> client.status(VICTIM)
                        .durableLsn()
                        .equals(client.status(VICTIM).lsn()));
        try (Session session = client.session(VICTIM)) {
            try (Session.Cursor cursor = session.query(Statement.of("pragma integrity_check"), 100)) {
                assertThat(cursor.next()).containsExactly("ok");
            }
        }
        for (String name : List.of(VICTIM, NEIGHBOUR)) {
            long after = 0;
            do {
                LogCheck check = client.verifyLog(name, after);
                assertThat(check.faults()).isEmpty();
                after = check.next();
            } while (after != 0);
        }
        assertThat(client.query(NEIGHBOUR, Statement.of("select b from neighbour"))
                        .rows())
                .hasSizeGreaterThan(0);
        engine.close();
    }

    private void requireAlive(String attack) {
        String shown = attack.length() > 200 ? attack.substring(0, 200) + "..." : attack;
        assertThat(engine.isAlive())
                .as("the engine lives after: %s (%s)", shown, engine.end())
                .isTrue();
        try {
            client.query(NEIGHBOUR, Statement.of("select count(*) from neighbour"));
        } catch (DoLakeException e) {
            throw new AssertionError("The neighbour is not served after: " + shown, e);
        }
    }

    private HttpResponse<String> post(String operation, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(engine.uri().resolve("/v1/databases/victim/" + operation))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static void requireForeseen(HttpResponse<String> reply, String attack) {
        assertThat(reply.body())
                .as(attack.length() > 200 ? attack.substring(0, 200) : attack)
                .doesNotContain("\"INTERNAL_ERROR\"")
                .doesNotContain("\"IO_ERROR\"");
    }

    private static byte[] statement(String sql) {
        StringBuilder json = new StringBuilder("{\"sql\":\"");
        for (char c : sql.toCharArray()) {
            if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void noStatementEndsTheProcess() throws Exception {
        for (String sql : Attacks.statements()) {
            for (String operation : sql.contains(Attacks.ENDLESS) ? List.of("exec") : List.of("query", "exec")) {
                requireForeseen(post(operation, statement(sql)), sql);
                requireAlive(sql);
            }
        }
    }

    @Test
    void noStatementOfASessionEndsTheProcess() {
        Random random = Seeds.random("AttackIT");
        List<String> statements = Attacks.statements();
        List<String> all = new ArrayList<>();
        statements.stream().filter(sql -> !sql.contains(Attacks.ENDLESS)).forEach(all::add);
        for (int i = 0; i < 300; i++) {
            all.add(Attacks.random(random, statements));
        }
        Session session = client.session(VICTIM);
        session.begin(Session.Mode.IMMEDIATE);
        for (String sql : all) {
            try {
                session.exec(Statement.of(sql));
            } catch (DoLakeException e) {
                String shown = sql.substring(0, Math.min(200, sql.length()));
                assertThat(e.code()).as(shown).isNotIn(ErrorCode.INTERNAL_ERROR, ErrorCode.IO_ERROR);
            }
            if (!session.isOpen()) {
                session = client.session(VICTIM);
            }
            requireAlive(sql);
        }
        session.close();
    }

    @Test
    void noBodyMessageOrBytesEndTheProcess() throws Exception {
        for (String body : Attacks.bodies()) {
            for (String operation : List.of("query", "batch", "wal/verify", "checkpoint")) {
                requireForeseen(post(operation, body.getBytes(StandardCharsets.UTF_8)), body);
            }
            requireAlive(body);
        }
        requireForeseen(post("query", new byte[] {(byte) 0xff, (byte) 0xfe, 0, '{'}), "UTF-16");
        for (String bytes : Attacks.bytes()) {
            RawHttp.send(engine.uri().getPort(), bytes);
            requireAlive(bytes);
        }
        for (String message : Attacks.messages()) {
            for (String path : List.of("session", "cdc")) {
                send(path, message);
            }
            requireAlive(message);
        }
    }

    private void send(String path, String message) throws Exception {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        WebSocket socket = HTTP.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + engine.uri().getPort() + "/v1/databases/victim/" + path),
                        new WebSocket.Listener() {
                            @Override
                            public java.util.concurrent.CompletionStage<?> onText(
                                    WebSocket webSocket, CharSequence data, boolean last) {
                                answered.complete(null);
                                return WebSocket.Listener.super.onText(webSocket, data, last);
                            }
                        })
                .get(10, TimeUnit.SECONDS);
        socket.sendText(message, true).get(10, TimeUnit.SECONDS);
        answered.get(10, TimeUnit.SECONDS);
        socket.abort();
    }

    /** Each would hold a thread for minutes to years, and could not be interrupted. */
    @Test
    void noFunctionOutlivesItsStatement() throws Exception {
        List<String> statements = Attacks.endlessFunctions();
        for (String sql : statements) {
            assertThat(post("query", statement(sql)).body())
                    .as(sql.length() > 200 ? sql.substring(0, 200) : sql)
                    .contains("\"TIMEOUT\"");
            requireAlive(sql);
        }
        for (String sql : Attacks.endlessPatterns()) {
            assertThat(post("query", statement(sql)).body())
                    .as(sql.length() > 200 ? sql.substring(0, 200) : sql)
                    .contains("\"PAYLOAD_TOO_LARGE\"");
            requireAlive(sql);
        }
        client.exec(VICTIM, Statement.of("create table hay(a)"));
        client.exec(VICTIM, Statement.of("insert into hay values (replace(hex(zeroblob(1000000)), '0', 'a'))"));
        client.exec(VICTIM, Statement.of("create view found as select instr(a, substr(a, 1000000) || 'b') from hay"));
        assertThat(post("query", statement("select * from found")).body()).contains("\"TIMEOUT\"");
        client.exec(VICTIM, Statement.of("delete from hay"));
        client.exec(VICTIM, Statement.of("insert into hay values (zeroblob(8000000))"));
        client.exec(
                VICTIM, Statement.of("create view liked as select a like '%' || substr(a, 1, 900) || 'b' from hay"));
        assertThat(post("query", statement("select * from liked")).body()).contains("\"PAYLOAD_TOO_LARGE\"");
    }

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

    /** D2: what a statement is not let do, a file may bring along. */
    @Test
    void noFileEndsTheProcess() throws Exception {
        Path bad = directory.resolve("checked");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + bad);
                java.sql.Statement sqlite = connection.createStatement()) {
            sqlite.execute("create table c(a, check (padl(a, 4294967296) <> ''))");
            sqlite.execute("pragma ignore_check_constraints = on");
            sqlite.execute("insert into c values ('a')");
        }
        assertThatThrownBy(() -> client.importDatabase("checked", bad)).isInstanceOf(DoLakeException.class);
        requireAlive("a file that runs what it likes when it is checked");
        client.drop(VICTIM);
        Path file = directory.resolve("hostile");
        CompletableFuture<Void> written = new CompletableFuture<>();
        Thread writer = EngineResources.threads("hostile").newThread(() -> {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    java.sql.Statement sqlite = connection.createStatement()) {
                connection.setAutoCommit(false);
                writeHostile(sqlite);
                connection.commit();
                written.complete(null);
            } catch (SQLException e) {
                written.completeExceptionally(e);
            }
        });
        writer.start();
        written.get(60, TimeUnit.SECONDS);
        client.importDatabase(VICTIM, file);
        for (String sql : List.of(
                "insert into t0 values (1)",
                "delete from f0",
                "select * from v900",
                "select * from pads",
                "select * from padded",
                "insert into padded(a) values ('x')",
                "select * from optimizes",
                "select * from files",
                "update pads set p = 1",
                "pragma integrity_check",
                "pragma foreign_key_check",
                "pragma table_xinfo('deep')",
                "select c1899 from deep",
                "insert into deep(c0) values (1)",
                "analyze",
                "vacuum",
                "alter table t0 rename to t00",
                "drop table f1")) {
            requireForeseen(post("exec", statement(sql)), sql);
            requireAlive(sql);
        }
        for (String view : List.of("pads", "optimizes", "files", "v900")) {
            client.exec(VICTIM, Statement.of("drop view if exists " + view));
        }
        client.exec(VICTIM, Statement.of("drop table if exists padded"));
    }

    private static void writeHostile(java.sql.Statement sqlite) throws SQLException {
        for (int i = 0; i <= 550; i++) {
            sqlite.execute("create table t" + i + "(x)");
            sqlite.execute("create table f" + i + "(x primary key" + (i == 0 ? "" : " references f" + (i - 1))
                    + (i == 0 ? ")" : " on delete cascade)"));
        }
        for (int i = 0; i < 550; i++) {
            sqlite.execute("create trigger g" + i + " after insert on t" + i + " begin insert into t" + (i + 1)
                    + " values (new.x); end");
        }
        sqlite.execute("insert into f0 values (1)");
        sqlite.execute("create view v0 as select 1 x");
        for (int i = 1; i <= 900; i++) {
            sqlite.execute("create view v" + i + " as select x from v" + (i - 1) + " limit 10");
        }
        StringBuilder deep = new StringBuilder("create table deep(c0 int");
        for (int i = 1; i < 1_900; i++) {
            deep.append(", c").append(i).append(" as (c").append(i - 1).append(" + 1)");
        }
        sqlite.execute(deep + ")");
        sqlite.execute("create view pads as select padl('a', 4294967296) p");
        sqlite.execute("create table padded(a, b default (padl('a', 4294967296)))");
        sqlite.execute("create view optimizes as select * from pragma_optimize(65538)");
        sqlite.execute("create view files as select load_extension('/tmp/x') x");
    }
}
