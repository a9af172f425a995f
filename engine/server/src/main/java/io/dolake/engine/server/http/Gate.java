/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.auth.Authentication;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a request in, or refuses it, before any other work is done for it. */
final class Gate {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    private static final long LOG_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Parameters in which other services take a token. */
    private static final Set<String> TOKEN_PARAMETERS = Set.of(
            "access_token",
            "accesstoken",
            "bearer_token",
            "token",
            "api_key",
            "apikey",
            "key",
            "jwt",
            "auth",
            "authorization",
            "bearer");

    private final Authentication authentication;
    private final AtomicLong refused = new AtomicLong();
    private volatile long loggedNanos = System.nanoTime() - LOG_PAUSE_NANOS;

    Gate(Authentication authentication) {
        this.authentication = authentication;
    }

    /**
     * What the caller of a request may do.
     *
     * @param match null if there is no such operation: only those with a token are told so
     * @throws DoLakeException UNAUTHORIZED, FORBIDDEN, CONNECTION_ERROR
     */
    Access admit(Route.Match match, Request request) {
        if (match != null && match.route() == Route.PREFLIGHT) {
            return null;
        }
        try {
            return admitted(match, request);
        } catch (DoLakeException e) {
            log(e, request);
            throw e;
        }
    }

    private Access admitted(Route.Match match, Request request) {
        List<String> authorization = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        Route route = match == null ? null : match.route();
        if (authentication.isOn()) {
            refuseTokenInAddress(request.getHttpURI().getQuery());
            if (route == Route.HEALTH && authorization.isEmpty()) {
                return null;
            }
        }
        Access access = authentication.authenticate(authorization, match == null ? null : match.database());
        if (route != null && route.needs() == Route.Needs.ANY_RIGHT) {
            access.requireAny();
        } else if (route != null && route.needs() == Route.Needs.RIGHT) {
            access.require(route.right());
        }
        return access;
    }

    private static void refuseTokenInAddress(String query) {
        if (query == null) {
            return;
        }
        for (String pair : query.split("[&;]", -1)) {
            String name = decoded(pair.split("=", 2)[0]);
            if (TOKEN_PARAMETERS.contains(name.toLowerCase(Locale.ROOT))) {
                throw Authentication.tokenInAddress();
            }
        }
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    /** One line for many refusals, so that nobody fills the log. */
    private void log(DoLakeException error, Request request) {
        refused.incrementAndGet();
        long now = System.nanoTime();
        if (error.code() == ErrorCode.UNAUTHORIZED && now - loggedNanos > LOG_PAUSE_NANOS) {
            loggedNanos = now;
            LOG.warn(
                    "Requests refused: {}. The last one, from {}: {}",
                    refused.getAndSet(0),
                    Request.getRemoteAddr(request),
                    error.getMessage());
        }
    }
}
