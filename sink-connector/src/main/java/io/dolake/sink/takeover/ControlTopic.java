/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.takeover;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.iceberg.connect.events.AvroUtil;
import org.apache.iceberg.connect.events.DataWritten;
import org.apache.iceberg.connect.events.Event;
import org.apache.iceberg.connect.events.PayloadType;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The topic over which the tasks of an Apache Iceberg sink report written files to its coordinator. Tasks commit the
 * offsets of the source topics with these messages; the coordinator commits the files later, and then its own offset.
 */
final class ControlTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Settings settings;
    private final Admin admin;
    private final Map<String, Object> client;

    /** The position in the topic of a message about a file. */
    record Written(int partition, long offset, DataWritten data) {}

    /**
     * The messages that the coordinator has not committed, according to its own offsets.
     *
     * @param end offset behind the last message of each partition
     */
    record Pending(List<Written> written, Map<Integer, Long> end) {}

    ControlTopic(Settings settings) {
        this.settings = settings;
        this.client = new HashMap<>(settings.kafka());
        this.admin = Admin.create(client);
    }

    /** Refuses a takeover while the sink runs: its tasks and its coordinator are members of their groups. */
    void checkStopped() {
        if (members(settings.group()) < 0) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot take over: there is no consumer group " + settings.group())
                    .withHint("The group of a sink is connect-NAME; check name and iceberg.connect.group-id");
        }
        for (String group : List.of(settings.group(), settings.coordinatorGroup())) {
            if (members(group) > 0) {
                throw new DoLakeException(
                                ErrorCode.INVALID_ARGUMENT,
                                "Cannot take over: group " + group + " has members, so the connector is still running")
                        .withHint("Stop it (PUT /connectors/" + settings.connector()
                                + "/stop on its worker); after a crash, wait until its session has timed out");
            }
        }
    }

    /** Number of members; -1 if there is no such group. */
    private int members(String group) {
        try {
            return await(admin.describeConsumerGroups(List.of(group))
                            .describedGroups()
                            .get(group))
                    .members()
                    .size();
        } catch (GroupIdNotFoundException e) {
            return -1;
        }
    }

    /** Reads the messages after the coordinator's offsets. */
    Pending pending() {
        List<TopicPartition> partitions = partitions();
        Map<TopicPartition, OffsetAndMetadata> done = await(
                admin.listConsumerGroupOffsets(settings.coordinatorGroup()).partitionsToOffsetAndMetadata());
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            done.forEach((partition, offset) -> {
                if (offset != null && ends.containsKey(partition)) {
                    consumer.seek(partition, offset);
                }
            });
            return new Pending(read(consumer, ends), byNumber(ends));
        } catch (OffsetOutOfRangeException e) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot take over: messages of topic " + settings.topic()
                                    + " were removed before the coordinator had read them, from offsets "
                                    + byNumber(e.offsetOutOfRangePartitions()) + " on",
                            e)
                    .withHint("What they named can only be found by comparing the tables with the source topics");
        }
    }

    private List<TopicPartition> partitions() {
        try {
            return await(admin.describeTopics(List.of(settings.topic()))
                            .topicNameValues()
                            .get(settings.topic()))
                    .partitions()
                    .stream()
                    .map(info -> new TopicPartition(settings.topic(), info.partition()))
                    .toList();
        } catch (UnknownTopicOrPartitionException e) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot take over: there is no topic " + settings.topic(),
                            e)
                    .withHint("The control topic of the sink is what " + Settings.CONTROL_TOPIC + " says");
        }
    }

    private List<Written> read(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        List<Written> written = new ArrayList<>();
        long deadline = System.nanoTime() + settings.timeout().toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - deadline > 0) {
                throw timeout("read topic " + settings.topic());
            }
            consumer.poll(POLL).forEach(record -> {
                Event event = AvroUtil.decode(record.value());
                if (event.groupId().equals(settings.group()) && event.type() == PayloadType.DATA_WRITTEN) {
                    written.add(new Written(record.partition(), record.offset(), (DataWritten) event.payload()));
                }
            });
        }
        return written;
    }

    private static Map<Integer, Long> byNumber(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> byNumber = new HashMap<>();
        offsets.forEach((partition, offset) -> byNumber.put(partition.partition(), offset));
        return byNumber;
    }

    /** Commits these offsets in the coordinator's place. */
    void committed(Map<Integer, Long> end) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        end.forEach((number, offset) ->
                offsets.put(new TopicPartition(settings.topic(), number), new OffsetAndMetadata(offset)));
        await(admin.alterConsumerGroupOffsets(settings.coordinatorGroup(), offsets)
                .all());
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot take over: interrupted", e);
        } catch (TimeoutException e) {
            throw timeout("ask the brokers at " + settings.kafka().get("bootstrap.servers"));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new DoLakeException(
                    ErrorCode.CONNECTION_ERROR,
                    "Cannot take over: " + e.getCause().getMessage(),
                    e);
        }
    }

    private DoLakeException timeout(String doing) {
        return new DoLakeException(
                ErrorCode.TIMEOUT,
                "Cannot take over: could not " + doing + " within "
                        + settings.timeout().toSeconds() + " s");
    }

    @Override
    public void close() {
        admin.close();
    }
}
