/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.auth.ApiKeyFile;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client and JDBC driver at an engine that needs tokens. */
class TokenIT {
    @TempDir
    Path directory;

    private ApiKeyFile keys;
    private DoSqlServer server;
    private String admin;

    @BeforeEach
    void start() {
        keys = new ApiKeyFile(directory);
        admin = keys.create("admin", Map.of("*", List.of("admin")), null).token();
        server = DoSqlServer.start(ServerConfig.of(directory).withPort(0));
        try (DoSqlClient client = builder().token(admin).build()) {
            client.create("shop");
            client.exec("shop", Statement.of("CREATE TABLE t(a INTEGER PRIMARY KEY)"));
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private DoSqlClient.Builder builder() {
        return DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()));
    }

    private static void isRefused(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void everyWayOfTheClientCarriesTheToken() throws Exception {
        try (DoSqlClient client = builder().token(admin + "\n").build()) {
            client.health();
            assertThat(client.databases()).containsExactly("shop");
            client.exec("shop", Statement.of("INSERT INTO t VALUES (1)"));
            try (Session session = client.session("shop");
                    CdcStream stream = client.subscribe("shop", CdcOptions.from(Lsn.ZERO))) {
                session.exec(Statement.of("INSERT INTO t VALUES (2)"));
                assertThat(stream.poll(Duration.ofSeconds(10))).isNotNull();
            }
        }
    }

    @Test
    void withoutTokenNothingIsServedAndTheErrorSaysWhatToDo() {
        try (DoSqlClient client = builder().build()) {
            client.health();
            isRefused(ErrorCode.UNAUTHORIZED, client::databases);
            isRefused(ErrorCode.UNAUTHORIZED, () -> client.session("shop"));
            isRefused(ErrorCode.UNAUTHORIZED, () -> client.subscribe("shop", CdcOptions.from(Lsn.ZERO)));
            assertThatThrownBy(client::databases)
                    .hasMessageContaining("Missing Bearer token")
                    .extracting(e -> ((DoLakeException) e).hint().orElse(""))
                    .asString()
                    .contains("./dolake token create");
        }
        isRefused(ErrorCode.INVALID_ARGUMENT, () -> {
            try (DoSqlClient client = builder().token("Bearer x").build()) {
                client.databases();
            }
        });
    }

    @Test
    void aSupplierIsAskedAgainAfterARefusal() {
        AtomicInteger asked = new AtomicInteger();
        String[] current = {
            keys.create("first", Map.of("shop", List.of("write", "cdc")), null).token()
        };
        try (DoSqlClient client = builder()
                .token(() -> {
                    asked.incrementAndGet();
                    return current[0];
                })
                .build()) {
            client.exec("shop", Statement.of("INSERT INTO t VALUES (1)"));
            client.exec("shop", Statement.of("INSERT INTO t VALUES (2)"));
            assertThat(asked).hasValue(1);
            current[0] = keys.create("second", Map.of("shop", List.of("write", "cdc")), null)
                    .token();
            keys.revoke("first");
            Session old = client.session("shop");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () -> isRefused(ErrorCode.CONNECTION_ERROR, () -> old.query(Statement.of("SELECT 1"), 1)));
            client.exec("shop", Statement.of("INSERT INTO t VALUES (3)"));
            assertThat(asked).hasValue(2);
            try (Session session = client.session("shop")) {
                session.exec(Statement.of("INSERT INTO t VALUES (4)"));
            }
            isRefused(ErrorCode.FORBIDDEN, () -> client.drop("shop"));
            assertThat(client.query("shop", Statement.of("SELECT count(*) FROM t"))
                            .rows()
                            .get(0))
                    .containsExactly(4L);
            keys.revoke("second");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> isRefused(ErrorCode.UNAUTHORIZED, client::databases));
        }
    }

    @Test
    void jdbcTakesItAsAPropertyOrFromAFile() throws Exception {
        String url = "jdbc:dosql://127.0.0.1:" + server.port() + "/shop";
        String reader =
                keys.create("reader", Map.of("shop", List.of("read")), null).token();
        assertThatThrownBy(() -> DriverManager.getConnection(url))
                .isInstanceOf(SQLInvalidAuthorizationSpecException.class)
                .hasMessageContaining("Missing Bearer token");
        Properties info = new Properties();
        info.setProperty("token", reader);
        Path file = directory.resolve("token");
        Files.writeString(file, reader + "\n");
        for (Connection opened : List.of(
                DriverManager.getConnection(url, info),
                DriverManager.getConnection(url, "anyone", reader),
                DriverManager.getConnection(url + "?tokenFile=" + file))) {
            try (Connection connection = opened;
                    ResultSet rows = connection.createStatement().executeQuery("SELECT count(*) FROM t")) {
                assertThat(rows.next()).isTrue();
                assertThat(connection.getMetaData().getURL()).doesNotContain(reader);
                assertThatThrownBy(() -> connection.createStatement().executeUpdate("INSERT INTO t VALUES (1)"))
                        .hasMessageContaining("has no right 'write'")
                        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(reader));
            }
        }
    }
}
