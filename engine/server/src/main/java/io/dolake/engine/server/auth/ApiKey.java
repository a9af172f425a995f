/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An API key, without its secret: {@code dosql_ID_SECRET} is the token.
 *
 * @param sha256 of the whole token, in hexadecimal digits
 * @param rights names of rights by pattern of database names
 * @param expiresAt null for never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApiKey(
        String id, String name, String sha256, Map<String, List<String>> rights, String createdAt, String expiresAt) {
    static final String PREFIX = "dosql_";

    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;
    private static final Pattern TOKEN = Pattern.compile("dosql_[0-9a-f]{12}_[A-Za-z0-9_-]{43}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");
    private static final SecureRandom RANDOM = new SecureRandom();

    public ApiKey {
        if (!ID.matcher(String.valueOf(id)).matches()
                || !HASH.matcher(String.valueOf(sha256)).matches()
                || name == null
                || rights == null
                || createdAt == null) {
            throw new IllegalArgumentException("a key has id, name, sha256, rights and createdAt");
        }
        Instant.parse(createdAt);
        if (expiresAt != null) {
            Instant.parse(expiresAt);
        }
        Rights.of(rights);
    }

    static String newToken() {
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(id);
        RANDOM.nextBytes(secret);
        return PREFIX + HexFormat.of().formatHex(id) + "_"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** The id in a token; null if it is not the token of an API key. */
    static String idOf(String token) {
        return TOKEN.matcher(token).matches() ? token.substring(PREFIX.length(), PREFIX.length() + 2 * ID_BYTES) : null;
    }

    boolean isExpired(Instant now) {
        return expiresAt != null && !now.isBefore(Instant.parse(expiresAt));
    }
}
