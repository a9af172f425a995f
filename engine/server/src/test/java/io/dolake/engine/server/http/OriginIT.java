/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.RawHttp;
import io.dolake.engine.server.testkit.RunningEngine;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** D9: tests requests that a browser sends for a page of another site. */
class OriginIT {
    private static final String SQL = "{\"sql\":\"create table if not exists t(a)\"}";

    @TempDir
    static Path directory;

    private static RunningEngine engine;

    @BeforeAll
    static void start() {
        engine = new RunningEngine(ServerConfig.of(directory)
                .withPort(0)
                .withAllowedOrigins(List.of("https://console.example", "http://proxy.example:8080")));
        engine.client().create("shop");
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static String exec(String host, String... headers) {
        return RawHttp.send(
                engine.port(),
                "POST /v1/databases/shop/exec HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: " + SQL.length()
                        + "\r\n" + String.join("\r\n", headers) + "\r\nConnection: close\r\n\r\n" + SQL);
    }

    private static String session(String host, String... headers) {
        return RawHttp.send(
                engine.port(),
                "GET /v1/databases/shop/session HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key:"
                        + " AAAAAAAAAAAAAAAAAAAAAA==\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
    }

    /** More of them than there are threads for requests. */
    @Test
    void refusedRequestsWhoseBodyNeverComesKeepNobodyWaiting() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 250; i++) {
                Socket socket = new Socket("127.0.0.1", engine.port());
                sockets.add(socket);
                socket.getOutputStream()
                        .write(
                                "POST /v1/databases/shop/exec HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 9\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(exec("127.0.0.1", "Content-Type: application/json")).startsWith("HTTP/1.1 200");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, https://evil.example, 403",
        "127.0.0.1, null, 403",
        "127.0.0.1, http://127.0.0.1:1, 403",
        "127.0.0.1, http://localhost, 403",
        "127.0.0.1, file://, 403",
        "127.0.0.1, https://console.example.evil.example, 403",
        "127.0.0.1, https://console.example, 200",
        "127.0.0.1, HTTPS://CONSOLE.EXAMPLE, 200",
        "localhost, http://localhost, 200",
        // A name of the page's own that leads to this machine.
        "evil.example, http://evil.example, 403",
        "evil.example, '', 403",
        "127.0.0.1.evil.example, '', 403",
        "localhost.evil.example, '', 403",
        "proxy.example:8080, http://proxy.example:8080, 200",
        "127.0.0.1, '', 200",
        "[::1], '', 200",
        "engine.localhost, '', 200"
    })
    void pagesOfOtherSitesAreRefused(String host, String origin, int status) {
        String header = origin.isEmpty() ? "X: y" : "Origin: " + origin;
        String reply = exec(host, header, "Content-Type: application/json");
        assertThat(RawHttp.status(reply)).as(reply).isEqualTo(status);
        assertThat(RawHttp.status(session(host, header))).isEqualTo(status == 200 ? 101 : status);
        if (status != 200) {
            assertThat(reply).contains("FORBIDDEN").contains("DOSQL_ALLOWED_ORIGINS");
        }
    }

    /** The types that a page may send without asking first. */
    @ParameterizedTest
    @CsvSource({
        "text/plain, 400",
        "text/plain;charset=application/json, 400",
        "application/x-www-form-urlencoded, 400",
        "multipart/form-data, 400",
        "'', 400",
        "application/json, 200",
        "Application/JSON; charset=utf-8, 200"
    })
    void bodiesAreJsonByTheirType(String type, int status) {
        String reply = exec("127.0.0.1", type.isEmpty() ? "X: y" : "Content-Type: " + type);
        assertThat(RawHttp.status(reply)).as(reply).isEqualTo(status);
    }

    @Test
    void importTakesNoTypeOfAForm() {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/json")) {
            HttpCalls.Reply reply = HttpCalls.send(
                    engine.uri(), "POST", "/v1/databases/copy/import", new byte[] {1}, "Content-Type", type);
            assertThat(reply.code()).isEqualTo("INVALID_ARGUMENT");
            assertThat(reply.hint()).contains("application/vnd.sqlite3");
        }
    }

    @Test
    void browserIsToldWhatAnAllowedPageMayDo() {
        String reply = RawHttp.send(
                engine.port(),
                "OPTIONS /v1/databases/shop/exec HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://console.example\r\n"
                        + "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
        assertThat(RawHttp.status(reply)).isEqualTo(200);
        assertThat(reply)
                .contains("Access-Control-Allow-Origin: https://console.example")
                .contains("Access-Control-Allow-Headers: Content-Type");
        String other = RawHttp.send(
                engine.port(),
                "OPTIONS /v1/databases/shop/exec HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\n"
                        + "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
        assertThat(RawHttp.status(other)).isEqualTo(403);
        assertThat(other).doesNotContain("Access-Control-Allow-Origin");
    }

    /** Members of the kind of unknown settings: a field that is not read may be one that is, misspelt. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "query | {\"sql\":\"select 1\",\"maxRow\":5} | maxRows",
                "exec | {\"sql\":\"select 1\",\"parms\":[]} | params",
                "exec | {\"sql\":\"select 1\",\"maxRows\":5} | ",
                "batch | {\"statments\":[]} | statements",
                "batch | {\"statements\":[{\"sql\":\"select 1\",\"param\":[]}]} | params",
                "checkpoint | {\"mod\":\"full\"} | mode",
                "wal/verify | {\"afterID\":1} | afterId"
            })
    void fieldThatIsNotReadIsRefused(String operation, String body, String suggestion) {
        HttpCalls.Reply reply = HttpCalls.send(engine.uri(), "POST", "/v1/databases/shop/" + operation, body);
        assertThat(reply.code()).as(reply.message()).isEqualTo("INVALID_ARGUMENT");
        assertThat(reply.detail("suggestion").asText()).isEqualTo(suggestion == null ? "" : suggestion);
    }
}
