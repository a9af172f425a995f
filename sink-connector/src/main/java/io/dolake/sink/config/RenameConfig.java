/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.config.AbstractConfig;

/** The settings, one per table, for columns whose names in the lake differ from those in some of the rows. */
public final class RenameConfig {
    private static final String PREFIX = "dolake.table.";
    private static final String SUFFIX = ".rename-columns";

    private RenameConfig() {}

    /** For each table that has any: the columns' names in the lake by the other names, in the configured order. */
    public static Map<TableIdentifier, Map<String, String>> renames(AbstractConfig config) {
        Map<TableIdentifier, Map<String, String>> byTable = new HashMap<>();
        config.originals().forEach((key, value) -> {
            if (isSetting(key)) {
                String table = key.substring(PREFIX.length(), key.length() - SUFFIX.length());
                byTable.put(TableIdentifier.parse(table), parse(Objects.toString(value, "")));
            }
        });
        return byTable;
    }

    public static String setting(Object table) {
        return PREFIX + table + SUFFIX;
    }

    /** Whether a key is one of these settings for a single table. */
    static boolean isSetting(String key) {
        return key.startsWith(PREFIX) && key.endsWith(SUFFIX) && key.length() > PREFIX.length() + SUFFIX.length();
    }

    /** By setting, one message for each of these settings that is invalid. */
    public static Map<String, String> faults(Map<String, ?> settings) {
        Map<String, String> faults = new TreeMap<>();
        settings.forEach((key, value) -> {
            if (isSetting(key)) {
                try {
                    parse(Objects.toString(value, ""));
                } catch (IllegalArgumentException e) {
                    faults.put(key, "Cannot use " + key + ": " + e.getMessage());
                }
            }
        });
        return faults;
    }

    private static Map<String, String> parse(String text) {
        Map<String, String> renames = new LinkedHashMap<>();
        for (String item : text.split(",")) {
            if (item.isBlank()) {
                continue;
            }
            String[] names = item.split(":", -1);
            if (names.length != 2 || names[0].isBlank() || names[1].isBlank()) {
                throw new IllegalArgumentException("'" + item.strip() + "' is not of the form old:new");
            }
            if (renames.put(names[0].strip(), names[1].strip()) != null) {
                throw new IllegalArgumentException("column " + names[0].strip() + " gets two names");
            }
        }
        for (String name : renames.values()) {
            if (renames.containsKey(name)) {
                throw new IllegalArgumentException(
                        "column " + name + " is an old and a new name; give the newest one to each of the older");
            }
        }
        return renames;
    }
}
