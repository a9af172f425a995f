/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What Kafka itself knows of partitions and a task cannot see: the id of the topic, where it begins, and where the connector's
 * group stands. It is asked when partitions are taken over, if {@code iceberg.kafka.bootstrap.servers} says where; without that,
 * topics are known again by their records alone. Used by the task's thread.
 */
final class KafkaFacts implements AutoCloseable {
    private static final long TIMEOUT_MS = 10_000;

    /** {@code committed} is empty if the group has not committed anything. */
    record Fact(String topicId, long start, OptionalLong committed) {}

    private final Map<String, Object> settings;
    private final String group;
    private final Map<TopicPartition, Fact> facts = new HashMap<>();
    private Admin admin;

    /** @param config with the settings of an admin client under {@code iceberg.kafka.}, or none */
    KafkaFacts(SinkConfig config) {
        this.settings = new HashMap<>(config.under(ApacheSettings.KAFKA_PREFIX));
        this.group = ApacheSettings.consumerGroup(config.originals());
    }

    boolean isOn() {
        return settings.containsKey(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    }

    /** Forgets what was asked before about partitions that are taken over now. */
    void forget(Set<TopicPartition> partitions) {
        facts.keySet().removeAll(partitions);
    }

    /**
     * What is known of a partition, null if its topic is gone; all that are wanted are asked together.
     *
     * @throws DoLakeException if Kafka does not say: one that passes, or FORBIDDEN or UNAUTHORIZED
     */
    Fact of(TopicPartition partition, Set<TopicPartition> wanted) {
        if (!facts.containsKey(partition)) {
            ask(wanted);
        }
        return facts.get(partition);
    }

    private void ask(Set<TopicPartition> wanted) {
        try {
            if (admin == null) {
                Map<String, Object> all = new HashMap<>(settings);
                all.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT_MS);
                all.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT_MS / 2);
                admin = Admin.create(all);
            }
            Set<String> topics = wanted.stream().map(TopicPartition::topic).collect(Collectors.toSet());
            Map<String, KafkaFuture<TopicDescription>> descriptions =
                    admin.describeTopics(topics).topicNameValues();
            ListOffsetsResult starts = admin.listOffsets(
                    wanted.stream().collect(Collectors.toMap(Function.identity(), any -> OffsetSpec.earliest())));
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            for (TopicPartition partition : wanted) {
                facts.put(
                        partition,
                        fact(
                                descriptions.get(partition.topic()),
                                starts.partitionResult(partition),
                                offsets.get(partition)));
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

    /** Null if the topic is gone: nobody waits for that. */
    private static Fact fact(
            KafkaFuture<TopicDescription> description,
            KafkaFuture<ListOffsetsResultInfo> start,
            OffsetAndMetadata committed)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return new Fact(
                    description.get(TIMEOUT_MS, TimeUnit.MILLISECONDS).topicId().toString(),
                    start.get(TIMEOUT_MS, TimeUnit.MILLISECONDS).offset(),
                    committed == null ? OptionalLong.empty() : OptionalLong.of(committed.offset()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
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
            hint = "Allow DESCRIBE of the topics and of the connector's group, or remove the settings under "
                    + ApacheSettings.KAFKA_PREFIX;
        } else if (cause instanceof org.apache.kafka.common.config.ConfigException) {
            code = ErrorCode.INVALID_CONFIGURATION;
        }
        return new DoLakeException(code, "Cannot ask Kafka about the topics: " + cause.getMessage(), cause)
                .withHint(hint);
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(java.time.Duration.ofMillis(TIMEOUT_MS / 2));
        }
    }
}
