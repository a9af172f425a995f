/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The validated settings of a client.
 *
 * @param server scheme, host and port only
 * @param requestTimeout from the first byte sent to the last byte of the answer
 * @param uploadTimeout the same, for a database file
 * @param heartbeatTimeout a WebSocket that received nothing for this long is dead
 * @param readAttempts attempts of a call that only reads, if no connection can be made
 * @param maxMessageBytes largest answer or WebSocket message accepted
 * @param token who the client is
 */
record ClientConfig(
        URI server,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration uploadTimeout,
        Duration heartbeatTimeout,
        int readAttempts,
        int maxMessageBytes,
        TokenSource token) {
    static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(60);
    static final Duration DEFAULT_UPLOAD_TIMEOUT = Duration.ofMinutes(15);
    static final Duration DEFAULT_HEARTBEAT_TIMEOUT = Duration.ofSeconds(20);
    static final int DEFAULT_READ_ATTEMPTS = 4;
    static final int DEFAULT_MAX_MESSAGE_BYTES = 256 << 20;

    private static final Pattern DATABASE_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    ClientConfig {
        String scheme = server.getScheme();
        if (!("http".equals(scheme) || "https".equals(scheme)) || server.getHost() == null) {
            throw invalid("server address '" + server + "'", "expected http://host:port or https://host:port");
        }
        requirePositive("connect timeout", connectTimeout);
        requirePositive("request timeout", requestTimeout);
        requirePositive("upload timeout", uploadTimeout);
        requirePositive("heartbeat timeout", heartbeatTimeout);
        if (readAttempts < 1 || maxMessageBytes < 1) {
            throw invalid("client settings", "read attempts and largest message must be at least 1");
        }
    }

    static ClientConfig of(URI server) {
        return new ClientConfig(
                server,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_REQUEST_TIMEOUT,
                DEFAULT_UPLOAD_TIMEOUT,
                DEFAULT_HEARTBEAT_TIMEOUT,
                DEFAULT_READ_ATTEMPTS,
                DEFAULT_MAX_MESSAGE_BYTES,
                TokenSource.NONE);
    }

    /** {@code host:port}, as errors name it. */
    String endpoint() {
        int defaultPort = "https".equals(server.getScheme()) ? 443 : 80;
        return server.getHost() + ":" + (server.getPort() < 0 ? defaultPort : server.getPort());
    }

    URI http(String path) {
        return URI.create(server.getScheme() + "://" + server.getRawAuthority() + path);
    }

    URI webSocket(String path) {
        return URI.create(
                ("https".equals(server.getScheme()) ? "wss" : "ws") + "://" + server.getRawAuthority() + path);
    }

    /** The path of a database; an invalid name never reaches the server as a path. */
    static String path(String database, String... rest) {
        if (database == null || !DATABASE_NAME.matcher(database).matches()) {
            throw invalid("database name '" + database + "'", "it must match " + DATABASE_NAME);
        }
        return "/v1/databases/" + database + (rest.length == 0 ? "" : "/" + String.join("/", rest));
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw invalid(name + " of " + duration, "it must be positive");
        }
    }

    private static DoLakeException invalid(String thing, String reason) {
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot use " + thing + ": " + reason);
    }
}
