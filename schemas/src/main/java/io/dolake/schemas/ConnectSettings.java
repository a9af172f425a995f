/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.List;
import java.util.Set;

/**
 * The settings that Kafka Connect itself, or what it loads for a connector, reads from a connector's configuration: up to
 * version 4.3. A newer one may have more.
 */
public final class ConnectSettings {
    /** By their whole name. */
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

    /** Of sources only. */
    public static final Set<String> NAMES_OF_SOURCES = Set.of(
            "exactly.once.support",
            "transaction.boundary",
            "transaction.boundary.interval.ms",
            "offsets.storage.topic",
            "topic.creation.groups");

    /** Of sinks only. */
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

    /** Whether the name is one of a converter, transform, predicate, client or group of topics. */
    public static boolean isOfAPart(String name) {
        return PREFIXES.stream().anyMatch(name::startsWith);
    }
}
