/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.config;

import io.dolake.engine.server.support.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Who may use the engine, besides those with an API key.
 *
 * @param adminTokenHash SHA-256 of a token with all rights; null for none
 * @param localTokenHash the same, of whoever has started the engine; it does not make others need a token
 * @param jwt null if JSON web tokens are not taken
 * @param allowsAnyoneFromTheNetwork whether the engine may listen beyond this machine without authentication
 */
public record AuthConfig(
        String adminTokenHash, String localTokenHash, JwtConfig jwt, boolean allowsAnyoneFromTheNetwork) {
    public static final String ALLOW_ANYONE = "DOSQL_ALLOW_ANYONE_FROM_THE_NETWORK";

    static final List<String> SETTINGS = settings();

    static final AuthConfig NONE = new AuthConfig(null, null, null, false);

    /** Long enough not to be guessed; of characters that a header may have. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{32,4096}");

    private static List<String> settings() {
        List<String> names =
                new ArrayList<>(List.of("ADMIN_TOKEN", "ADMIN_TOKEN_FILE", ALLOW_ANYONE.substring("DOSQL_".length())));
        names.addAll(JwtConfig.SETTINGS);
        return List.copyOf(names);
    }

    /** Whether the settings alone say that callers need a token. */
    public boolean isConfigured() {
        return adminTokenHash != null || jwt != null;
    }

    AuthConfig withLocalToken(String token) {
        return new AuthConfig(adminTokenHash, Sha256.hex(token), jwt, allowsAnyoneFromTheNetwork);
    }

    /** @param faults takes what is wrong */
    static AuthConfig fromEnvironment(String prefix, Map<String, String> environment, List<String> faults) {
        String anyone = environment.getOrDefault(ALLOW_ANYONE, "false").trim();
        if (!anyone.equals("true") && !anyone.equals("false")) {
            faults.add(ALLOW_ANYONE + " is '" + anyone + "', not true or false");
        }
        return new AuthConfig(
                adminTokenHash(prefix, environment, faults),
                null,
                JwtConfig.fromEnvironment(prefix, environment, faults),
                anyone.equals("true"));
    }

    private static String adminTokenHash(String prefix, Map<String, String> environment, List<String> faults) {
        String name = prefix + "ADMIN_TOKEN";
        String token = environment.getOrDefault(name, "");
        String file = environment.getOrDefault(name + "_FILE", "");
        if (token.isEmpty() && file.isEmpty()) {
            return null;
        }
        if (!token.isEmpty() && !file.isEmpty()) {
            faults.add(name + " and " + name + "_FILE are both set");
            return null;
        }
        if (!file.isEmpty()) {
            try {
                token = Files.readString(Path.of(file)).strip();
            } catch (IOException e) {
                faults.add(name + "_FILE " + file + " cannot be read: " + e);
                return null;
            }
        }
        if (!TOKEN.matcher(token).matches()) {
            faults.add(name + (file.isEmpty() ? "" : "_FILE")
                    + " is not a token of 32 or more of A-Z, a-z, 0-9 and ._~+/=-"
                    + " (openssl rand -hex 32 makes one)");
            return null;
        }
        return Sha256.hex(token);
    }
}
