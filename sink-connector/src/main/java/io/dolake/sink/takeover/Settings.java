/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.takeover;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.table.Branch;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * The settings of an Apache Iceberg sink that concern its communication with its coordinator.
 *
 * @param connector its name
 * @param group the consumer group of its tasks
 * @param topic its control topic
 * @param kafka properties of its Kafka clients
 * @param all its configuration
 */
record Settings(String connector, String group, String topic, Map<String, String> kafka, Map<String, String> all) {
    static final String CONTROL_TOPIC = "iceberg.control.topic";

    private static final String DEFAULT_CONTROL_TOPIC = "control-iceberg";
    private static final String GROUP = "iceberg.connect.group-id";
    private static final String DEFAULT_BRANCH = "iceberg.tables.default-commit-branch";
    private static final String KAFKA_PREFIX = "iceberg.kafka.";
    private static final String BOOTSTRAP = KAFKA_PREFIX + "bootstrap.servers";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    static Settings of(Map<String, String> all) {
        String name = required(all, "name", "the name of the connector");
        required(all, BOOTSTRAP, "the brokers that have its control topic");
        Map<String, String> kafka = new HashMap<>();
        all.forEach((key, value) -> {
            if (key.startsWith(KAFKA_PREFIX)) {
                kafka.put(key.substring(KAFKA_PREFIX.length()), value);
            }
        });
        return new Settings(
                name,
                all.getOrDefault(GROUP, "connect-" + name),
                all.getOrDefault(CONTROL_TOPIC, DEFAULT_CONTROL_TOPIC),
                kafka,
                Map.copyOf(all));
    }

    private static String required(Map<String, String> all, String key, String what) {
        String value = all.getOrDefault(key, "");
        if (value.isBlank()) {
            throw new DoLakeException(
                    ErrorCode.INVALID_CONFIGURATION, "Cannot take over: " + key + " is not set, " + what);
        }
        return value;
    }

    /** The group for which its coordinator commits its progress. */
    String coordinatorGroup() {
        return group + "-coord";
    }

    /** The branch of a table to which it commits. */
    Branch branch(TableIdentifier table) {
        String byDefault = all.getOrDefault(DEFAULT_BRANCH, Branch.MAIN.name());
        return new Branch(all.getOrDefault("iceberg.table." + table + ".commit-branch", byDefault));
    }

    /** Time limit for a broker's answer, and for reading the whole topic. */
    Duration timeout() {
        return TIMEOUT;
    }

    /** The field of a snapshot's summary with the offsets of the topic up to which the table has all files. */
    String summaryField() {
        return "kafka.connect.offsets." + topic + "." + group;
    }
}
