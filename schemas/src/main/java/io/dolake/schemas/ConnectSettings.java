/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.List;
import java.util.Set;

/**
 * The settings in a connector's configuration that Kafka Connect itself reads, or the plugins that it loads for the
 * connector. Complete up to version 4.3; newer versions may have more.
 */
public final class ConnectSettings {
    /** Settings with a fixed name. */
    public static final Set<String> NAMES = Set.of(
            "name",
            "connector.class",
            "connector.plugin.version",
            "tasks.max",
            "tasks.max.enforce",
            "key.converter",
            "key.converter.plugin.version",
            "value.converter",
            "value.converter.plugin.version",
            "header.converter",
            "header.converter.plugin.version",
            "transforms",
            "predicates",
            "config.action.reload",
            "errors.retry.timeout",
            "errors.retry.delay.max.ms",
            "errors.tolerance",
            "errors.log.enable",
            "errors.log.include.messages");

    /** Settings of source connectors only. */
    public static final Set<String> NAMES_OF_SOURCES = Set.of(
            "exactly.once.support",
            "transaction.boundary",
            "transaction.boundary.interval.ms",
            "offsets.storage.topic",
            "topic.creation.groups");

    /** Settings of sink connectors only. */
    public static final Set<String> NAMES_OF_SINKS = Set.of(
            "topics",
            "topics.regex",
            "errors.deadletterqueue.topic.name",
            "errors.deadletterqueue.topic.replication.factor",
            "errors.deadletterqueue.context.headers.enable");

    private static final List<String> PREFIXES = List.of(
            "key.converter.",
            "value.converter.",
            "header.converter.",
            "transforms.",
            "predicates.",
            "topic.creation.",
            "producer.override.",
            "consumer.override.",
            "admin.override.");

    private ConnectSettings() {}

    /** Whether the name belongs to a converter, transform, predicate, client or topic creation group. */
    public static boolean isOfAPart(String name) {
        return PREFIXES.stream().anyMatch(name::startsWith);
    }
}
