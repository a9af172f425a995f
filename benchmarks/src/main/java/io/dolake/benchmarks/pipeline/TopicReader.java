/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer of a table's topic, which notes when each row arrives and at which offset it is. */
final class TopicReader extends Thread implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Pattern NONE = Pattern.compile("\\D");

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Arrivals arrivals;
    private final long[] offsets;
    private volatile boolean ended;

    /** @param offsets takes the offset of each mark; null if they are not wanted */
    TopicReader(String bootstrap, TopicPartition topic, String isolation, Arrivals arrivals, long[] offsets) {
        super("reader-" + isolation);
        setDaemon(true);
        this.arrivals = arrivals;
        this.offsets = offsets;
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(List.of(topic));
        consumer.seekToBeginning(List.of(topic));
        consumer.position(topic);
        start();
    }

    @Override
    public void run() {
        try (consumer) {
            while (!ended) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    long mark = mark(record.value());
                    if (mark > 0) {
                        arrivals.seen(mark);
                        if (offsets != null && mark < offsets.length) {
                            offsets[(int) mark] = record.offset();
                        }
                    }
                }
            }
        }
    }

    /** What column {@code changed} has after the change; 0 if there is none. */
    private static long mark(byte[] value) {
        String text = value == null ? "" : new String(value, StandardCharsets.ISO_8859_1);
        int after = text.indexOf("\"after\":{");
        int from = after < 0 ? -1 : text.indexOf("\"changed\":", after);
        if (from < 0) {
            return 0;
        }
        String digits = NONE.split(text.substring(from + "\"changed\":".length()), 2)[0];
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        join();
    }
}
