/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.config;

import io.dolake.engine.server.support.Suggestions;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Configuration of an engine. Immutable; the {@code with} methods return a copy.
 *
 * @param directory holds the databases; created if missing
 * @param host address to listen on
 * @param port 0 for any free one
 * @param limits those that differ from their default
 * @param archive where segments go before retention drops them; null for nowhere
 * @param allowedOrigins of pages, in lower case, that may use the engine although it is another site's
 * @param auth who may use the engine
 */
public record ServerConfig(
        Path directory,
        String host,
        int port,
        Map<Limit, Long> limits,
        ArchiveLocation archive,
        List<String> allowedOrigins,
        AuthConfig auth) {
    /** The port where none is configured. */
    public static final int DEFAULT_PORT = 8790;

    private static final String PREFIX = "DOSQL_";

    public ServerConfig {
        limits = Collections.unmodifiableMap(copyOf(limits));
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    /** Listens on the loopback address and the default port. */
    public static ServerConfig of(Path directory) {
        return new ServerConfig(directory, "127.0.0.1", DEFAULT_PORT, Map.of(), null, List.of(), AuthConfig.NONE);
    }

    public ServerConfig withPort(int newPort) {
        return new ServerConfig(directory, host, newPort, limits, archive, allowedOrigins, auth);
    }

    public ServerConfig withHost(String newHost) {
        return new ServerConfig(directory, newHost, port, limits, archive, allowedOrigins, auth);
    }

    public ServerConfig withLimit(Limit limit, long value) {
        Map<Limit, Long> more = copyOf(limits);
        more.put(limit, value);
        return new ServerConfig(directory, host, port, more, archive, allowedOrigins, auth);
    }

    public ServerConfig withArchive(ArchiveLocation newArchive) {
        return new ServerConfig(directory, host, port, limits, newArchive, allowedOrigins, auth);
    }

    public ServerConfig withAllowedOrigins(List<String> origins) {
        return new ServerConfig(directory, host, port, limits, archive, origins, auth);
    }

    /** With a token of whoever starts this engine; see {@link AuthConfig}. */
    public ServerConfig withLocalToken(String token) {
        return withAuth(auth.withLocalToken(token));
    }

    private ServerConfig withAuth(AuthConfig newAuth) {
        return new ServerConfig(directory, host, port, limits, archive, allowedOrigins, newAuth);
    }

    /**
     * The same place and address, with the limits, the archive and the authentication that the environment sets.
     *
     * @throws DoLakeException as {@link #fromEnvironment}
     */
    public ServerConfig withSettings(Map<String, String> environment) {
        ServerConfig read = fromEnvironment(environment);
        return new ServerConfig(directory, host, port, read.limits, read.archive, read.allowedOrigins, read.auth);
    }

    public long limit(Limit limit) {
        return limits.getOrDefault(limit, limit.initial());
    }

    /** A limit whose maximum is known to fit. */
    public int intLimit(Limit limit) {
        return Math.toIntExact(limit(limit));
    }

    /**
     * Reads {@code DOSQL_DATA_DIR}, {@code DOSQL_HOST}, {@code DOSQL_PORT}, {@code DOSQL_ALLOWED_ORIGINS},
     * {@code DOSQL_ARCHIVE} with the settings beside it, those of {@link AuthConfig} and {@link JwtConfig}, and {@code DOSQL_} plus the name of any {@link Limit}.
     *
     * @throws DoLakeException INVALID_CONFIGURATION with every fault in its message and in detail {@code faults}
     */
    public static ServerConfig fromEnvironment(Map<String, String> environment) {
        List<String> faults = new ArrayList<>();
        String directory = environment.getOrDefault(PREFIX + "DATA_DIR", "data");
        String host = environment.getOrDefault(PREFIX + "HOST", "127.0.0.1");
        if (directory.isBlank()) {
            faults.add(PREFIX + "DATA_DIR is empty");
        }
        if (host.isBlank()) {
            faults.add(PREFIX + "HOST is empty");
        }
        long port = number(environment, "PORT", DEFAULT_PORT, 0, 65_535, faults);
        Map<Limit, Long> limits = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            if (environment.containsKey(PREFIX + limit.name())) {
                limits.put(limit, number(environment, limit.name(), limit.initial(), limit.min(), limit.max(), faults));
            }
        }
        ArchiveLocation archive = ArchiveLocation.fromEnvironment(PREFIX, environment, faults);
        List<String> origins = origins(PREFIX + "ALLOWED_ORIGINS", environment.get(PREFIX + "ALLOWED_ORIGINS"), faults);
        AuthConfig auth = AuthConfig.fromEnvironment(PREFIX, environment, faults);
        refuseUnknown(environment, faults);
        if (!faults.isEmpty()) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot configure the engine: " + String.join("; ", faults))
                    .withDetail("faults", faults);
        }
        return new ServerConfig(Path.of(directory), host, (int) port, limits, archive, origins, auth);
    }

    /**
     * Reads the setting: origins, separated by commas.
     *
     * @param faults takes what is wrong
     */
    private static List<String> origins(String name, String text, List<String> faults) {
        if (text == null || text.isBlank()) {
            return List.of();
        }
        List<String> origins = List.of(text.trim().toLowerCase(Locale.ROOT).split("\\s*,\\s*"));
        for (String origin : origins) {
            if (!origin.matches("https?://(\\[[0-9a-f:]+]|[a-z0-9_.-]+)(:\\d{1,5})?")) {
                faults.add(
                        name + " has '" + origin + "', which is not an origin like https://name or http://name:8080");
            }
        }
        return origins;
    }

    /** Names with the prefix that are none, in any case of letters, and names of limits without it. */
    private static void refuseUnknown(Map<String, String> environment, List<String> faults) {
        List<String> known = names();
        for (String name : new TreeSet<>(environment.keySet())) {
            String upper = name.toUpperCase(Locale.ROOT);
            if (upper.startsWith(PREFIX) && !known.contains(name)) {
                String near = known.contains(upper) ? upper : Suggestions.nearest(name, known);
                faults.add(name + " is not a setting" + (near == null ? "" : ": did you mean " + near + "?"));
            } else if (name.contains("_") && isLimit(name)) {
                faults.add(name + " is not a setting: did you mean " + PREFIX + name + "?");
            }
        }
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of("DATA_DIR", "HOST", "PORT", "ALLOWED_ORIGINS"));
        names.addAll(ArchiveLocation.SETTINGS);
        names.addAll(AuthConfig.SETTINGS);
        for (Limit limit : Limit.values()) {
            names.add(limit.name());
        }
        names.replaceAll(name -> PREFIX + name);
        return names;
    }

    private static boolean isLimit(String name) {
        for (Limit limit : Limit.values()) {
            if (limit.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static long number(
            Map<String, String> environment, String name, long initial, long min, long max, List<String> faults) {
        String text = environment.get(PREFIX + name);
        if (text == null) {
            return initial;
        }
        try {
            long value = Long.parseLong(text.trim());
            if (value >= min && value <= max) {
                return value;
            }
            faults.add(PREFIX + name + " is " + value + ", not within " + min + " to " + max);
        } catch (NumberFormatException e) {
            faults.add(PREFIX + name + " is '" + text + "', not a whole number");
        }
        return initial;
    }

    private static Map<Limit, Long> copyOf(Map<Limit, Long> limits) {
        Map<Limit, Long> copy = new EnumMap<>(Limit.class);
        copy.putAll(limits);
        return copy;
    }
}
