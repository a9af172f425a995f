/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import io.dolake.engine.server.config.JwtConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.security.Key;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an issuer, from a file or a URL. They are read again after a minute, and when a token names a key
 * that is not among them, but not more often than {@link #PAUSE} allows. While they cannot be read, those known last
 * serve for an hour.
 */
final class Jwks implements JWKSetSource<SecurityContext> {
    private static final Logger LOG = LoggerFactory.getLogger(Jwks.class);

    static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);

    private static final Duration LIFE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration OUTAGE = Duration.ofHours(1);
    private static final int CONNECT_MS = 2_000;
    private static final int READ_MS = 3_000;
    private static final int MAX_BYTES = 1 << 20;

    private final JwtConfig config;
    private final DefaultResourceRetriever http = new DefaultResourceRetriever(CONNECT_MS, READ_MS, MAX_BYTES);
    private final JWSVerificationKeySelector<SecurityContext> keys;
    private volatile boolean isUnavailable;

    /** @throws DoLakeException INVALID_CONFIGURATION if a file cannot be read; a URL may answer later */
    Jwks(JwtConfig config) {
        this.config = config;
        if (config.jwksFile() != null) {
            try {
                read();
            } catch (IOException | ParseException e) {
                throw unreadable(ErrorCode.INVALID_CONFIGURATION, e);
            }
        }
        keys = new JWSVerificationKeySelector<>(
                ALGORITHMS,
                JWKSourceBuilder.create(this)
                        .cache(LIFE.toMillis(), CONNECT_MS + READ_MS)
                        .refreshAheadCache(false)
                        .rateLimited(PAUSE.toMillis())
                        .outageTolerant(OUTAGE.toMillis())
                        .build());
    }

    /**
     * The keys that may have signed a token; empty if none fits.
     *
     * @throws DoLakeException CONNECTION_ERROR if there are no keys, because they cannot be read
     */
    List<? extends Key> keysFor(JWSHeader header) {
        try {
            return keys.selectJWSKeys(header, null);
        } catch (RateLimitReachedException e) {
            if (isUnavailable) {
                throw unreadable(ErrorCode.CONNECTION_ERROR, e);
            }
            return List.of();
        } catch (KeySourceException e) {
            throw unreadable(ErrorCode.CONNECTION_ERROR, e);
        }
    }

    private DoLakeException unreadable(ErrorCode code, Exception cause) {
        String place = config.jwksFile() != null ? config.jwksFile().toString() : "DOSQL_JWT_JWKS_URL";
        return new DoLakeException(
                        code, "Cannot check tokens: the keys of the issuer in " + place + " cannot be read", cause)
                .withHint("They must be a JSON web key set; the log of the engine has the reason.");
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long now, SecurityContext context)
            throws KeySourceException {
        try {
            JWKSet set = read();
            isUnavailable = false;
            return set;
        } catch (IOException | ParseException e) {
            isUnavailable = true;
            LOG.warn("Cannot read the keys of the issuer: {}", e.toString());
            throw new JWKSetUnavailableException("Cannot read the keys of the issuer", e);
        }
    }

    private JWKSet read() throws IOException, ParseException {
        String text = config.jwksFile() != null
                ? Files.readString(config.jwksFile())
                : http.retrieveResource(config.jwksUrl().toURL()).getContent();
        return JWKSet.parse(text);
    }

    @Override
    public void close() {}
}
