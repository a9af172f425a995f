/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.PluginLoader;
import io.dolake.pipeline.run.Variables;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The sink's own tools for tables of the lake, or of any catalog: loaded from the plugin as a Connect worker would load
 * them, with whatever catalog and store the plugin brings. They take and give types of the JDK only.
 */
public final class SinkTools {
    private final Installation installation;
    private final Map<String, String> settings;

    private SinkTools(Installation installation, Map<String, String> settings) {
        this.installation = installation;
        this.settings = settings;
    }

    /** For the lake of a home. */
    public static SinkTools of(Installation installation, Home home) {
        return new SinkTools(installation, Lake.sinkSettings(home));
    }

    /**
     * For a catalog that a file describes as connector configurations do: a JSON object whose settings {@code
     * iceberg.catalog.*} count. Variables {@code ${env:NAME}} are replaced.
     */
    public static SinkTools of(Installation installation, Path file) {
        return read(installation, file, name -> name.equals("iceberg.catalog") || name.startsWith("iceberg.catalog."));
    }

    /**
     * For the sink that a connector configuration in a file describes: a JSON object of settings, or one with {@code
     * name} and {@code config}, as a worker takes either. {@code name} and {@code iceberg.*} count. Variables are
     * replaced as above.
     */
    public static SinkTools ofConnector(Installation installation, Path file) {
        return read(installation, file, name -> name.equals("name") || name.startsWith("iceberg."));
    }

    private static SinkTools read(Installation installation, Path file, Predicate<String> counts) {
        try {
            JsonNode all = new ObjectMapper().readTree(file.toFile());
            Map<String, String> settings = new LinkedHashMap<>();
            for (JsonNode part : List.of(all, all.path("config"))) {
                part.properties().stream()
                        .filter(setting -> counts.test(setting.getKey()))
                        .forEach(setting -> settings.put(
                                setting.getKey(),
                                Variables.resolved(
                                        setting.getKey(), setting.getValue().asText())));
            }
            return new SinkTools(installation, settings);
        } catch (IOException e) {
            throw new DoLakeException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot read connector settings from " + file + ": " + e.getMessage(),
                    e);
        }
    }

    /** The settings of the catalog. */
    public Map<String, String> settings() {
        return settings;
    }

    /**
     * Calls the static method {@code of} of a class of the plugin.
     *
     * @param doing what for, for the message of a failure: {@code check the keys of shop.orders}
     */
    public Object call(String doing, String className, Class<?>[] types, Object... arguments) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader plugin = PluginLoader.of(installation.sinkPlugin())) {
            thread.setContextClassLoader(plugin);
            return plugin.loadClass(className).getMethod("of", types).invoke(null, arguments);
        } catch (ReflectiveOperationException | IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new DoLakeException(ErrorCode.CATALOG_ERROR, "Cannot " + doing + ": " + cause.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Throws what a tool says it failed with. */
    public static void check(Map<String, Object> answer) {
        if (answer.containsKey("error")) {
            String hint = (String) answer.getOrDefault("hint", "");
            DoLakeException error = new DoLakeException(
                    ErrorCode.valueOf((String) answer.get("error")), (String) answer.get("message"));
            throw hint.isEmpty() ? error : error.withHint(hint);
        }
    }
}
