/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import io.dolake.benchmarks.OrderRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.storage.Converter;

/**
 * A topic of one partition that orders are sent to: flat rows (the row after the change) under their key, a delete as a
 * tombstone. The offset of a change is its sequence.
 */
final class OrdersTopic implements AutoCloseable {
    private static final Schema KEY = SchemaBuilder.struct()
            .name("shop.orders.Key")
            .field("id", Schema.INT64_SCHEMA)
            .build();

    private final String name;
    private final Producer<byte[], byte[]> producer;
    private final Converter keys;
    private final Converter values;
    private final Random random = new Random(7);
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private long bytes;

    OrdersTopic(String bootstrapServers, String name, Format format, int lingerMs) {
        this.name = name;
        this.keys = format.writer(true);
        this.values = format.writer(false);
        create(bootstrapServers, name);
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("linger.ms", lingerMs);
        settings.put("batch.size", 256 << 10);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static void create(String bootstrapServers, String name) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("Cannot create topic " + name, e);
        }
    }

    /** Sends all changes; returns when the broker has them. */
    void send(Orders orders) throws Exception {
        orders.forEach((sequence, id, isDelete) -> send(sequence, id, isDelete, null));
        flush();
    }

    /** @param timestampMs null for the time of sending */
    void send(long sequence, long id, boolean isDelete, Long timestampMs) {
        byte[] key = keys.fromConnectData(name, KEY, new Struct(KEY).put("id", id));
        byte[] value =
                isDelete ? null : values.fromConnectData(name, OrderRow.SCHEMA, OrderRow.of(id, sequence, random));
        bytes += key.length + (value == null ? 0 : value.length);
        producer.send(new ProducerRecord<>(name, 0, timestampMs, key, value), (sent, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            } else if (sent.offset() != sequence) {
                failure.compareAndSet(
                        null, new IllegalStateException("change " + sequence + " is at offset " + sent.offset()));
            }
        });
    }

    /** Waits until the broker has what was sent. */
    void flush() {
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("Cannot send to topic " + name, failure.get());
        }
    }

    /** Of keys and values, so far. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        producer.close();
    }
}
