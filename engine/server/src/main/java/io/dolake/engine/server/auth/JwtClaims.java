/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import io.dolake.engine.server.config.JwtConfig;
import io.dolake.schemas.DoLakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the claims of a token whose signature is right. */
final class JwtClaims {
    static final String RIGHTS = "dosql_rights";
    static final String TENANT = "tenant_id";

    private static final Pattern DATABASE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final int MAX_NAME = 100;

    /** Of a tenant for whom the token says no rights. */
    private static final Map<String, List<String>> RIGHTS_OF_TENANT = Map.of("*", List.of("read", "write", "cdc"));

    private final JwtConfig config;
    private final Duration skew;

    JwtClaims(JwtConfig config, Duration skew) {
        this.config = config;
        this.skew = skew;
    }

    /**
     * Until when the token counts, the allowed difference of clocks included.
     *
     * @throws DoLakeException UNAUTHORIZED
     */
    Instant check(JWTClaimsSet claims) {
        Instant now = Instant.now();
        if (claims.getExpirationTime() == null) {
            throw Refusal.TOKEN_WITHOUT_END.error();
        }
        Instant end = claims.getExpirationTime().toInstant().plus(skew);
        if (!now.isBefore(end)) {
            throw Refusal.TOKEN_EXPIRED.error(
                    " at " + claims.getExpirationTime().toInstant());
        }
        Date begin = claims.getNotBeforeTime();
        if (begin != null && now.plus(skew).isBefore(begin.toInstant())) {
            throw Refusal.TOKEN_NOT_YET_VALID.error();
        }
        if (config.issuer() != null && !config.issuer().equals(claims.getIssuer())) {
            throw Refusal.ISSUER_MISMATCH.error();
        }
        if (config.audience() != null && !claims.getAudience().contains(config.audience())) {
            throw Refusal.AUDIENCE_MISMATCH.error();
        }
        return end;
    }

    /** Without a tenant and without rights the caller is known, and may do nothing. */
    Caller caller(JWTClaimsSet claims, Instant end) {
        requireValue(claims, TENANT, Refusal.WRONG_TENANT);
        requireValue(claims, RIGHTS, Refusal.WRONG_RIGHTS);
        String tenant = tenant(claims.getClaim(TENANT));
        Object words = claims.getClaim(RIGHTS);
        Rights rights = tenant == null ? Rights.NONE : Rights.of(RIGHTS_OF_TENANT);
        return new Caller(
                name(claims.getSubject()),
                words == null ? rights : rights(words),
                tenant,
                () -> Instant.now().isBefore(end) ? null : Refusal.TOKEN_EXPIRED);
    }

    /** A claim that its issuer meant to fill in, and left null, is not one that it left out. */
    private static void requireValue(JWTClaimsSet claims, String name, Refusal refusal) {
        if (claims.getClaims().containsKey(name) && claims.getClaim(name) == null) {
            throw refusal.error();
        }
    }

    private static String name(String subject) {
        if (subject == null || subject.isBlank()) {
            return "a token without sub";
        }
        String line = subject.replaceAll("\\p{Cntrl}", "?");
        return line.length() > MAX_NAME ? line.substring(0, MAX_NAME) : line;
    }

    /** The database of the tenant; null if the token names none. */
    private String tenant(Object claim) {
        if (claim == null) {
            return null;
        }
        String id = claim instanceof String || claim instanceof Long ? claim.toString() : "";
        String database = config.tenantDatabase().replace("{" + TENANT + "}", id);
        if (id.isEmpty() || !DATABASE.matcher(database).matches()) {
            throw Refusal.WRONG_TENANT.error();
        }
        return database;
    }

    private static Rights rights(Object claim) {
        if (!(claim instanceof Map<?, ?> byPattern)) {
            throw Refusal.WRONG_RIGHTS.error();
        }
        Map<String, List<String>> words = new LinkedHashMap<>();
        byPattern.forEach((pattern, names) -> {
            if (!(names instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
                throw Refusal.WRONG_RIGHTS.error();
            }
            words.put(
                    String.valueOf(pattern),
                    list.stream().map(String.class::cast).toList());
        });
        try {
            return Rights.of(words);
        } catch (DoLakeException e) {
            throw Refusal.WRONG_RIGHTS.error();
        }
    }
}
