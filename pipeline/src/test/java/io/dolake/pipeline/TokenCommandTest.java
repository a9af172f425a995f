/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on API keys, on a data directory whose engine does not run. */
class TokenCommandTest {
    @TempDir
    Path directory;

    private Cli cli;

    @BeforeEach
    void makeDirectory() throws IOException {
        Files.createDirectories(directory.resolve("engine"));
        cli = new Cli(directory);
    }

    @Test
    void keysAreMadeListedAndRevoked() throws IOException {
        String token = cli.run(
                        "token",
                        "create",
                        "app",
                        "--allow",
                        "read,cdc:shop-*",
                        "--allow",
                        "write:shop",
                        "--expires",
                        "12h")
                .succeeded()
                .out()
                .trim();
        assertThat(token).matches("dosql_[0-9a-f]{12}_[A-Za-z0-9_-]{43}");
        JsonNode key = cli.run("token", "list", "--json").succeeded().json().get(0);
        assertThat(key.path("name").asText()).isEqualTo("app");
        assertThat(key.path("rights").asText()).isEqualTo("write:shop read,cdc:shop-*");
        assertThat(key.path("expires").asText()).isNotEmpty();
        assertThat(cli.run("token", "list").succeeded().out()).contains("1 key").doesNotContain(token);
        assertThat(Files.readString(directory.resolve("engine/api-keys.json"))).doesNotContain(token);
        cli.run("token", "revoke", key.path("id").asText()).succeeded();
        assertThat(cli.run("token", "list").succeeded().out()).contains("0 keys");
        assertThat(directory.resolve("engine/api-keys.json")).exists();
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        assertThat(cli.run("token", "create", "app", "--allow", "read")
                        .failed("INVALID_ARGUMENT")
                        .err())
                .contains("RIGHTS:PATTERN");
        assertThat(cli.run("token", "create", "app", "--allow", "reed:shop")
                        .failed("INVALID_ARGUMENT")
                        .err())
                .contains("'reed' is not a right; there are read, write, cdc, admin");
        assertThat(cli.run("token", "create", "app", "--allow", "read:shop", "--expires", "1w")
                        .failed("INVALID_ARGUMENT")
                        .err())
                .contains("90d");
        assertThat(cli.run("token", "revoke", "app").failed("INVALID_ARGUMENT").err())
                .contains("there is none");
        assertThat(cli.run(
                                "token",
                                "list",
                                "--data-dir",
                                directory.resolve("none").toString())
                        .failed("INVALID_ARGUMENT")
                        .err())
                .contains("no such directory");
        Files.writeString(directory.resolve("engine/api-keys.json"), "{");
        assertThat(cli.run("token", "list").failed("INVALID_CONFIGURATION").err())
                .contains("api-keys.json");
    }
}
