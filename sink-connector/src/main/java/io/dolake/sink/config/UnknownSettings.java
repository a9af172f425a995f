/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import io.dolake.schemas.ConnectSettings;
import io.dolake.schemas.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Settings that nothing reads. Those with our own prefixes are errors, and so are names that are nearly a setting's
 * name. Others are ignored, since a newer Connect may know them.
 */
public final class UnknownSettings {
    private static final String OURS = "dolake.";
    private static final String APACHE = "iceberg.";
    /** A name without our prefixes that differs by more edits than these is another word. */
    private static final int MISSPELT = 2;

    private static final List<String> PREFIXES = List.of(
            SinkConfig.CATALOG_PREFIX,
            "iceberg.hadoop.",
            ApacheSettings.KAFKA_PREFIX,
            SinkConfig.AUTO_CREATE_PROPS_PREFIX,
            SinkConfig.WRITE_PROPS_PREFIX);

    /** Suffixes of settings for single tables. */
    private static final List<String> SUFFIXES =
            List.of(InputConfig.ROUTE_REGEX, InputConfig.BRANCH, InputConfig.ID_COLUMNS, ".partition-by");

    private UnknownSettings() {}

    /** By name, one message for each setting that is an error, with the nearest existing name. */
    public static Map<String, String> faults(Map<String, ?> settings) {
        Set<String> known = known();
        Map<String, String> faults = new TreeMap<>();
        for (String key : settings.keySet()) {
            if (isKnown(key, known)) {
                continue;
            }
            String nearest = Spelling.nearest(key, candidates(key, known)).orElse(null);
            boolean isOurs = key.startsWith(OURS) || key.startsWith(APACHE);
            if (isOurs || (nearest != null && Spelling.distance(key, nearest) <= MISSPELT)) {
                faults.put(
                        key,
                        "Cannot use setting " + key + ": there is none of that name"
                                + (nearest == null ? "" : " (nearest: " + nearest + ")"));
            }
        }
        return faults;
    }

    /** The settings that are ignored. */
    public static List<String> ignored(Map<String, ?> settings) {
        Set<String> known = known();
        List<String> ignored = new ArrayList<>();
        for (String key : new TreeMap<>(settings).keySet()) {
            if (!isKnown(key, known)) {
                ignored.add(key);
            }
        }
        return ignored;
    }

    private static boolean isKnown(String key, Set<String> known) {
        return known.contains(key)
                || ConnectSettings.isOfAPart(key)
                || PREFIXES.stream().anyMatch(key::startsWith)
                || (key.startsWith(InputConfig.TABLE_PREFIX)
                        && SUFFIXES.stream().anyMatch(key::endsWith))
                || InputConfig.isModeOfTable(key)
                || RenameConfig.isSetting(key)
                || TableLayout.isSortByOfTable(key);
    }

    /** A setting of a single table is compared with the settings that exist for single tables. */
    private static Set<String> candidates(String key, Set<String> known) {
        if (!key.startsWith(InputConfig.TABLE_PREFIX)) {
            return known;
        }
        String table = key.substring(0, Math.max(InputConfig.TABLE_PREFIX.length() - 1, key.lastIndexOf('.')));
        return new TreeSet<>(SUFFIXES.stream().map(suffix -> table + suffix).toList());
    }

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(SinkConfig.DEFINITION.names());
        known.addAll(ConnectSettings.NAMES);
        known.addAll(ConnectSettings.NAMES_OF_SINKS);
        known.addAll(ApacheSettings.WITHOUT_EFFECT);
        known.add(ApacheSettings.COMMIT_INTERVAL_MS);
        known.add(ApacheSettings.GROUP_ID);
        known.add(SinkConfig.TASK_ID);
        return known;
    }
}
