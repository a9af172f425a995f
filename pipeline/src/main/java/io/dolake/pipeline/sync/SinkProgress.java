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
import java.util.TreeSet;
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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How far the sink has taken the topics of a database. The sink's consumer group commits only what Iceberg holds, and
 * with each offset where in the source the record before it stands: so it is known whether that is what stands in the
 * topic, or in one that is gone.
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

    /** End offsets of the topics of a database: what lies before them is committed by the source. */
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

    private Map<TopicPartition, GroupPosition> committed() {
        Map<TopicPartition, GroupPosition> committed = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> offsets =
                get(admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata());
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, GroupPosition.of(offset));
            }
        });
        return committed;
    }

    /** What is not in the lake yet, by partition; partitions without such records are left out. */
    Map<TopicPartition, Gap> gaps(Map<TopicPartition, Long> ends) {
        return gaps(ends, TIMEOUT);
    }

    private Map<TopicPartition, Gap> gaps(Map<TopicPartition, Long> ends, Duration patience) {
        Map<TopicPartition, GroupPosition> committed = committed();
        Map<TopicPartition, Gap> gaps = new HashMap<>();
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            Map<TopicPartition, PartitionLook> looks = new HashMap<>();
            ends.forEach((partition, end) -> looks.put(
                    partition,
                    new PartitionLook(
                            end, Optional.ofNullable(committed.get(partition)), bounds(consumer, partition))));
            look(consumer, looks, patience);
            looks.forEach((partition, look) -> look.gap().ifPresent(gap -> gaps.put(partition, gap)));
        } catch (KafkaException e) {
            throw refused(e, e);
        }
        return gaps;
    }

    private static PartitionLook.Bounds bounds(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        return new PartitionLook.Bounds() {
            @Override
            public long first() {
                return consumer.beginningOffsets(Set.of(partition)).get(partition);
            }

            @Override
            public long end() {
                return consumer.endOffsets(Set.of(partition)).get(partition);
            }
        };
    }

    private static void look(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, PartitionLook> looks, Duration patience) {
        Set<TopicPartition> open = new HashSet<>(looks.keySet());
        open.removeIf(partition -> looks.get(partition).isDecided());
        consumer.assign(open);
        open.forEach(partition -> consumer.seek(partition, looks.get(partition).from()));
        long deadline = System.nanoTime() + patience.toNanos();
        while (!open.isEmpty() && System.nanoTime() - deadline < 0) {
            for (var record : consumer.poll(Duration.ofMillis(100))) {
                looks.get(new TopicPartition(record.topic(), record.partition()))
                        .sees(record);
            }
            for (TopicPartition partition : open) {
                if (!looks.get(partition).isDecided()) {
                    looks.get(partition).reached(consumer.position(partition));
                }
            }
            open.removeIf(partition -> looks.get(partition).isDecided());
            consumer.pause(consumer.assignment().stream()
                    .filter(partition -> !open.contains(partition))
                    .toList());
        }
    }

    /**
     * What the sink has not committed.
     *
     * @param records the largest number they can be, by topic
     * @param others topics for which it is unknown: the sink's offsets belong to topics that were deleted
     */
    public record Lag(Map<String, Long> records, List<String> others) {}

    /**
     * Reads for a short time only; what is not decided by then counts as not committed.
     *
     * @param database empty for all
     * @param limit the largest number of topics to report
     */
    public Lag lag(Optional<String> database, int limit) {
        String prefix = TOPIC_PREFIX + database.map(name -> name + ".").orElse("");
        Map<String, Long> records = new TreeMap<>();
        Set<String> others = new TreeSet<>();
        gaps(ends(topic -> topic.startsWith(prefix)), LOOK).forEach((partition, gap) -> {
            records.merge(partition.topic(), gap.records(), Long::sum);
            if (gap.cause() == Gap.Cause.OTHER_TOPIC) {
                others.add(partition.topic());
            }
        });
        records.keySet().removeAll(records.keySet().stream().skip(limit).toList());
        return new Lag(records, others.stream().limit(limit).toList());
    }

    private Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) TIMEOUT.toMillis(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                // One batch of a partition is enough to know, and many fit into one answer.
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                32 * 1024,
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
            throw refused(cause, e);
        }
    }

    private static DoLakeException refused(Throwable cause, Exception e) {
        return new DoLakeException(ErrorCode.CONNECTION_ERROR, "Cannot ask the Kafka broker: " + cause.getMessage(), e);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(2));
    }
}
