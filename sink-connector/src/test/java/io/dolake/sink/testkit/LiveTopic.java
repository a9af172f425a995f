/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A topic in a broker, and what is in it, record by record: offsets are the same in both. Each partition has keys of
 * its own.
 */
public final class LiveTopic implements AutoCloseable {
    private static final int PARTITIONS = 3;
    private static final long KEYS_APART = 1_000;

    public final String name;
    private final KafkaNode broker;
    public final List<FakeTopic> partitions = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final JsonConverter keys = new JsonConverter();
    private final JsonConverter values = new JsonConverter();
    private final List<Integer> sent = new ArrayList<>();
    private long lastMarker = KEYS_APART / 2;

    public LiveTopic(KafkaNode broker, String name) throws Exception {
        this.name = name;
        this.broker = broker;
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
    public void change(Random random, int most) throws Exception {
        for (int i = 0; i < PARTITIONS; i++) {
            Shop.change(partitions.get(i), random, random.nextInt(most), KEYS_APART * i, false);
        }
        send(producer);
    }

    /** A change in every partition that no commit can leave out. */
    public void mark() throws Exception {
        addMarkers();
        send(producer);
    }

    /** The same in a transaction, whose end has an offset of its own. */
    public void markInTransaction() throws Exception {
        addMarkers();
        try (KafkaProducer<byte[], byte[]> transaction = begin()) {
            send(transaction);
            transaction.commitTransaction();
        }
        skip(1);
    }

    private void addMarkers() {
        lastMarker++;
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.get(i).upsert("c", KEYS_APART * i + lastMarker, "marker");
        }
    }

    /** Changes in every partition, in a transaction that is given up. */
    public void abort(int changes) {
        try (KafkaProducer<byte[], byte[]> transaction = begin()) {
            for (int i = 0; i < changes * PARTITIONS; i++) {
                transaction.send(new ProducerRecord<>(name, i % PARTITIONS, null, null));
            }
            transaction.flush();
            transaction.abortTransaction();
        }
        skip(changes + 1);
    }

    private KafkaProducer<byte[], byte[]> begin() {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.address(), "transactional.id", name);
        KafkaProducer<byte[], byte[]> transaction =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        transaction.initTransactions();
        transaction.beginTransaction();
        return transaction;
    }

    /**
     * Offsets of each partition that no consumer sees. The broker ends a transaction in the log after it has said that
     * it is ended.
     */
    private void skip(int offsets) {
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.get(i).skip(offsets);
            sent.set(i, sent.get(i) + offsets);
        }
        await().atMost(30, SECONDS).until(() -> endsInBroker().equals(ends()));
    }

    private Map<TopicPartition, Long> endsInBroker() throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        ends().keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.address()))) {
            admin.listOffsets(asked).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
        }
        return ends;
    }

    private void send(KafkaProducer<byte[], byte[]> through) throws Exception {
        List<Future<RecordMetadata>> replies = new ArrayList<>();
        List<Long> offsets = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            List<SinkRecord> records = partitions.get(i).records;
            for (SinkRecord record : records.subList(sent.get(i), records.size())) {
                replies.add(through.send(new ProducerRecord<>(
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

    public Map<TopicPartition, Long> ends() {
        Map<TopicPartition, Long> ends = new HashMap<>();
        partitions.forEach(partition -> ends.put(partition.partition, partition.end()));
        return ends;
    }

    /** The rows that the table must have of the records below {@code offsets}. */
    public List<Map<String, String>> rows(Map<TopicPartition, Long> offsets) {
        List<Map<String, String>> rows = new ArrayList<>();
        partitions.forEach(topic -> rows.addAll(Oracle.rows(topic, offsets.getOrDefault(topic.partition, 0L))));
        return rows;
    }

    @Override
    public void close() {
        producer.close();
    }
}
