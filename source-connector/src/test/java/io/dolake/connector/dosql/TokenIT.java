/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.auth.ApiKeyFile;
import io.dolake.engine.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connector at an engine that needs a token. */
class TokenIT {
    @TempDir
    Path directory;

    private ApiKeyFile keys;
    private DoSqlServer server;
    private DoSqlClient client;

    @BeforeEach
    void start() {
        keys = new ApiKeyFile(directory);
        String admin = keys.create("admin", Map.of("*", List.of("admin")), null).token();
        server = DoSqlServer.start(ServerConfig.of(directory).withPort(0));
        client = DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                .token(admin)
                .build();
        client.create("shop");
        client.exec("shop", Statement.of("CREATE TABLE t(id INTEGER PRIMARY KEY)"));
        insert(1);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private long insert(int id) {
        return client.exec("shop", Statement.of("INSERT INTO t VALUES (?)", id))
                .lsn()
                .value();
    }

    private String key(String name) {
        return keys.create(name, Map.of("shop", List.of("read", "cdc")), null).token();
    }

    private Map<String, ConfigValue> validated(String... more) {
        Map<String, String> settings = new HashMap<>(Fixtures.settings(more));
        settings.put("database.hostname", "127.0.0.1");
        settings.put("database.port", String.valueOf(server.port()));
        settings.put("connector.class", DoSqlConnector.class.getName());
        Map<String, ConfigValue> values = new HashMap<>();
        new DoSqlConnector().validate(settings).configValues().forEach(value -> values.put(value.name(), value));
        return values;
    }

    @Test
    void validationSaysWhichSettingIsMissing() {
        String wrong = "dosql_0123456789ab_" + "x".repeat(43);
        assertThat(validated("database.password", key("good")))
                .allSatisfy((name, value) ->
                        assertThat(value.errorMessages()).as(name).isEmpty());
        assertThat(validated().get("database.password").errorMessages().get(0))
                .contains("Missing Bearer token")
                .contains("database.password");
        assertThat(validated("database.password", "${env:DOSQL_TOKEN}")
                        .get("database.password")
                        .errorMessages()
                        .get(0))
                .contains("Missing Bearer token");
        assertThat(validated("database.password", wrong)
                        .get("database.password")
                        .errorMessages()
                        .get(0))
                .contains("there is no such API key")
                .doesNotContain(wrong);
        assertThat(validated("database.password", wrong, "database.password.file", "/x")
                        .get("database.password")
                        .errorMessages()
                        .get(0))
                .contains("Only one of");
        assertThat(new DoSqlConnector().config().configKeys().get("database.password").type)
                .isEqualTo(ConfigDef.Type.PASSWORD);
    }

    @Test
    void snapshotAndStreamGoOnWithTheNextTokenOfAFile() throws Exception {
        Path file = directory.resolve("token");
        Files.writeString(file, key("first"));
        TaskHarness task = new TaskHarness(server.port(), List.of("shop"), "database.password.file", file.toString());
        task.start();
        try {
            task.pollTo("shop", insert(2));
            Files.writeString(file, key("second") + "\n");
            keys.revoke("first");
            Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            task.pollTo("shop", insert(3));
            assertThat(task.records()).hasSizeGreaterThanOrEqualTo(3);
        } finally {
            task.stop();
        }
    }
}
