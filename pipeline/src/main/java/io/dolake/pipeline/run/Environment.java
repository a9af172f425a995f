/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Environment variables with our prefixes. One that is misspelt, or that a command does not use, is a wish that is not
 * heard, so it is refused by its name. {@code DOSQL_*} are the engine's settings, {@code DOLAKE_*} those of the
 * launcher and those that the connectors' configurations name.
 */
public final class Environment {
    private static final String OURS = "DOLAKE_";
    private static final String ENGINES = "DOSQL_";
    private static final Pattern NAMED = Pattern.compile("\\$\\{env:([A-Za-z0-9_]+)}");

    /** Sets the port of the engine that is started, unless an option does. */
    private static final String PORT = "DOSQL_PORT";

    /** Read by the launcher. */
    private static final Set<String> LAUNCHER = Set.of("DOLAKE_JAVA_OPTS");

    /** Whoever starts the pipeline cannot say these: it knows them itself. */
    private static final Map<String, String> SET_BY_US = new TreeMap<>(Map.of(
            "DOSQL_DATA_DIR", "--dir says where everything is, databases are in its folder engine",
            "DOSQL_HOST", "the engine of the pipeline listens on " + Ports.HOST,
            "DOLAKE_CATALOG_TYPE", "the catalog is a file in --dir",
            "DOLAKE_CATALOG_URI", "the catalog is a file in --dir",
            "DOLAKE_WAREHOUSE", "the warehouse is in --dir"));

    private Environment() {}

    /**
     * For every command.
     *
     * @throws DoLakeException INVALID_CONFIGURATION that names each variable with our prefixes that nothing uses
     */
    public static void requireKnown(Map<String, String> environment) {
        refuse("run this command", unknown(environment));
    }

    /**
     * For what starts the pipeline.
     *
     * @throws DoLakeException INVALID_CONFIGURATION that names each variable that has no effect or no possible value
     */
    public static void requireUsed(Map<String, String> environment) {
        List<Fault> faults = unknown(environment);
        SET_BY_US.forEach((name, reason) -> {
            String value = environment.get(name);
            boolean isSo = name.equals("DOSQL_HOST") && (Ports.HOST.equals(value) || "localhost".equals(value));
            if (value != null && !isSo) {
                faults.add(new Fault(name, name + " has no effect here: " + reason));
            }
        });
        refuse("start the pipeline", faults);
    }

    /** What is for the engine itself, and not for its clients. */
    public static Map<String, String> forEngine(Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>(environment);
        settings.keySet().removeAll(EngineToken.VARIABLES);
        return settings;
    }

    /** The port of the engine, where the environment says it. */
    public static Integer enginePort() {
        return enginePort(System.getenv());
    }

    static Integer enginePort(Map<String, String> environment) {
        return environment.containsKey(PORT)
                ? (Integer) ServerConfig.fromEnvironment(Map.of(PORT, environment.get(PORT)))
                        .port()
                : null;
    }

    private record Fault(String name, String message) {}

    private static void refuse(String action, List<Fault> faults) {
        if (faults.isEmpty()) {
            return;
        }
        List<String> messages = faults.stream().map(Fault::message).toList();
        String unset = faults.stream()
                .map(Fault::name)
                .filter(name -> !name.isEmpty())
                .map(name -> " -u " + name)
                .collect(Collectors.joining());
        DoLakeException error = new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION, "Cannot " + action + ": " + String.join("; ", messages))
                .withDetail("faults", messages);
        throw unset.isEmpty() ? error : error.withHint("Without them: env" + unset + " ./dolake ...");
    }

    private static List<Fault> unknown(Map<String, String> environment) {
        List<Fault> faults = new ArrayList<>();
        Set<String> known = null;
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(OURS) && !LAUNCHER.contains(name)) {
                known = known == null ? known() : known;
                if (!known.contains(name)) {
                    String near = Spelling.nearest(name, known)
                            .map(found -> ": did you mean " + found + "?")
                            .orElse("");
                    faults.add(new Fault(name, name + " is not a setting" + near));
                }
            }
        }
        if (environment.keySet().stream().anyMatch(name -> name.startsWith(ENGINES))) {
            faults.addAll(ofEngine(environment));
        }
        return faults;
    }

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(LAUNCHER);
        SET_BY_US.keySet().stream().filter(name -> name.startsWith(OURS)).forEach(known::add);
        Installation installation = Installation.current();
        known.addAll(namedIn(installation.sourceConfig()));
        known.addAll(namedIn(installation.sinkConfig()));
        return known;
    }

    /** What the engine would say of them. */
    private static List<Fault> ofEngine(Map<String, String> environment) {
        try {
            ServerConfig.fromEnvironment(forEngine(environment));
            return List.of();
        } catch (DoLakeException e) {
            List<Fault> faults = new ArrayList<>();
            for (Object fault : (Iterable<?>) e.details().get("faults")) {
                String message = fault.toString();
                String name = message.substring(0, message.indexOf(' '));
                faults.add(new Fault(environment.containsKey(name) ? name : "", message));
            }
            return faults;
        }
    }

    /** Variables that a configuration names; none of one that cannot be read, which is told elsewhere. */
    private static Set<String> namedIn(Path file) {
        Set<String> names = new TreeSet<>();
        try {
            Matcher matcher = NAMED.matcher(Files.readString(file));
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
        } catch (IOException e) {
            return Set.of();
        }
        return names;
    }
}
