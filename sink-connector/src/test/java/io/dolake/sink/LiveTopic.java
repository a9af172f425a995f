/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;

/** A topic in a broker, and what is in it, record by record: offsets are the same in both. Each partition has keys of its own. */
final class LiveTopic implements AutoCloseable {
    private static final int PARTITIONS = 3;
    private static final long KEYS_APART = 1_000;

    final String name;
    final List<FakeTopic> partitions = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final JsonConverter keys = new JsonConverter();
    private final JsonConverter values = new JsonConverter();
    private final List<Integer> sent = new ArrayList<>();
    private long lastMarker = KEYS_APART / 2;

    LiveTopic(KafkaNode broker, String name) throws Exception {
        this.name = name;
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.address());
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        keys.configure(Map.of("schemas.enable", "true"), true);
        values.configure(Map.of("schemas.enable", "true"), false);
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new FakeTopic(name, i, "orders").shape(Shop.ORDERS, "id"));
            sent.add(0);
        }
    }

    /** Random changes in every partition. */
    void change(Random random, int most) throws Exception {
        for (int i = 0; i < PARTITIONS; i++) {
            Shop.change(partitions.get(i), random, random.nextInt(most), KEYS_APART * i, false);
        }
        send();
    }

    /** A change in every partition that no commit can leave out. */
    void mark() throws Exception {
        lastMarker++;
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.get(i).upsert("c", KEYS_APART * i + lastMarker, "marker");
        }
        send();
    }

    private void send() throws Exception {
        List<Future<RecordMetadata>> replies = new ArrayList<>();
        List<Long> offsets = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            List<SinkRecord> records = partitions.get(i).records;
            for (SinkRecord record : records.subList(sent.get(i), records.size())) {
                replies.add(producer.send(new ProducerRecord<>(
                        name,
                        i,
                        record.timestamp(),
                        keys.fromConnectData(name, record.keySchema(), record.key()),
                        record.value() == null
                                ? null
                                : values.fromConnectData(name, record.valueSchema(), record.value()))));
                offsets.add(record.kafkaOffset());
            }
            sent.set(i, records.size());
        }
        for (int i = 0; i < replies.size(); i++) {
            long offset = replies.get(i).get().offset();
            if (offset != offsets.get(i)) {
                throw new AssertionError("a record meant for offset " + offsets.get(i) + " is at " + offset);
            }
        }
    }

    Map<TopicPartition, Long> ends() {
        Map<TopicPartition, Long> ends = new HashMap<>();
        partitions.forEach(partition -> ends.put(partition.partition, partition.end()));
        return ends;
    }

    /** The rows that the table must have of the records below {@code offsets}. */
    List<Map<String, String>> rows(Map<TopicPartition, Long> offsets) {
        List<Map<String, String>> rows = new ArrayList<>();
        partitions.forEach(topic -> rows.addAll(Oracle.rows(topic, offsets.getOrDefault(topic.partition, 0L))));
        return rows;
    }

    @Override
    public void close() {
        producer.close();
    }
}
