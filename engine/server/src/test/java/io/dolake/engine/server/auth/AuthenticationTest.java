/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of authentication, and rights by pattern. */
class AuthenticationTest {
    @TempDir
    Path directory;

    private ServerConfig config(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("DOSQL_DATA_DIR", directory.toString());
        return ServerConfig.fromEnvironment(environment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7"})
    void beyondLoopbackOnlyWithAuthentication(String host) {
        assertThatThrownBy(() -> new Authentication(config(Map.of("DOSQL_HOST", host))))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("Cannot listen on " + host)
                .extracting(e -> ((DoLakeException) e).hint().orElse(""))
                .asString()
                .contains("DOSQL_ALLOW_ANYONE_FROM_THE_NETWORK=true");
        ServerConfig open = config(Map.of("DOSQL_HOST", host, "DOSQL_ALLOW_ANYONE_FROM_THE_NETWORK", "true"));
        assertThat(new Authentication(open).isOn()).isFalse();
        assertThat(new Authentication(config(Map.of("DOSQL_HOST", host, "DOSQL_ADMIN_TOKEN", "a".repeat(32)))).isOn())
                .isTrue();
        new ApiKeyFile(directory).create("k", Map.of("*", List.of("read")), null);
        assertThat(new Authentication(config(Map.of("DOSQL_HOST", host))).isOn())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1", "127.0.0.2"})
    void onLoopbackAnyoneUnlessThereIsASetting(String host) {
        assertThat(new Authentication(config(Map.of("DOSQL_HOST", host))).isOn())
                .isFalse();
    }

    @Test
    void theTokenOfWhoeverStartedTheEngineDoesNotShutItForOthers() {
        ServerConfig local = config(Map.of()).withLocalToken("local-token");
        assertThat(new Authentication(local).isOn()).isFalse();
        new ApiKeyFile(directory).create("k", Map.of("*", List.of("read")), null);
        Authentication on = new Authentication(local);
        assertThatThrownBy(() -> on.authenticate(List.of(), "shop")).hasMessageContaining("Missing Bearer token");
        on.authenticate(List.of("Bearer local-token"), "shop").require(Right.ADMIN);
    }

    @Test
    void anAdminTokenFromAFile() throws IOException {
        Path file = directory.resolve("token");
        Files.writeString(file, "0123456789abcdef0123456789abcdef\n");
        Authentication on = new Authentication(config(Map.of("DOSQL_ADMIN_TOKEN_FILE", file.toString())));
        on.authenticate(List.of("Bearer 0123456789abcdef0123456789abcdef"), "shop")
                .require(Right.ADMIN);
        assertThatThrownBy(() -> on.authenticate(List.of("Bearer 0123456789abcdef0123456789abcdeg"), "shop"))
                .hasMessageContaining("malformed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DOSQL_ADMIN_TOKEN=short | 32 or more",
                "DOSQL_ADMIN_TOKEN_FILE=/nowhere | cannot be read",
                "DOSQL_JWT_JWKS_URL=http://issuer.example/keys | must begin with https",
                "DOSQL_JWT_JWKS_URL=https://issuer.example/keys | DOSQL_JWT_ISSUER and DOSQL_JWT_AUDIENCE are needed",
                "DOSQL_JWT_ISSUER=x | have no effect",
                "DOSQL_JWT_TENANT_DATABASE=x | without {tenant_id}",
                "DOSQL_ALLOW_ANYONE_FROM_THE_NETWORK=yes | not true or false",
                "DOSQL_JWT_SECRET=x | is not a setting",
                "DOSQL_JWT_CLOCK_SKEW_MS=3000000 | not within"
            })
    void faultsOfSettingsAreNamed(String setting, String fault) {
        int equals = setting.indexOf('=');
        assertThatThrownBy(() -> config(Map.of(setting.substring(0, equals), setting.substring(equals + 1))))
                .hasMessageContaining(fault);
    }

    @Test
    void aShortSecretIsRefused() throws IOException {
        Path file = directory.resolve("secret");
        Files.writeString(file, "too short\n");
        assertThatThrownBy(() -> new Authentication(config(Map.of("DOSQL_JWT_SECRET_FILE", file.toString()))))
                .hasMessageContaining("fewer than 32 bytes")
                .hasMessageNotContaining("too short");
    }

    @ParameterizedTest
    @CsvSource({
        "*, shop, true",
        "shop, shop, true",
        "shop, shop2, false",
        "shop, sho, false",
        "shop-*, shop-, true",
        "shop-*, shop-a-b, true",
        "shop-*, shop, false",
        "*-eu, shop-eu, true",
        "*-eu, shop-eu2, false",
        "a*b*c, aXbYc, true",
        "a*b*c, abbc, true",
        "a*b*c, acb, false",
        "**, x, true",
        "a**, a, true",
        "shop, shop%2fx, false",
        "*a*a*a*a*a*a*a*a*b, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, false"
    })
    void patterns(String pattern, String name, boolean matches) {
        assertThat(Rights.of(Map.of(pattern, List.of("read"))).allow(Right.READ, name))
                .isEqualTo(matches);
        assertThat(Rights.of(Map.of(pattern, List.of("read"))).allow(Right.WRITE, name))
                .isFalse();
        assertThat(Rights.of(Map.of(pattern, List.of())).allow(Right.READ, name))
                .isFalse();
    }
}
