/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.auth.ApiKeyFile;
import io.dolake.engine.server.auth.Right;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.RawHttp;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Walks all routes: what each does without a token, with one of another tenant, and with each right. */
class RouteRightsIT {
    @TempDir
    static Path directory;

    private static DoSqlServer server;
    private static ApiKeyFile keys;
    private static String stranger;

    @BeforeAll
    static void start() {
        keys = new ApiKeyFile(directory);
        stranger = keys.create("stranger", Map.of("shop-2", List.of("admin")), null)
                .token();
        String admin = keys.create("all", Map.of("*", List.of("admin")), null).token();
        server = DoSqlServer.start(ServerConfig.of(directory).withPort(0));
        assertThat(status(request(Route.CREATE, "shop", admin))).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static int status(String request) {
        return RawHttp.status(RawHttp.send(server.port(), request));
    }

    private static String request(Route route, String database, String token) {
        String body = route == Route.IMPORT ? "x" : "{\"sql\":\"SELECT 1\"}";
        String type = route == Route.IMPORT ? "application/vnd.sqlite3" : "application/json";
        return route.method() + " " + route.path(database).replace("*", "/v1/databases")
                + " HTTP/1.1\r\nHost: localhost\r\n"
                + (token == null ? "" : "Authorization: Bearer " + token + "\r\n")
                + (route.isSocket()
                        ? "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
                        : "Connection: close\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body);
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void withoutTokenOnlyHealthIsOpen(Route route) {
        boolean isOpen = route == Route.HEALTH || route == Route.PREFLIGHT;
        assertThat(route.needs() == Route.Needs.NOTHING).isEqualTo(isOpen);
        String reply = RawHttp.send(server.port(), request(route, "shop", null));
        assertThat(RawHttp.status(reply)).as(reply).isEqualTo(isOpen ? 200 : 401);
        if (!isOpen) {
            assertThat(reply)
                    .contains("UNAUTHORIZED")
                    .contains("Missing Bearer token")
                    .contains("WWW-Authenticate");
        }
    }

    /** Also for a database that does not exist: who may not use it does not learn that. */
    @ParameterizedTest
    @EnumSource(Route.class)
    void anotherTenantIsRefused(Route route) {
        for (String database : List.of("shop", "nothing", "shop-22", "shop-")) {
            String reply = RawHttp.send(server.port(), request(route, database, stranger));
            boolean isOfEngine = route.needs() == Route.Needs.NOTHING || route.needs() == Route.Needs.TOKEN;
            assertThat(RawHttp.status(reply)).as(reply).isEqualTo(isOfEngine ? 200 : 403);
            assertThat(reply).doesNotContain("\"shop\"");
        }
    }

    @ParameterizedTest
    @EnumSource(Right.class)
    void eachRightAllowsItsRoutesAndNoOther(Right held) {
        String token = keys.create("only " + held, Map.of("sh*", List.of(held.word())), null)
                .token();
        for (Route route : Route.values()) {
            if (route.needs() != Route.Needs.RIGHT || route == Route.DROP) {
                continue;
            }
            boolean isAllowed =
                    held == Right.ADMIN || held == route.right() || held == Right.WRITE && route.right() == Right.READ;
            int status = status(request(route, "shop", token));
            assertThat(status == 403)
                    .as(route + " with " + held + ": " + status)
                    .isEqualTo(!isAllowed);
            assertThat(status).isNotIn(0, 401, 500);
        }
    }

    /** Routes that read by their own right, and statements that need more. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "query | SELECT 1 | 200",
                "query | PRAGMA table_list | 200",
                "query | CREATE TABLE x(a) | 403",
                "query | INSERT INTO t VALUES(1) RETURNING a | 403",
                "query | WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x | 403",
                "query | /* SELECT */ DELETE FROM t | 403",
                "exec | SELECT 1 | 200",
                "exec | DROP TABLE t | 403",
                "exec | PRAGMA user_version = 3 | 403",
                "exec | PRAGMA wal_checkpoint(TRUNCATE) | 403",
                "exec | SAVEPOINT s | 403",
                "exec | VACUUM | 403",
                "exec | REINDEX | 403",
            })
    void readerMayOnlyRead(String operation, String sql, int status) {
        String token = keys.create("reader " + operation + sql, Map.of("shop", List.of("read")), null)
                .token();
        String body = "{\"sql\":\"" + sql + "\"}";
        String reply = RawHttp.send(
                server.port(),
                "POST /v1/databases/shop/" + operation + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nAuthorization: Bearer " + token + "\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body);
        assertThat(RawHttp.status(reply)).as(reply).isEqualTo(status);
    }

    @Test
    void pathsLeadToTheDatabaseThatWasChecked() {
        for (String path : List.of(
                "/v1/databases/shop-2%2F..%2Fshop/schema",
                "/v1/databases/shop-2/../shop/schema",
                "/v1/databases/shop-2/%2e%2e/shop/schema",
                "/v1/databases/shop-2;x/../shop/schema",
                "/v1/databases/%73hop/schema",
                "/v1/databases//shop/schema",
                "/v1/databases/./shop/schema",
                "/v1//databases/shop/schema",
                "http://localhost/v1/databases/shop/schema",
                "/v1/databases/shop/schema?x=/v1/databases/shop-2/schema",
                "/v1/databases/shop/schema#/v1/databases/shop-2/schema",
                "/v1/databases/shop\\..\\shop-2/schema",
                "/V1/databases/shop/schema",
                "/v1/databases/SHOP/schema")) {
            String reply = RawHttp.send(
                    server.port(),
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                            + stranger + "\r\n\r\n");
            assertThat(RawHttp.status(reply)).as(path + ": " + reply).isIn(400, 403);
        }
    }

    @Test
    void unknownRoutesAreToldToCallersWithTokenOnly() {
        String line = "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        assertThat(status(line + "\r\n")).isEqualTo(401);
        assertThat(status(line + "Authorization: Bearer " + stranger + "\r\n\r\n"))
                .isEqualTo(400);
        assertThat(status("HEAD /v1/databases HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .isEqualTo(401);
    }
}
