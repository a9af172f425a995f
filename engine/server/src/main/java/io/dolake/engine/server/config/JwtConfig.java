/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Whose JSON web tokens the engine takes.
 *
 * @param secretFile holds the secret of HS256; null if there is none
 * @param jwksFile holds the public keys of RS256 and ES256; null if they are elsewhere, or there are none
 * @param jwksUrl the same, at an address
 * @param issuer null for any, with a secret
 * @param audience null for any, with a secret
 * @param tenantDatabase the name of a tenant's database, with {@code {tenant_id}} in it
 */
public record JwtConfig(
        Path secretFile, Path jwksFile, URI jwksUrl, String issuer, String audience, String tenantDatabase) {
    static final List<String> SETTINGS = List.of(
            "JWT_SECRET_FILE", "JWT_JWKS_FILE", "JWT_JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE", "JWT_TENANT_DATABASE");

    private static final String TENANT = "{tenant_id}";

    /** Null if none of the settings that name keys is there. */
    static JwtConfig fromEnvironment(String prefix, Map<String, String> environment, List<String> faults) {
        String secret = text(prefix + "JWT_SECRET_FILE", environment);
        String file = text(prefix + "JWT_JWKS_FILE", environment);
        String url = text(prefix + "JWT_JWKS_URL", environment);
        String issuer = text(prefix + "JWT_ISSUER", environment);
        String audience = text(prefix + "JWT_AUDIENCE", environment);
        String tenant = text(prefix + "JWT_TENANT_DATABASE", environment);
        String database = tenant == null ? TENANT : tenant;
        if (!database.contains(TENANT)) {
            faults.add(prefix + "JWT_TENANT_DATABASE is '" + database + "', without " + TENANT + " in it");
        }
        if (secret == null && file == null && url == null) {
            if (issuer != null || audience != null || tenant != null) {
                faults.add(prefix + "JWT_ISSUER, _AUDIENCE and _TENANT_DATABASE have no effect without " + prefix
                        + "JWT_SECRET_FILE, _JWKS_FILE or _JWKS_URL");
            }
            return null;
        }
        if (file != null && url != null) {
            faults.add(prefix + "JWT_JWKS_FILE and " + prefix + "JWT_JWKS_URL are both set");
        }
        if ((file != null || url != null) && (issuer == null || audience == null)) {
            faults.add(prefix + "JWT_ISSUER and " + prefix + "JWT_AUDIENCE are needed with keys of an issuer, who also"
                    + " signs tokens for others");
        }
        return new JwtConfig(
                secret == null ? null : Path.of(secret),
                file == null ? null : Path.of(file),
                url == null ? null : url(prefix + "JWT_JWKS_URL", url, faults),
                issuer,
                audience,
                database);
    }

    private static String text(String name, Map<String, String> environment) {
        String text = environment.getOrDefault(name, "").trim();
        return text.isEmpty() ? null : text;
    }

    /** Whoever can change the keys on their way can make tokens: so https, or this machine. */
    private static URI url(String name, String text, List<String> faults) {
        try {
            URI url = new URI(text);
            String host = url.getHost();
            boolean isLocal = "localhost".equals(host) || "127.0.0.1".equals(host) || "[::1]".equals(host);
            if (host != null && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()) && isLocal)) {
                return url;
            }
        } catch (java.net.URISyntaxException e) {
            faults.add(name + " is not an address: " + e.getReason());
            return null;
        }
        faults.add(name + " must begin with https://, or with http:// for this machine");
        return null;
    }
}
