/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Field;
import io.debezium.pipeline.notification.channels.NotificationChannel;
import io.debezium.pipeline.signal.channels.SignalChannelReader;
import io.debezium.schema.AbstractTopicNamingStrategy;
import io.dolake.schemas.ConnectSettings;
import io.dolake.schemas.Spelling;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds settings that nothing reads: misspelt ones, and those of other connectors. Settings of Connect, converters,
 * transforms, clients and Debezium's embedded engine are accepted.
 */
final class SettingCheck {
    private static final Logger LOGGER = LoggerFactory.getLogger(SettingCheck.class);

    /** Settings of Debezium that are in no definition, or only in those of exchangeable components. */
    private static final Set<String> OF_DEBEZIUM = Set.of(
            CommonConnectorConfig.EVENT_CONVERTING_FAILURE_HANDLING_MODE.name(),
            CommonConnectorConfig.QUEUE_PROVIDER_TYPE.name(),
            AbstractTopicNamingStrategy.TOPIC_DELIMITER.name(),
            AbstractTopicNamingStrategy.TOPIC_CACHE_SIZE.name(),
            AbstractTopicNamingStrategy.TOPIC_HEARTBEAT_PREFIX.name(),
            AbstractTopicNamingStrategy.TOPIC_HEARTBEAT_NAME.name(),
            AbstractTopicNamingStrategy.TOPIC_TRANSACTION.name(),
            "topic.regex",
            "topic.replacement",
            "topic.key.enforce.uniqueness",
            "topic.key.field.name",
            "topic.key.field.regex",
            "topic.key.field.replacement",
            "signal.file",
            "signal.kafka.topic",
            "signal.kafka.groupId",
            "signal.kafka.bootstrap.servers",
            "signal.kafka.poll.timeout.ms",
            "task.id",
            "offset.storage",
            "offset.commit.policy",
            "bootstrap.servers");

    private static final List<String> PREFIXES = List.of(
            "signal.consumer.",
            // of the embedded engine
            "offset.storage.",
            "offset.flush.",
            "record.processing.",
            "task.management.",
            "internal.task.management.",
            "errors.retry.delay.");

    private static final Set<String> KNOWN = known();

    private SettingCheck() {}

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(ConnectSettings.NAMES);
        known.addAll(ConnectSettings.NAMES_OF_SOURCES);
        known.addAll(OF_DEBEZIUM);
        for (Field field : DoSqlConnectorConfig.ALL_FIELDS) {
            // settings with a parameter in their name are not settings under that name
            if (!field.name().contains("(")) {
                known.add(field.name());
                known.addAll(field.deprecatedAliases());
            }
        }
        return known;
    }

    /** Errors in settings, by name, in order. */
    static Map<String, String> faults(Map<String, String> settings) {
        Map<String, String> faults = new TreeMap<>();
        boolean refuses = !"warn".equalsIgnoreCase(settings.get(DoSqlConnectorConfig.UNKNOWN_SETTINGS.name()));
        for (String name : settings.keySet()) {
            String refused = RefusedSettings.reason(name).orElse(null);
            if (refused != null) {
                faults.put(name, "Cannot use setting " + name + ": " + refused);
            } else if (!isKnown(name, settings)) {
                String message = "Cannot use setting " + ColumnRules.nameOf(name) + ": there is none of that name"
                        + nearest(name);
                if (refuses) {
                    faults.put(name, message + ". Correct or remove it; with unknown.settings=warn it is let be");
                } else {
                    LOGGER.warn("{}. It is without effect", message);
                }
            }
        }
        faults.putAll(ColumnRules.faults(settings));
        refuseReselection(settings, faults);
        refuseUnknownChannels(
                CommonConnectorConfig.SIGNAL_ENABLED_CHANNELS.name(),
                settings,
                names(SignalChannelReader.class, SignalChannelReader::name),
                faults);
        refuseUnknownChannels(
                CommonConnectorConfig.NOTIFICATION_ENABLED_CHANNELS.name(),
                settings,
                names(NotificationChannel.class, NotificationChannel::name),
                faults);
        return faults;
    }

    /** It reads columns over JDBC, bypassing the rules of column settings. */
    private static void refuseReselection(Map<String, String> settings, Map<String, String> faults) {
        settings.forEach((name, value) -> {
            if (name.endsWith(".type") && value != null && value.endsWith("ReselectColumnsPostProcessor")) {
                faults.put(
                        name,
                        "Cannot use setting " + name + ": rows are always sent whole, nothing has to be"
                                + " selected again: remove the post processor");
            }
        });
    }

    private static void refuseUnknownChannels(
            String setting, Map<String, String> settings, Set<String> known, Map<String, String> faults) {
        for (String channel : elements(settings.get(setting))) {
            if (!known.contains(channel)) {
                faults.put(
                        setting,
                        "Cannot use setting " + setting + ": there is no channel " + channel + ", the channels are "
                                + String.join(", ", known));
            }
        }
    }

    private static <T> Set<String> names(Class<T> service, Function<T, String> name) {
        Set<String> names = new TreeSet<>();
        ServiceLoader.load(service, SettingCheck.class.getClassLoader()).forEach(found -> names.add(name.apply(found)));
        return names;
    }

    private static List<String> elements(String list) {
        return list == null
                ? List.of()
                : Stream.of(list.split(","))
                        .map(String::strip)
                        .filter(element -> !element.isEmpty())
                        .toList();
    }

    private static String nearest(String name) {
        return Spelling.nearest(name, KNOWN)
                .map(near -> " (nearest: " + near + ")")
                .orElse("");
    }

    private static boolean isKnown(String name, Map<String, String> settings) {
        return KNOWN.contains(name)
                || ColumnRules.isSetting(name)
                || ConnectSettings.isOfAPart(name)
                || PREFIXES.stream().anyMatch(name::startsWith)
                || ownPrefixes(settings).anyMatch(name::startsWith);
    }

    /** Custom converters and post processors have settings under names that the user chooses. */
    private static Stream<String> ownPrefixes(Map<String, String> settings) {
        return Stream.of(CommonConnectorConfig.CUSTOM_CONVERTERS, CommonConnectorConfig.CUSTOM_POST_PROCESSORS)
                .flatMap(field -> elements(settings.get(field.name())).stream())
                .flatMap(name -> Stream.of(name + ".", "post.processors." + name + ".", "converters." + name + "."));
    }
}
