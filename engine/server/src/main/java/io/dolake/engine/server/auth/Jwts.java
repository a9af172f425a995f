/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import io.dolake.engine.server.config.JwtConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.Key;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies JSON web tokens. A verified token is remembered for a minute, so that a busy client costs one verification a
 * minute; a key that its issuer withdraws counts for two minutes at most. Thread-safe.
 */
final class Jwts {
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MAX_REMEMBERED = 10_000;
    private static final int MIN_SECRET_BYTES = 32;
    private static final Set<String> TYPES = Set.of("JWT", "AT+JWT");

    private final Key secret;
    private final Jwks jwks;
    private final JwtClaims claims;
    private final DefaultJWSVerifierFactory verifiers = new DefaultJWSVerifierFactory();
    private final Map<ByteBuffer, Verified> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Verified> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    private record Verified(Caller caller, Instant until) {}

    /** @throws DoLakeException INVALID_CONFIGURATION if a file of the settings cannot be used */
    Jwts(JwtConfig config, Duration skew) {
        secret = config.secretFile() == null ? null : secret(config);
        jwks = config.jwksFile() == null && config.jwksUrl() == null ? null : new Jwks(config);
        claims = new JwtClaims(config, skew);
    }

    /** The text of the file, without line ends behind it. */
    private static Key secret(JwtConfig config) {
        try {
            byte[] bytes = Files.readString(config.secretFile()).stripTrailing().getBytes(StandardCharsets.UTF_8);
            if (bytes.length >= MIN_SECRET_BYTES) {
                return new SecretKeySpec(bytes, "HmacSHA256");
            }
            throw wrongSecret(config, "it has fewer than " + MIN_SECRET_BYTES + " bytes", null);
        } catch (IOException e) {
            throw wrongSecret(config, "it cannot be read as text", e);
        }
    }

    private static DoLakeException wrongSecret(JwtConfig config, String reason, Exception cause) {
        return new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot use DOSQL_JWT_SECRET_FILE " + config.secretFile() + ": " + reason,
                        cause)
                .withHint("Make a secret: openssl rand -base64 48 > FILE");
    }

    /**
     * Whose token it is.
     *
     * @param hash of the token
     * @throws DoLakeException UNAUTHORIZED, CONNECTION_ERROR
     */
    Caller caller(String token, byte[] hash) {
        ByteBuffer key = ByteBuffer.wrap(hash);
        Instant now = Instant.now();
        synchronized (remembered) {
            Verified known = remembered.get(key);
            if (known != null && now.isBefore(known.until())) {
                return known.caller();
            }
        }
        Verified verified = verify(token, now.plus(REMEMBERED));
        synchronized (remembered) {
            remembered.put(key, verified);
        }
        return verified.caller();
    }

    private Verified verify(String token, Instant remembered) {
        SignedJWT jwt = signed(token);
        requireSignature(jwt);
        try {
            JWTClaimsSet set = jwt.getJWTClaimsSet();
            Instant end = claims.check(set);
            return new Verified(claims.caller(set, end), end.isBefore(remembered) ? end : remembered);
        } catch (ParseException e) {
            throw Refusal.MALFORMED_TOKEN.error();
        }
    }

    private static SignedJWT signed(String token) {
        JWT jwt;
        try {
            jwt = JWTParser.parse(token);
        } catch (ParseException | IllegalArgumentException e) {
            throw Refusal.MALFORMED_TOKEN.error();
        }
        JOSEObjectType type = jwt.getHeader().getType();
        if (jwt instanceof EncryptedJWT) {
            throw Refusal.WRONG_TOKEN_TYPE.error(": it is encrypted, and a signed one is needed");
        }
        if (type != null && !TYPES.contains(type.getType().toUpperCase(java.util.Locale.ROOT))) {
            throw Refusal.WRONG_TOKEN_TYPE.error(": it is not an access token by its header typ");
        }
        if (jwt instanceof SignedJWT signed) {
            return signed;
        }
        throw Refusal.WRONG_ALGORITHM.error(": it is not signed");
    }

    private void requireSignature(SignedJWT jwt) {
        List<? extends Key> keys = keysFor(jwt.getHeader());
        if (keys.isEmpty()) {
            throw Refusal.UNKNOWN_SIGNER.error();
        }
        for (Key key : keys) {
            try {
                if (jwt.verify(verifiers.createJWSVerifier(jwt.getHeader(), key))) {
                    return;
                }
            } catch (JOSEException | IllegalStateException e) {
                throw Refusal.WRONG_SIGNATURE.error();
            }
        }
        throw Refusal.WRONG_SIGNATURE.error();
    }

    /** The kind of key follows from the settings, never from the token alone. */
    private List<? extends Key> keysFor(JWSHeader header) {
        JWSAlgorithm algorithm = header.getAlgorithm();
        if (secret != null && JWSAlgorithm.HS256.equals(algorithm)) {
            return List.of(secret);
        }
        if (jwks != null && Jwks.ALGORITHMS.contains(algorithm)) {
            return jwks.keysFor(header);
        }
        throw Refusal.WRONG_ALGORITHM.error();
    }
}
