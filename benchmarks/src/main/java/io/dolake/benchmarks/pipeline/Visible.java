/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.sink.LakeTable;
import io.dolake.pipeline.run.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Sees when the last row of a round is in the lake: its record in the topic, then a snapshot past that record. */
final class Visible implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(20);
    /** Markers of Kafka's transactions take offsets too. */
    private static final int MARKERS = 8;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LakeTable lake;
    private final TopicPartition topic;
    private final int tail;
    private long seenEnd;

    /** @param transaction rows of a transaction: the last row is among so many at the end of the topic */
    Visible(Home home, String bootstrap, String database, int transaction) {
        tail = transaction + MARKERS;
        topic = new TopicPartition("dosql." + database + "." + Load.TABLE, 0);
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(List.of(topic));
        lake = new LakeTable(home, database + "." + Load.TABLE);
    }

    /** Returns the time at which the row with this mark was seen in the lake, as of System.nanoTime(). */
    long await(long mark) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long offset = -1;
        while (System.nanoTime() - deadline < 0) {
            offset = offset < 0 ? offsetOf(mark) : offset;
            if (offset >= 0 && lake.nextOffset(topic.topic()) > offset) {
                return System.nanoTime();
            }
            Thread.sleep(LOOK.toMillis());
        }
        throw new IOException("Cannot measure the pipeline: row " + mark + " of " + topic
                + " did not become visible in " + PATIENCE.toSeconds() + " s; "
                + (offset < 0 ? "it is not in the topic" : "it is in the topic"));
    }

    /** Returns the time at which the first row was seen in the topic, as of System.nanoTime(). */
    long awaitFirst() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (consumer.endOffsets(List.of(topic)).getOrDefault(topic, 0L) > 0) {
                return System.nanoTime();
            }
            Thread.sleep(LOOK.toMillis());
        }
        throw new IOException("Cannot measure the pipeline: nothing came to " + topic + " in " + PATIENCE.toSeconds()
                + " s; is the source connector running?");
    }

    /** The capture of changes gives the rows of a transaction in another order than they were written in. */
    private long offsetOf(long mark) {
        long end = consumer.endOffsets(List.of(topic)).getOrDefault(topic, 0L);
        if (end == 0 || end == seenEnd) {
            return -1;
        }
        consumer.seek(topic, Math.max(0, end - tail));
        String sought = "\"changed\":" + mark + "}";
        while (consumer.position(topic) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(LOOK)) {
                if (record.value() != null && new String(record.value(), StandardCharsets.UTF_8).contains(sought)) {
                    return end - 2; // the last record, before the marker of the transaction
                }
            }
        }
        seenEnd = end;
        return -1;
    }

    @Override
    public void close() {
        consumer.close();
        lake.close();
    }
}
