/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.ApacheSettings;
import io.dolake.sink.config.SinkConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Kafka's topic ids, which a task cannot see. Kafka is queried when partitions are assigned, if {@code
 * iceberg.kafka.bootstrap.servers} names it; without that setting, topics are recognized by their records alone. Used
 * by the task's thread.
 */
public final class TopicIds implements AutoCloseable {
    private static final long TIMEOUT_MS = 10_000;

    private final Map<String, Object> settings;
    /** By topic; empty for deleted topics. */
    private final Map<String, Optional<String>> ids = new HashMap<>();

    private Admin admin;

    /** @param config with the settings of an admin client under {@code iceberg.kafka.}, or none */
    public TopicIds(SinkConfig config) {
        this.settings = new HashMap<>(config.under(ApacheSettings.KAFKA_PREFIX));
    }

    /** Forgets earlier answers about partitions that are being assigned now. */
    public void forget(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> ids.remove(partition.topic()));
    }

    /**
     * The id of a partition's topic, null if the topic is deleted or no Kafka is configured; all ids that are needed
     * are queried together.
     *
     * @throws DoLakeException if Kafka does not answer: a transient error, or FORBIDDEN or UNAUTHORIZED
     */
    public String of(TopicPartition partition, Set<TopicPartition> wanted) {
        if (!settings.containsKey(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)) {
            return null;
        }
        if (!ids.containsKey(partition.topic())) {
            ask(wanted.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
        }
        return ids.get(partition.topic()).orElse(null);
    }

    private void ask(Set<String> topics) {
        try {
            if (admin == null) {
                Map<String, Object> all = new HashMap<>(settings);
                all.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT_MS);
                all.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT_MS / 2);
                admin = Admin.create(all);
            }
            Map<String, KafkaFuture<TopicDescription>> descriptions =
                    admin.describeTopics(topics).topicNameValues();
            for (String topic : topics) {
                ids.put(topic, id(descriptions.get(topic)));
            }
        } catch (ExecutionException e) {
            throw refusal(e.getCause());
        } catch (TimeoutException | org.apache.kafka.common.KafkaException e) {
            throw refusal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal(e);
        }
    }

    /** Empty if the topic is deleted: waiting would not help. */
    private static Optional<String> id(KafkaFuture<TopicDescription> description)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return Optional.of(
                    description.get(TIMEOUT_MS, TimeUnit.MILLISECONDS).topicId().toString());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static DoLakeException refusal(Throwable cause) {
        ErrorCode code = ErrorCode.CONNECTION_ERROR;
        String hint = "Check the settings under " + ApacheSettings.KAFKA_PREFIX;
        if (cause instanceof AuthenticationException) {
            code = ErrorCode.UNAUTHORIZED;
        } else if (cause instanceof AuthorizationException) {
            code = ErrorCode.FORBIDDEN;
            hint = "Allow DESCRIBE of the topics, or remove the settings under " + ApacheSettings.KAFKA_PREFIX;
        } else if (cause instanceof org.apache.kafka.common.config.ConfigException) {
            code = ErrorCode.INVALID_CONFIGURATION;
        }
        return new DoLakeException(code, "Cannot query Kafka about the topics: " + cause.getMessage(), cause)
                .withHint(hint);
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(java.time.Duration.ofMillis(TIMEOUT_MS / 2));
        }
    }
}
