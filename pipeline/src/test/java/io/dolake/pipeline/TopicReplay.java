/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Applies the change events of a topic to an empty table: what a consumer that is not our sink would end up with. */
final class TopicReplay {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String bootstrapServers;

    TopicReplay(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Key to row, both as JSON. */
    Map<JsonNode, JsonNode> rows(String topic) throws IOException {
        Map<JsonNode, JsonNode> rows = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    apply(record, rows);
                }
            }
        }
        return rows;
    }

    private static void apply(ConsumerRecord<byte[], byte[]> record, Map<JsonNode, JsonNode> rows) throws IOException {
        if (record.value() == null) {
            return; // the tombstone that follows a delete
        }
        JsonNode envelope = JSON.readTree(record.value()).path("payload");
        String operation = envelope.path("op").asText();
        if (operation.equals("t")) {
            rows.clear();
            return;
        }
        JsonNode key = JSON.readTree(record.key()).path("payload");
        if (operation.equals("d")) {
            rows.remove(key);
        } else {
            rows.put(key, envelope.path("after"));
        }
    }
}
