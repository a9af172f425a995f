/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static io.dolake.pipeline.contagion.Fault.Scope.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * What somebody may send to the engine who means harm, or does not care: lines D1 to D6, D8, D9, D12. {@code AttackIT}
 * has far more of it.
 */
final class HostileFaults {
    private static final String ENDLESS = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)";
    private static final Path OUTSIDE = Path.of("/tmp/dosql-contagion");

    private HostileFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of("D1 parameters that size an allocation", NOTHING, site -> {
                    assertThat(Hostile.post(
                                    site,
                                    "query",
                                    "{\"sql\":\"SELECT ?2147483647\",\"params\":{}}",
                                    "application/json"))
                            .contains("SYNTAX_ERROR");
                    assertThat(Hostile.post(
                                    site, "query", "{\"sql\":\"SELECT ?32766\",\"params\":{}}", "application/json"))
                            .doesNotContain("INTERNAL_ERROR");
                }),
                refused(
                        "D2 functions and triggers that end a process",
                        "SELECT padl('a', 4294967296)",
                        "SELECT \"padc\"('a', -1)",
                        "SELECT load_extension('/lib/x86_64-linux-gnu/libm.so.6')",
                        "SELECT fts3_tokenizer('simple', x'4141414141414141')"),
                Fault.of("D3 files outside", NOTHING, site -> {
                    for (String sql : List.of(
                            "VACUUM \"main\" INTO '" + OUTSIDE + "'",
                            "ATTACH '" + OUTSIDE + "' AS x",
                            "EXPLAIN ATTACH '" + OUTSIDE + "' AS x")) {
                        assertThat(site.refusal(sql)).as(sql).isEqualTo(ErrorCode.STATEMENT_NOT_ALLOWED);
                    }
                    assertThat(OUTSIDE).doesNotExist();
                }),
                refused(
                        "D4, D5 settings by arguments that are empty",
                        "PRAGMA schema_version=''",
                        "PRAGMA main.schema_version(\"\")",
                        "PRAGMA synchronous=''",
                        "PRAGMA journal_mode='delete'",
                        "PRAGMA writable_schema=on",
                        "DROP TABLE _dosql_log._dosql_state"),
                Fault.of("D6 transaction that SQLite has rolled back", NOTHING, HostileFaults::rolledBack),
                Fault.of("D8 large replies at once", NOTHING, HostileFaults::largeReplies),
                Fault.of("D8 statements without end", NOTHING, site -> {
                    assertThat(site.refusal(ENDLESS + " INSERT INTO t0(v) SELECT i FROM n WHERE i < 0"))
                            .isIn(ErrorCode.TIMEOUT, ErrorCode.TXN_LOCK_TIMEOUT);
                }),
                Fault.of("D9 requests of another site", NOTHING, HostileFaults::foreignOrigin),
                Fault.of("D bytes that are no HTTP, and bodies that do not come", NOTHING, HostileFaults::bytes),
                Fault.of("D clients that go away in their transactions", NOTHING, HostileFaults::goneClients),
                Fault.of("D12 text with the name of a table of the log", NOTHING, site -> {
                    site.sql(
                            "REPLACE INTO t0(id, v) VALUES (2000000, '_wal_segments')",
                            "ANALYZE",
                            "SELECT '_wal_segments'",
                            "ANALYZE");
                }));
    }

    private static Fault refused(String id, String... statements) {
        return Fault.of(id, NOTHING, site -> {
            for (String sql : statements) {
                assertThat(site.refusal(sql)).as(sql).isEqualTo(ErrorCode.STATEMENT_NOT_ALLOWED);
            }
        });
    }

    private static void rolledBack(Site site) {
        int key = 3_000_000 + site.number();
        try (Session session = site.world().engine().session(site.database())) {
            session.begin(Session.Mode.IMMEDIATE);
            session.exec(Statement.of("INSERT INTO t0(id, v) VALUES (" + key + ", 'first')"));
            assertThat(code(session, "INSERT OR ROLLBACK INTO t0(id) VALUES (" + key + ")"))
                    .isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
            assertThat(code(session, "INSERT INTO t0(id, v) VALUES (" + (key + 1) + ", 'outside')"))
                    .isEqualTo(ErrorCode.TRANSACTION_STATE);
            session.rollback();
        }
        assertThat(site.world()
                        .engine()
                        .query(site.database(), Statement.of("SELECT id FROM t0 WHERE id BETWEEN 3000000 AND 3999999"))
                        .rows())
                .isEmpty();
    }

    private static ErrorCode code(Session session, String sql) {
        try {
            session.exec(Statement.of(sql));
            return null;
        } catch (DoLakeException e) {
            return e.code();
        }
    }

    private static void largeReplies(Site site) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> replies = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            replies.add(Hostile.postLater(site, "query", "{\"sql\":\"SELECT zeroblob(60000000), zeroblob(3000000)\"}"));
        }
        for (CompletableFuture<HttpResponse<String>> reply : replies) {
            assertThat(reply.get(60, TimeUnit.SECONDS).statusCode()).isIn(200, 413, 429);
        }
        String batch = "{\"sql\":\"SELECT zeroblob(15000000)\"}";
        assertThat(Hostile.post(
                        site,
                        "batch",
                        "{\"statements\":[" + (batch + ",").repeat(59) + batch + "]}",
                        "application/json"))
                .containsAnyOf("PAYLOAD_TOO_LARGE", "RATE_LIMITED");
    }

    private static void foreignOrigin(Site site) throws Exception {
        String body = "{\"sql\":\"DELETE FROM t0\"}";
        assertThat(Hostile.post(site, "exec", body, "text/plain")).contains("INVALID_ARGUMENT");
        assertThat(Hostile.post(site, "exec", body, "application/json", "Origin", "http://elsewhere.example"))
                .contains("FORBIDDEN");
        try {
            Hostile.session(site, "Origin", "http://elsewhere.example");
            throw new AssertionError("the engine takes a WebSocket of another site");
        } catch (ExecutionException e) {
            assertThat(e).hasRootCauseMessage("Unexpected HTTP response status code 403");
        }
    }

    private static void bytes(Site site) throws Exception {
        String start = "POST /v1/databases/" + site.database() + "/query HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\n";
        List<Socket> open = new ArrayList<>();
        for (String text : List.of(
                "GET\r\n\r\n",
                "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/databases/..%2f..%2fetc HTTP/1.1\r\nHost: localhost\r\n\r\n",
                start + "Content-Length: 99999999999999999999\r\n\r\n",
                start + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
            open.add(Hostile.bytes(site, text));
        }
        for (int i = 0; i < 20; i++) {
            open.add(Hostile.bytes(site, start + "Content-Length: 1000\r\n\r\n{\"sql\":"));
        }
        site.world().workload().awaitMore(site.world().well(), 15, Duration.ofSeconds(30));
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** Each is gone with the lock of the database in its hands. */
    private static void goneClients(Site site) throws Exception {
        for (int i = 0; i < 5; i++) {
            WebSocket socket = Hostile.session(site);
            socket.sendText("{\"id\":1,\"op\":\"begin\"}", true).get(30, TimeUnit.SECONDS);
            socket.sendText("{\"id\":2,\"op\":\"exec\",\"sql\":\"DELETE FROM t0\"}", true)
                    .get(30, TimeUnit.SECONDS);
            socket.abort();
        }
        site.mark();
        assertThat(site.hasMark() || site.count() > 0)
                .as("nothing of theirs is committed")
                .isTrue();
    }
}
