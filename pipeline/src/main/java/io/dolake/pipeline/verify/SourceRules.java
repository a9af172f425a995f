/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.PluginLoader;
import io.dolake.pipeline.run.Variables;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RawText;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What the source connector's settings let through of databases, tables and columns: the connector's own plugin
 * decides, with its configuration on the worker. Salts and values of that configuration are never shown.
 */
public final class SourceRules implements AutoCloseable {
    private static final String PLUGIN_CLASS = "io.dolake.connector.dosql.CarriedTable";
    private static final Set<String> LISTS = Set.of(
            "database.include.list",
            "database.exclude.list",
            "table.include.list",
            "table.exclude.list",
            "column.include.list",
            "column.exclude.list",
            "message.key.columns");

    private final Map<String, String> settings;
    private final URLClassLoader plugin;

    private SourceRules(Map<String, String> settings, URLClassLoader plugin) {
        this.settings = settings;
        this.plugin = plugin;
    }

    /** Everything is let through. */
    public static SourceRules none() {
        return new SourceRules(Map.of(), null);
    }

    /** The rules of the connector that the worker has now. */
    public static SourceRules of(ConnectRest connect, Installation installation) {
        Map<String, String> config = new HashMap<>();
        for (ConnectRest.Described described : connect.describe()) {
            if (described.state().name().equals(Pipeline.SOURCE)) {
                described
                        .config()
                        .properties()
                        .forEach(setting ->
                                config.put(setting.getKey(), setting.getValue().asText()));
            }
        }
        return of(config, installation);
    }

    /** The rules of a configuration. */
    public static SourceRules of(Map<String, String> config, Installation installation) {
        Map<String, String> settings = new HashMap<>();
        config.forEach((name, value) -> {
            if (counts(name)) {
                settings.put(name, resolved(name, value));
            }
        });
        if (settings.isEmpty()) {
            return none();
        }
        try {
            return new SourceRules(settings, PluginLoader.of(installation.sourcePlugin()));
        } catch (IOException e) {
            throw new DoLakeException(
                    ErrorCode.IO_ERROR, "Cannot load the plugin of the source connector: " + e.getMessage(), e);
        }
    }

    private static boolean counts(String setting) {
        return LISTS.contains(setting) || setting.startsWith("column.mask.") || setting.startsWith("column.truncate.");
    }

    private static String resolved(String setting, String value) {
        // a salt may stand in the name
        String shown = setting.replaceFirst("(salt\\.).*", "$1***");
        String resolved = Variables.resolved(shown, value);
        if (resolved.contains("${")) {
            throw new DoLakeException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot verify what " + shown
                            + " leaves out or masks: it names a variable that only the worker knows");
        }
        return resolved;
    }

    /**
     * A table as it is carried.
     *
     * @param shape null if it is left out
     * @param refused why it cannot be carried; null if it can, or is left out
     */
    record Carried(TableShape shape, String refused) {}

    /** Throws if the connector leaves the database out, so that it never arrives. */
    void checkCaptures(String database) {
        if (plugin != null && !isTrue(ask(database, "t", List.of(), List.of()).get("database"))) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot verify " + database
                                    + ": database.include.list or database.exclude.list of connector " + Pipeline.SOURCE
                                    + " leaves it out")
                    .withHint("Let it through, or verify another database.");
        }
    }

    @SuppressWarnings("unchecked") // the other side of the call is the connector's, and documented
    Carried of(String database, TableShape shape) {
        if (plugin == null) {
            return new Carried(shape, null);
        }
        List<List<Object>> columns = new ArrayList<>();
        shape.columns()
                .forEach(column -> columns.add(List.of(column.name(), column.declaredType(), column.keyPlace())));
        Map<String, Object> told = ask(database, shape.name(), columns, shape.options());
        if (!isTrue(told.get("captured"))) {
            return new Carried(null, null);
        }
        if (told.get("refused") instanceof String reason) {
            return new Carried(null, reason);
        }
        List<TableShape.Kept> kept = ((List<String>) told.get("kept"))
                .stream().map(SourceRules::kept).toList();
        UnaryOperator<Object[]> values = (UnaryOperator<Object[]>) told.get("values");
        boolean isWhole = kept.stream().allMatch(TableShape.Kept.NOTHING::equals);
        return new Carried(
                shape.letOut(
                        kept, (List<Integer>) told.get("key"), isWhole ? null : row -> back(values.apply(given(row)))),
                null);
    }

    private static TableShape.Kept kept(String told) {
        return switch (told) {
            case "excluded" -> TableShape.Kept.EXCLUDED;
            case "masked" -> TableShape.Kept.MASKED;
            case "truncated" -> TableShape.Kept.TRUNCATED;
            default -> TableShape.Kept.NOTHING;
        };
    }

    private static boolean isTrue(Object flag) {
        return Boolean.TRUE.equals(flag);
    }

    /** Our classes are not those of the plugin. */
    private static Object[] given(Object[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = row[i] instanceof RawText text ? ByteBuffer.wrap(text.bytes()) : row[i];
        }
        return row;
    }

    private static Object[] back(Object[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = row[i] instanceof ByteBuffer text ? new RawText(text.array()) : row[i];
        }
        return row;
    }

    @SuppressWarnings("unchecked") // as above
    private Map<String, Object> ask(String database, String table, List<List<Object>> columns, List<String> options) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(plugin);
            return (Map<String, Object>) plugin.loadClass(PLUGIN_CLASS)
                    .getMethod("of", Map.class, String.class, String.class, List.class, List.class)
                    .invoke(null, settings, database, table, columns, options);
        } catch (ReflectiveOperationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new DoLakeException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot verify table " + database + "." + table
                            + ": the source connector's column settings cannot be used here: "
                            + cause.getMessage(),
                    e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public void close() {
        if (plugin != null) {
            try {
                plugin.close();
            } catch (IOException e) {
                throw new DoLakeException(
                        ErrorCode.IO_ERROR, "Cannot close the plugin of the source connector: " + e.getMessage(), e);
            }
        }
    }
}
