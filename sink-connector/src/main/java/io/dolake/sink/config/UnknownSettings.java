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
 * Settings that nothing reads. Those of our own prefixes are faults, and so is what is nearly the name of a setting. Others
 * are let be, since a newer Connect may know them.
 */
public final class UnknownSettings {
    private static final String OURS = "dolake.";
    private static final String APACHE = "iceberg.";
    /** More edits than these make another word of a name without our prefixes. */
    private static final int MISSPELT = 2;

    private static final List<String> PREFIXES = List.of(
            SinkConfig.CATALOG_PREFIX,
            "iceberg.hadoop.",
            ApacheSettings.KAFKA_PREFIX,
            SinkConfig.AUTO_CREATE_PROPS_PREFIX,
            SinkConfig.WRITE_PROPS_PREFIX);

    /** Of single tables, behind their name. */
    private static final List<String> SUFFIXES =
            List.of(InputConfig.ROUTE_REGEX, InputConfig.BRANCH, InputConfig.ID_COLUMNS, ".partition-by");

    private UnknownSettings() {}

    /** One message for each that is a fault, by name, with the nearest that exists. */
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

    /** Those that are let be. */
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

    /** A setting of one table is held against those that there are for it. */
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
