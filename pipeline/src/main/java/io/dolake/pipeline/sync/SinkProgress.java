/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How far the sink has taken the topics of a database. The sink's consumer group commits only what Iceberg holds, so its
 * offsets are what is visible in the lake.
 */
public final class SinkProgress implements AutoCloseable {
    /** Topics are named {@code <prefix>.<database>.<table>}. */
    private static final String TOPIC_PREFIX = "dosql.";

    private static final String GROUP = "connect-" + Pipeline.SINK;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Admin admin;
    private final String bootstrapServers;

    public SinkProgress(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) TIMEOUT.toMillis(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) TIMEOUT.toMillis()));
    }

    /** Ends of the topics of a database: what lies before is committed by the source. */
    Map<TopicPartition, Long> ends(String database) {
        return ends(topic -> topic.startsWith(TOPIC_PREFIX + database + "."));
    }

    private Map<TopicPartition, Long> ends(Predicate<String> wanted) {
        List<String> topics =
                get(admin.listTopics().names()).stream().filter(wanted).sorted().toList();
        Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
        get(admin.describeTopics(topics).allTopicNames())
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(partition ->
                                specs.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
        Map<TopicPartition, Long> ends = new HashMap<>();
        get(admin.listOffsets(specs, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> committed = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> offsets =
                get(admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata());
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, offset.offset());
            }
        });
        return committed;
    }

    /** What of these partitions is not in the lake yet: an upper bound per partition, those that are done left out. */
    Map<TopicPartition, Long> behind(Map<TopicPartition, Long> ends) {
        return behind(ends, TIMEOUT);
    }

    private Map<TopicPartition, Long> behind(Map<TopicPartition, Long> ends, Duration patience) {
        Map<TopicPartition, Long> committed = committed();
        Map<TopicPartition, Long> behind = new HashMap<>();
        ends.forEach((partition, end) -> {
            long done = committed.getOrDefault(partition, 0L);
            if (done < end) {
                behind.put(partition, end - done);
            }
        });
        if (!behind.isEmpty()) {
            behind.keySet().removeAll(withoutRecords(behind, ends, patience));
        }
        return behind;
    }

    /**
     * Offsets that the sink has not committed: an upper bound for records. Which of them are none is looked at for a moment only.
     *
     * @param database empty for all
     * @param limit topics told of at most
     */
    public Map<String, Long> lagByTopic(Optional<String> database, int limit) {
        String prefix = TOPIC_PREFIX + database.map(name -> name + ".").orElse("");
        Map<String, Long> byTopic = new TreeMap<>();
        behind(ends(topic -> topic.startsWith(prefix)), LOOK)
                .forEach((partition, count) -> byTopic.merge(partition.topic(), count, Long::sum));
        byTopic.keySet().removeAll(byTopic.keySet().stream().skip(limit).toList());
        return byTopic;
    }

    /**
     * Partitions in which there is no record between what is committed and the end. Transaction markers and aborted records take
     * offsets too, and no consumer ever commits past a marker at the end.
     */
    private Set<TopicPartition> withoutRecords(
            Map<TopicPartition, Long> behind, Map<TopicPartition, Long> ends, Duration patience) {
        Set<TopicPartition> open = new HashSet<>(behind.keySet());
        Set<TopicPartition> empty = new HashSet<>();
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(open);
            behind.forEach((partition, count) -> consumer.seek(partition, ends.get(partition) - count));
            long deadline = System.nanoTime() + patience.toNanos();
            while (!open.isEmpty() && System.nanoTime() - deadline < 0) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    if (record.offset() < ends.get(partition)) {
                        open.remove(partition);
                    }
                }
                for (TopicPartition partition : Set.copyOf(open)) {
                    if (consumer.position(partition) >= ends.get(partition)) {
                        open.remove(partition);
                        empty.add(partition);
                    }
                }
                consumer.pause(consumer.assignment().stream()
                        .filter(partition -> !open.contains(partition))
                        .toList());
            }
        }
        return empty;
    }

    private Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                // One batch of a partition is enough to know.
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                1,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot ask the Kafka broker: interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new DoLakeException(
                    ErrorCode.CONNECTION_ERROR, "Cannot ask the Kafka broker: " + cause.getMessage(), e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(2));
    }
}
