/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.dolake.sink.DoLakeSinkTask;
import io.dolake.sink.config.SinkConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.iceberg.catalog.Catalog;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Drives one sink task as a Connect worker does, over topics in memory. The group's offsets outlive it. */
public final class Worker implements AutoCloseable {
    public final FakeContext context;
    public final DoLakeSinkTask task;
    private final Map<TopicPartition, FakeTopic> topics = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<TopicPartition, Long> groupOffsets;
    /** What this worker has committed beside the offsets. */
    public final Map<TopicPartition, String> groupMetadata = new HashMap<>();

    private final Map<TopicPartition, Long> delivered = new HashMap<>();
    private final Map<TopicPartition, Long> lastCommitted = new HashMap<>();
    public int refusals;
    /** Whether a suspended table or partition is expected; otherwise it ends the test. */
    public boolean toleratesSuspension;

    private final List<SinkRecord> batch = new ArrayList<>();

    /** A task that is started and has the partitions assigned; {@code groupOffsets} are read and written. */
    public Worker(
            Map<String, String> settings,
            Map<TopicPartition, Long> groupOffsets,
            UnaryOperator<Catalog> wrap,
            FakeTopic... assigned) {
        this.groupOffsets = groupOffsets;
        this.context = new FakeContext(settings);
        this.task = new DoLakeSinkTask() {
            @Override
            protected Catalog openCatalog(SinkConfig config) {
                return wrap.apply(super.openCatalog(config));
            }
        };
        task.initialize(context);
        task.start(settings);
        assign(assigned);
    }

    public Worker(Map<String, String> settings, FakeTopic... assigned) {
        this(settings, new HashMap<>(), UnaryOperator.identity(), assigned);
    }

    public void assign(FakeTopic... assigned) {
        List<TopicPartition> opened = new ArrayList<>();
        for (FakeTopic topic : assigned) {
            topics.put(topic.partition, topic);
            positions.put(topic.partition, groupOffsets.getOrDefault(topic.partition, 0L));
            delivered.put(topic.partition, positions.get(topic.partition));
            lastCommitted.put(topic.partition, positions.get(topic.partition));
            opened.add(topic.partition);
        }
        context.assignment.addAll(opened);
        task.open(opened);
    }

    /** A topic is recreated; the consumer finds itself out of range and starts over. */
    public void replace(FakeTopic again) {
        topics.put(again.partition, again);
        positions.put(again.partition, again.start());
    }

    /** All partitions are taken from the task and given to it again. */
    public void rebalance() {
        List<FakeTopic> all = List.copyOf(topics.values());
        task.close(List.copyOf(topics.keySet()));
        topics.clear();
        batch.clear();
        context.seeks.clear();
        context.paused.clear();
        context.assignment.clear();
        assign(all.toArray(FakeTopic[]::new));
    }

    /** One turn of the worker's loop: at most {@code max} records of each partition. */
    public void poll(int max) {
        seek();
        take(max);
    }

    /**
     * A turn in which the consumer has a cooperative rebalance: a partition goes, and records of those that stay come.
     */
    public void pollAndLose(FakeTopic lost, int max) {
        seek();
        task.close(List.of(lost.partition));
        topics.remove(lost.partition);
        context.assignment.remove(lost.partition);
        take(max);
    }

    private void seek() {
        context.seeks.forEach((partition, offset) -> {
            // Out of range: the consumer starts over, as auto.offset.reset=earliest has it.
            FakeTopic topic = topics.get(partition);
            positions.put(partition, offset < topic.start() || offset > topic.end() ? topic.start() : offset);
            delivered.put(partition, offset);
            lastCommitted.put(partition, offset);
        });
        context.seeks.clear();
    }

    private void take(int max) {
        if (batch.isEmpty()) {
            topics.forEach((partition, topic) -> {
                if (!context.paused.contains(partition)) {
                    int from = positions.get(partition).intValue();
                    int to = (int) Math.min(topic.end(), from + (long) max);
                    topic.records.subList(from, to).stream()
                            .filter(Objects::nonNull)
                            .forEach(batch::add);
                    positions.put(partition, (long) to);
                }
            });
        }
        try {
            task.put(List.copyOf(batch));
            batch.forEach(record -> delivered.put(
                    new TopicPartition(record.topic(), record.kafkaPartition()), record.kafkaOffset() + 1));
            batch.clear();
        } catch (RetriableException e) {
            refusals++;
        }
        if (!toleratesSuspension) {
            suspended().values().forEach(state -> {
                throw new ConnectException("suspended, " + state.get("code") + ": " + state.get("reason") + " ("
                        + state.get("remedy") + ")");
            });
        }
    }

    /** What is suspended, by name, as JMX shows it. */
    public Map<String, Map<String, String>> suspended() {
        Map<String, Map<String, String>> suspended = new TreeMap<>(task.status().getTables());
        suspended.values().removeIf(state -> !state.get("state").equals("SUSPENDED"));
        return suspended;
    }

    /** How a table is, as JMX tells it. */
    public Map<String, String> state(String table) {
        return task.status().getTables().get(table);
    }

    /** Polls until this number of tables and partitions is suspended. */
    public void awaitSuspended(int number) {
        await().atMost(60, SECONDS).pollInterval(java.time.Duration.ofMillis(2)).until(() -> {
            poll(500);
            commit();
            return suspended().size() == number;
        });
    }

    /** Polls until these topics are in the lake as far as they go, whatever others do. */
    public void drain(FakeTopic... some) {
        await().atMost(60, SECONDS).pollInterval(java.time.Duration.ofMillis(2)).until(() -> {
            poll(500);
            commit();
            return Arrays.stream(some).allMatch(topic -> groupOffsets.getOrDefault(topic.partition, 0L) == topic.end());
        });
    }

    /** Requests a resume, as a user does; returns the answer, empty on success. */
    public String resume(String name, String from) {
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(() -> task.status().resume(name, from, 30_000));
        await().atMost(60, SECONDS).pollInterval(java.time.Duration.ofMillis(2)).until(() -> {
            poll(500);
            return answer.isDone();
        });
        return answer.join();
    }

    /** Commits the group's offsets. */
    public Map<TopicPartition, Long> commit() {
        Map<TopicPartition, OffsetAndMetadata> current = new HashMap<>();
        delivered.forEach((partition, offset) -> current.put(partition, new OffsetAndMetadata(offset)));
        task.preCommit(current).forEach((partition, offset) -> {
            // As the worker does: what it believes committed is not committed again.
            if (!lastCommitted.get(partition).equals(offset.offset())
                    || !offset.metadata().isEmpty()) {
                groupOffsets.put(partition, offset.offset());
                groupMetadata.put(partition, offset.metadata());
                lastCommitted.put(partition, offset.offset());
            }
        });
        return groupOffsets;
    }

    /** Has a worker of its own take all that is in the topics. */
    public static void drain(Map<String, String> settings, FakeTopic... topics) {
        try (Worker worker = new Worker(settings, topics)) {
            worker.drain();
        }
    }

    /** Polls until the lake holds everything that is in the topics. */
    public void drain() {
        await().atMost(60, SECONDS).pollInterval(java.time.Duration.ofMillis(2)).until(() -> {
            poll(500);
            commit();
            return topics.values().stream()
                    .allMatch(topic -> groupOffsets.getOrDefault(topic.partition, 0L) == topic.end());
        });
    }

    /** The worker dies: nothing is closed in order. Commits under way run on, as in a process that hangs. */
    public void abandon() {
        topics.clear();
    }

    @Override
    public void close() {
        task.close(List.copyOf(topics.keySet()));
        task.stop();
    }
}
