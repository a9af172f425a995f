/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.converter;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.Rounds;
import io.dolake.benchmarks.pipeline.Recording;
import io.dolake.sink.json.SchemaCachingJsonConverter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/**
 * Change events in JSON with schemas, read and written: our converter beside Kafka's, one thread, the same messages.
 * They are what our source has written to Kafka, and the shapes of Debezium's connectors for Postgres and MySQL.
 */
public final class ConverterBenchmark implements Benchmark {
    private static final int MESSAGES = 10_000;
    private static final String TOPIC = "t";
    /** Of the messages, so many at least must be read and written without JsonConverter. */
    private static final double FAST_SHARE = 0.99;

    @Override
    public String title() {
        return "converter: change events in JSON with schemas, read and written, ours beside Kafka's, one thread";
    }

    @Override
    public void run(Options options) throws Exception {
        Map<String, byte[][]> inputs = new LinkedHashMap<>();
        inputs.put(
                "recorded",
                Recording.make(Path.of(options.text("dir", "/tmp")), MESSAGES / 2).values().stream()
                        .toArray(byte[][]::new));
        inputs.put("postgres", Shapes.postgres(MESSAGES));
        inputs.put("mysql", Shapes.mysql(MESSAGES));
        for (Map.Entry<String, byte[][]> input : inputs.entrySet()) {
            compare(input.getKey(), input.getValue(), options);
        }
    }

    private static void compare(String name, byte[][] messages, Options options) throws Exception {
        try (JsonConverter kafka = configured(new JsonConverter());
                SchemaCachingJsonConverter ours = configured(new SchemaCachingJsonConverter())) {
            SchemaAndValue[] events = events(kafka, ours, messages);
            Rounds rounds = new Rounds()
                    .add("read, kafka", () -> readSeconds(kafka, messages))
                    .add("read, ours", () -> readSeconds(ours, messages))
                    .add("write, kafka", () -> writeSeconds(kafka, events))
                    .add("write, ours", () -> writeSeconds(ours, events))
                    .run(options.number("warmups", 20), options.number("rounds", 30));
            long runs = 2L * (options.number("warmups", 20) + options.number("rounds", 30)) + 2;
            double fast = 1 - (double) ours.delegatedMessages() / (runs * messages.length);
            System.out.printf(
                    "%n%s: %d messages of %.0f bytes, %.2f%% without JsonConverter%n",
                    name,
                    messages.length,
                    Arrays.stream(messages)
                            .mapToInt(message -> message.length)
                            .average()
                            .orElseThrow(),
                    100 * fast);
            if (fast < FAST_SHARE) {
                throw new IllegalStateException("Cannot trust the figures: JsonConverter did too much of the work");
            }
            for (String way : new String[] {"read", "write"}) {
                System.out.printf(
                        "  %-5s kafka %6.0f ns, ours %6.0f ns a message, ours / kafka %s%n",
                        way,
                        rounds.median(way + ", kafka") * 1e9 / messages.length,
                        rounds.median(way + ", ours") * 1e9 / messages.length,
                        rounds.ratioAndSpread(way + ", kafka", way + ", ours"));
            }
        }
    }

    /** Read by our converter, with its schemas; checks that both read, and write, the same. */
    private static SchemaAndValue[] events(JsonConverter kafka, Converter ours, byte[][] messages) {
        SchemaAndValue[] events = new SchemaAndValue[messages.length];
        for (int i = 0; i < messages.length; i++) {
            events[i] = ours.toConnectData(TOPIC, messages[i]);
            byte[] written = ours.fromConnectData(TOPIC, events[i].schema(), events[i].value());
            if (!kafka.toConnectData(TOPIC, messages[i]).equals(events[i])
                    || !kafka.toConnectData(TOPIC, written).equals(events[i])) {
                throw new IllegalStateException("Cannot trust the figures: the converters differ at message " + i);
            }
        }
        return events;
    }

    private static <T extends Converter> T configured(T converter) {
        converter.configure(Map.of("schemas.enable", true), false);
        return converter;
    }

    private static double readSeconds(Converter converter, byte[][] messages) {
        long begin = System.nanoTime();
        for (byte[] message : messages) {
            if (converter.toConnectData(TOPIC, message).value() == null) {
                throw new IllegalStateException("Cannot trust the figure: a message has no value");
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double writeSeconds(Converter converter, SchemaAndValue[] events) {
        long begin = System.nanoTime();
        for (SchemaAndValue event : events) {
            if (converter.fromConnectData(TOPIC, event.schema(), event.value()).length == 0) {
                throw new IllegalStateException("Cannot trust the figure: a message is empty");
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }
}
