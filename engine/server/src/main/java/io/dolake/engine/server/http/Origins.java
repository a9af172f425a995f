/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * Keeps web pages of other sites from using the engine through a browser on this machine. Checks the {@code Origin}
 * header that browsers send and, on a loopback address, the {@code Host} header too, since such a page can make its own
 * host name resolve to the loopback address. This is not authentication: a program that is not a browser can send any
 * header.
 */
final class Origins {
    private static final Pattern LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}|\\[?::1]?|(.+\\.)?localhost");

    private final List<String> allowed;
    private final boolean isLoopback;

    Origins(ServerConfig config) {
        allowed = config.allowedOrigins();
        isLoopback = isLoopback(config.host());
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * Refuses a request from a page of another site.
     *
     * @throws DoLakeException FORBIDDEN
     */
    void check(Request request) {
        String host = request.getHttpURI().getHost();
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        boolean isAllowed = origin != null && allowed.contains(origin.toLowerCase(Locale.ROOT));
        if (isLoopback && host != null && !isLoopback(host) && !isAllowed && !isNamed(host)) {
            throw refused("it is for host '" + host + "', and the engine accepts requests from this machine only");
        }
        if (origin != null && !isAllowed && !isSame(origin, request.getHttpURI())) {
            throw refused("it comes from a page of " + origin);
        }
    }

    /**
     * Whether the host is that of an allowed origin: a proxy in front of the engine is called by the name of its own
     * origin.
     */
    private boolean isNamed(String host) {
        return allowed.stream()
                .anyMatch(origin -> host.equalsIgnoreCase(URI.create(origin).getHost()));
    }

    private static boolean isSame(String origin, HttpURI uri) {
        return origin.equalsIgnoreCase(uri.getScheme() + "://" + uri.getAuthority());
    }

    private static DoLakeException refused(String reason) {
        return new DoLakeException(ErrorCode.FORBIDDEN, "Cannot serve request: " + reason)
                .withHint("DOSQL_ALLOWED_ORIGINS lists the allowed origins, as https://name or http://name:port.");
    }

    /** Tells the browser of an allowed page that it may read the reply. Only after {@link #check}. */
    void allow(Request request, Response response) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin == null) {
            return;
        }
        response.getHeaders().put(new HttpField("Access-Control-Allow-Origin", origin));
        response.getHeaders().put(new HttpField("Access-Control-Allow-Methods", "GET, PUT, POST, DELETE"));
        response.getHeaders().put(new HttpField("Access-Control-Allow-Headers", "Content-Type, Authorization"));
        response.getHeaders().put(HttpHeader.VARY, "Origin");
    }
}
