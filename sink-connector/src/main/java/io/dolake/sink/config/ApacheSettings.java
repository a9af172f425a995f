/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Settings of the Apache Iceberg sink. Those that are also defined here have the same meaning. Some of the others have
 * no effect, since there is no control topic and no coordinator; those that would change where rows come from or go to
 * are refused.
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
    /** Here: settings of the admin client that queries Kafka about topics. */
    public static final String KAFKA_PREFIX = "iceberg.kafka.";

    private ApacheSettings() {}

    /** By setting, one message for each setting that would make rows come from or go to the wrong place. */
    public static Map<String, String> faults(Map<String, ?> settings) {
        Map<String, String> faults = new TreeMap<>();
        String group = Objects.toString(settings.get(GROUP_ID), "");
        if (!group.isBlank() && !group.equals(consumerGroup(settings))) {
            faults.put(
                    GROUP_ID,
                    "Cannot use " + GROUP_ID + "=" + group + ": Connect reads as group " + consumerGroup(settings)
                            + "; to continue from the offsets of another one, copy them there (kafka-consumer-groups"
                            + " --reset-offsets) or set " + GROUP_OVERRIDE);
        }
        return faults;
    }

    /** The consumer group of the connector. */
    static String consumerGroup(Map<String, ?> settings) {
        Object override = settings.get(GROUP_OVERRIDE);
        return override != null ? override.toString() : "connect-" + settings.get("name");
    }

    /** The given settings that have no effect here. */
    public static List<String> withoutEffect(Map<String, ?> settings) {
        List<String> keys = new ArrayList<>();
        for (String key : new TreeMap<>(settings).keySet()) {
            if (WITHOUT_EFFECT.contains(key)) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** The settings, with those of the Apache sink in place of missing ones of ours. */
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
