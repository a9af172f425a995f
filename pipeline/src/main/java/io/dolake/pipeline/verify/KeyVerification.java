/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.connect.runtime.isolation.PluginClassLoader;

/**
 * Looks for keys that are live more than once in a table of the lake, or of any catalog. The sink's own checker does the
 * work: it is loaded from the plugin as a Connect worker would load it, with whatever catalog and store the plugin brings.
 */
public final class KeyVerification {
    private static final String REPORT = "io.dolake.sink.KeyReport";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([A-Za-z0-9_]+)}");

    private final Installation installation;
    private final Map<String, String> settings;

    private KeyVerification(Installation installation, Map<String, String> settings) {
        this.installation = installation;
        this.settings = settings;
    }

    /** Of the lake of a home. */
    public static KeyVerification of(Installation installation, Home home) {
        return new KeyVerification(installation, Lake.sinkSettings(home));
    }

    /**
     * Of a catalog that a file describes as connector configurations do: a JSON object whose settings {@code
     * iceberg.catalog.*} count. Variables {@code ${env:NAME}} are replaced.
     */
    public static KeyVerification of(Installation installation, Path file) {
        try {
            Map<String, Object> all =
                    new ObjectMapper().readValue(file.toFile(), new TypeReference<Map<String, Object>>() {});
            Map<String, String> settings = new LinkedHashMap<>();
            all.forEach((name, value) -> {
                if (name.equals("iceberg.catalog") || name.startsWith("iceberg.catalog.")) {
                    settings.put(name, resolved(name, String.valueOf(value)));
                }
            });
            return new KeyVerification(installation, settings);
        } catch (IOException e) {
            throw new DoLakeException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot read catalog settings from " + file + ": " + e.getMessage(),
                    e);
        }
    }

    private static String resolved(String name, String value) {
        return VARIABLE.matcher(value).replaceAll(match -> {
            String found = System.getenv(match.group(1));
            if (found == null) {
                throw new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot open the catalog: " + name + " names the environment variable " + match.group(1)
                                + ", which is not set");
            }
            return Matcher.quoteReplacement(found);
        });
    }

    /**
     * One object for each snapshot that was checked: {@code table}, {@code keyColumns}, {@code snapshot}, {@code keys},
     * {@code duplicates}, {@code places}.
     *
     * @param keyColumns empty for those that the table names
     * @throws DoLakeException TABLE_NOT_FOUND, INVALID_ARGUMENT if it has no key, or what the catalog says
     */
    @SuppressWarnings("unchecked") // the other side of the call is the sink's, and documented
    public List<Map<String, Object>> run(String table, List<String> keyColumns, boolean allSnapshots) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader plugin = plugin()) {
            thread.setContextClassLoader(plugin);
            Object answer = plugin.loadClass(REPORT)
                    .getMethod("of", Map.class, String.class, List.class, boolean.class)
                    .invoke(null, settings, table, keyColumns, allSnapshots);
            return named(table, (List<Map<String, Object>>) answer);
        } catch (ReflectiveOperationException | IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new DoLakeException(
                    ErrorCode.CATALOG_ERROR, "Cannot check the keys of " + table + ": " + cause.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static List<Map<String, Object>> named(String table, List<Map<String, Object>> answer) {
        List<Map<String, Object>> findings = new ArrayList<>();
        for (Map<String, Object> finding : answer) {
            if (finding.containsKey("error")) {
                throw new DoLakeException(
                        ErrorCode.valueOf((String) finding.get("error")), (String) finding.get("message"));
            }
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("table", table);
            object.putAll(finding);
            findings.add(object);
        }
        return findings;
    }

    private URLClassLoader plugin() throws IOException {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.walk(installation.sinkPlugin())) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".jar")).toList()) {
                jars.add(file.toUri().toURL());
            }
        }
        return new PluginClassLoader(
                installation.sinkPlugin().toUri().toURL(),
                jars.toArray(URL[]::new),
                getClass().getClassLoader());
    }
}
