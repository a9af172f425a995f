/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import io.dolake.engine.server.config.AuthConfig;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.support.Sha256;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Finds out who calls. It is on as soon as there is a setting for it or a file of API keys, and stays on until the
 * engine ends: a file that is removed takes its keys away, and opens no door. Thread-safe.
 */
public final class Authentication {
    private static final String SCHEME = "bearer ";
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]+");

    private final AuthConfig config;
    private final ApiKeys keys;
    private final Jwts jwts;
    private volatile boolean isOn;

    /** @throws DoLakeException INVALID_CONFIGURATION, also for an address beyond this machine that all may use */
    public Authentication(ServerConfig server) {
        config = server.auth();
        keys = new ApiKeys(new ApiKeyFile(server.directory()));
        Duration skew = Duration.ofMillis(server.limit(Limit.JWT_CLOCK_SKEW_MS));
        jwts = config.jwt() == null ? null : new Jwts(config.jwt(), skew);
        isOn = config.isConfigured();
        if (!isOn() && !config.allowsAnyoneFromTheNetwork() && !isLoopback(server.host())) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot listen on " + server.host()
                                    + ": anyone who reaches it could read and change every database")
                    .withHint(
                            "Make an API key with ./dolake token create, or set DOSQL_ADMIN_TOKEN_FILE or a DOSQL_JWT_"
                                    + " setting; or listen on 127.0.0.1. Without authentication only with "
                                    + AuthConfig.ALLOW_ANYONE + "=true.");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether callers need a token. */
    public boolean isOn() {
        if (!isOn && keys.exist()) {
            isOn = true;
        }
        return isOn;
    }

    /**
     * Who sent a request.
     *
     * @param authorization the values of its Authorization headers
     * @throws DoLakeException UNAUTHORIZED with the reason, CONNECTION_ERROR if it cannot be found out now
     */
    public Access authenticate(List<String> authorization, String database) {
        return new Access(
                isOn() ? caller(authorization) : Caller.anyone(() -> isOn() ? Refusal.NOW_NEEDED : null), database);
    }

    private Caller caller(List<String> authorization) {
        String token = token(authorization);
        byte[] hash = Sha256.of(token);
        if (isAdmin(hash, config.adminTokenHash()) | isAdmin(hash, config.localTokenHash())) {
            return new Caller("the admin token", Rights.ALL, null, () -> null);
        }
        if (token.startsWith(ApiKey.PREFIX)) {
            return ofKey(token, hash);
        }
        if (!token.contains(".")) {
            throw Refusal.MALFORMED_TOKEN.error();
        }
        if (jwts == null) {
            throw Refusal.WRONG_TOKEN_TYPE.error(": it is a JSON web token, and the engine takes API keys only");
        }
        return jwts.caller(token, hash);
    }

    private Caller ofKey(String token, byte[] hash) {
        if (!keys.exist() && jwts != null) {
            throw Refusal.WRONG_TOKEN_TYPE.error(": it is an API key, and the engine takes JSON web tokens only");
        }
        return keys.caller(token, hash);
    }

    private static boolean isAdmin(byte[] hash, String expected) {
        return expected != null && Sha256.isEqual(hash, expected);
    }

    private static String token(List<String> authorization) {
        if (authorization.isEmpty()) {
            throw Refusal.TOKEN_MISSING.error();
        }
        if (authorization.size() > 1) {
            throw Refusal.SEVERAL_TOKENS.error();
        }
        String value = authorization.get(0);
        if (!value.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw Refusal.WRONG_SCHEME.error();
        }
        String token = value.substring(SCHEME.length()).trim();
        if (!TOKEN.matcher(token).matches()) {
            throw Refusal.MALFORMED_TOKEN.error();
        }
        return token;
    }

    /** The error for a token in the address of a request. */
    public static DoLakeException tokenInAddress() {
        return Refusal.TOKEN_IN_ADDRESS.error();
    }
}
