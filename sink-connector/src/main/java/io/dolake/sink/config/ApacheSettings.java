/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Settings of the Apache Iceberg sink. Those that are defined here too mean the same; of the others, some are without effect,
 * since there is no control topic and no coordinator, and those that would change where rows go or come from are refused.
 */
public final class ApacheSettings {
    static final String COMMIT_INTERVAL_MS = "iceberg.control.commit.interval-ms";
    static final String GROUP_ID = "iceberg.connect.group-id";

    static final Set<String> WITHOUT_EFFECT = Set.of(
            "iceberg.control.topic",
            "iceberg.control.group-id-prefix",
            "iceberg.control.commit.timeout-ms",
            "iceberg.control.commit.threads",
            "iceberg.control.commit.max-consecutive-failures",
            "iceberg.coordinator.transactional.prefix",
            "iceberg.coordinator.transactional.suffix",
            "iceberg.coordinator-executor-keep-alive-timeout-ms");

    private static final String GROUP_OVERRIDE = "consumer.override.group.id";
    /** Here: settings of the client that asks Kafka about topics. */
    public static final String KAFKA_PREFIX = "iceberg.kafka.";

    private ApacheSettings() {}

    /** One message for each setting that would have rows go, or come, where they must not, by setting. */
    public static Map<String, String> faults(Map<String, ?> settings) {
        Map<String, String> faults = new TreeMap<>();
        String group = Objects.toString(settings.get(GROUP_ID), "");
        if (!group.isBlank() && !group.equals(consumerGroup(settings))) {
            faults.put(
                    GROUP_ID,
                    "Cannot use " + GROUP_ID + "=" + group + ": Connect reads as group " + consumerGroup(settings)
                            + "; to go on from the offsets of another one, copy them there (kafka-consumer-groups"
                            + " --reset-offsets) or set " + GROUP_OVERRIDE);
        }
        return faults;
    }

    /** The group as which Connect reads for the connector. */
    static String consumerGroup(Map<String, ?> settings) {
        Object override = settings.get(GROUP_OVERRIDE);
        return override != null ? override.toString() : "connect-" + settings.get("name");
    }

    /** The settings given that nothing here asks for. */
    public static List<String> withoutEffect(Map<String, ?> settings) {
        List<String> keys = new ArrayList<>();
        for (String key : new TreeMap<>(settings).keySet()) {
            if (WITHOUT_EFFECT.contains(key)) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** The settings with those of the Apache sink in place of ours that are not given. */
    static Map<String, String> adopted(Map<String, String> settings) {
        String intervalMs = settings.get(COMMIT_INTERVAL_MS);
        if (intervalMs == null || settings.containsKey(SinkConfig.COMMIT_INTERVAL_MS)) {
            return settings;
        }
        Map<String, String> adopted = new TreeMap<>(settings);
        adopted.put(SinkConfig.COMMIT_INTERVAL_MS, intervalMs);
        return adopted;
    }
}
