/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code jdbc:dosql://host[:port]/database[?property=value&...]}. A property in the URL overrides one in the
 * {@link Properties}. Unknown names in the {@link Properties} are ignored, since tools put their own there.
 *
 * @param token gives the token; a supplier, so that the text of this record has none in it
 * @param snapshot whether the connection opens in a read-only transaction with a pinned view
 */
record ConnectionUrl(
        String url,
        URI server,
        String database,
        Duration connectTimeout,
        Duration requestTimeout,
        int fetchSize,
        boolean snapshot,
        Supplier<String> token) {
    static final String PREFIX = "jdbc:dosql:";
    static final int DEFAULT_PORT = 8790;
    static final int DEFAULT_FETCH_SIZE = 1_000;

    static final String CONNECT_TIMEOUT = "connectTimeoutMs";
    static final String REQUEST_TIMEOUT = "requestTimeoutMs";
    static final String FETCH_SIZE = "fetchSize";
    static final String SNAPSHOT = "snapshot";
    static final String TLS = "tls";
    static final String TOKEN = "token";
    static final String TOKEN_FILE = "tokenFile";
    static final List<String> PROPERTIES =
            List.of(CONNECT_TIMEOUT, REQUEST_TIMEOUT, FETCH_SIZE, SNAPSHOT, TLS, TOKEN, TOKEN_FILE);

    /** Where tools let their users enter a secret: the same as {@link #TOKEN}. */
    private static final String PASSWORD = "password";

    private static final long DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
    private static final long DEFAULT_REQUEST_TIMEOUT_MS = 60_000;
    private static final Pattern URL =
            Pattern.compile("jdbc:dosql://([^/:?#@\\[\\]]+|\\[[^\\]]+\\])(?::(\\d{1,5}))?/([^/?#]+)(?:\\?([^#]*))?");

    static ConnectionUrl parse(String url, Properties info) throws SQLException {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw invalid("URL '" + url.split("\\?", 2)[0] + "'", "expected jdbc:dosql://host:port/database");
        }
        refuseIgnored(info);
        Properties settings = new Properties();
        PROPERTIES.stream()
                .filter(name -> info.getProperty(name) != null)
                .forEach(name -> settings.setProperty(name, info.getProperty(name)));
        addQuery(parts.group(4), settings);
        int port = parts.group(2) == null ? DEFAULT_PORT : Integer.parseInt(parts.group(2));
        if (port < 1 || port > 65_535) {
            throw invalid("port " + port, "expected 1 to 65535");
        }
        String scheme = flag(settings, TLS) ? "https" : "http";
        return new ConnectionUrl(
                url,
                URI.create(scheme + "://" + parts.group(1) + ":" + port),
                parts.group(3),
                Duration.ofMillis(number(settings, CONNECT_TIMEOUT, DEFAULT_CONNECT_TIMEOUT_MS)),
                Duration.ofMillis(number(settings, REQUEST_TIMEOUT, DEFAULT_REQUEST_TIMEOUT_MS)),
                (int) number(settings, FETCH_SIZE, DEFAULT_FETCH_SIZE),
                flag(settings, SNAPSHOT),
                token(settings, info));
    }

    /**
     * Refuses properties that their user expects this driver to read: known names in another case. Others are ignored,
     * since tools and pools pass properties of their own.
     */
    private static void refuseIgnored(Properties info) throws SQLException {
        for (String name : info.stringPropertyNames()) {
            for (String known : PROPERTIES) {
                if (!name.equals(known) && name.equalsIgnoreCase(known)) {
                    throw invalid("property '" + name + "'", "it is written " + known);
                }
            }
        }
    }

    /** A file is read at each connection, and again after the engine has refused what was in it. */
    private static Supplier<String> token(Properties settings, Properties info) throws SQLException {
        String token = settings.getProperty(TOKEN, "");
        String password = info.getProperty(PASSWORD, "");
        String file = settings.getProperty(TOKEN_FILE, "");
        if (Stream.of(token, password, file).filter(text -> !text.isEmpty()).count() > 1) {
            throw invalid("properties token, password and tokenFile", "each gives the token, so one is enough");
        }
        if (file.isEmpty()) {
            return () -> token.isEmpty() ? password : token;
        }
        Path path = Path.of(file);
        return () -> {
            try {
                return Files.readString(path);
            } catch (IOException e) {
                throw new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION, "Cannot read tokenFile " + path + ": " + e, e);
            }
        };
    }

    private static void addQuery(String query, Properties settings) throws SQLException {
        if (query == null || query.isEmpty()) {
            return;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (name.equals(TOKEN) || name.equals(PASSWORD)) {
                throw invalid(
                        "property '" + name + "' of the URL",
                        "URLs are logged and shown; give it to the driver as a property, or name a tokenFile");
            }
            if (equals < 0 || !PROPERTIES.contains(name)) {
                throw invalid("property '" + name + "' of the URL", "known are " + String.join(", ", PROPERTIES));
            }
            settings.setProperty(name, URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
    }

    DoSqlClient client() throws SQLException {
        try {
            return DoSqlClient.builder(server)
                    .connectTimeout(connectTimeout)
                    .requestTimeout(requestTimeout)
                    .token(token)
                    .build();
        } catch (DoLakeException e) {
            throw SqlExceptions.of(e);
        }
    }

    private static long number(Properties settings, String name, long defaultValue) throws SQLException {
        String text = settings.getProperty(name);
        if (text == null) {
            return defaultValue;
        }
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw invalid(name + "=" + text, "expected a positive whole number");
        }
        return Long.parseLong(text);
    }

    private static boolean flag(Properties settings, String name) throws SQLException {
        String text = settings.getProperty(name, "false");
        if (!text.equals("true") && !text.equals("false")) {
            throw invalid(name + "=" + text, "expected true or false");
        }
        return text.equals("true");
    }

    private static SQLException invalid(String thing, String reason) {
        return new SQLNonTransientConnectionException(
                "Cannot use " + thing + ": " + reason, SqlExceptions.INVALID_ARGUMENT);
    }
}
