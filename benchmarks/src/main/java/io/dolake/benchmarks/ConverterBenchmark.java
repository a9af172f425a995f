/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import io.dolake.sink.json.SchemaCachingJsonConverter;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/** Reading Debezium envelopes in JSON with schemas: our converter beside Kafka's, one thread, the same messages. */
final class ConverterBenchmark implements Benchmark {
    private static final int MESSAGES = 10_000;
    private static final long SEED = 4711;

    @Override
    public String title() {
        return "converter: change events in JSON with schemas, ours beside Kafka's JsonConverter, one thread";
    }

    @Override
    public void run(Options options) throws Exception {
        byte[][] messages = messages();
        Converter kafka = configured(new JsonConverter());
        Converter ours = configured(new SchemaCachingJsonConverter());
        for (byte[] message : messages) {
            if (!kafka.toConnectData("t", message).equals(ours.toConnectData("t", message))) {
                throw new IllegalStateException("Cannot trust the figure: the converters differ");
            }
        }
        Rounds rounds = new Rounds()
                .add("kafka", () -> seconds(kafka, messages))
                .add("ours", () -> seconds(ours, messages))
                .run(options.number("warmups", 20), options.number("rounds", 30));
        System.out.printf("%nmessage %d bytes, row of 10 columns, before and after%n", messages[0].length);
        for (String name : new String[] {"kafka", "ours"}) {
            System.out.printf(
                    "%-6s %10.0f rows/s %8.0f ns/row%n",
                    name, MESSAGES / rounds.median(name), rounds.median(name) * 1e9 / MESSAGES);
        }
        System.out.printf("ours / kafka %.1f%n", rounds.ratio("kafka", "ours"));
    }

    private static Converter configured(Converter converter) {
        converter.configure(Map.of("schemas.enable", true), false);
        return converter;
    }

    private static double seconds(Converter converter, byte[][] messages) {
        long begin = System.nanoTime();
        for (byte[] message : messages) {
            if (converter.toConnectData("t", message).value() == null) {
                throw new IllegalStateException("Cannot trust the figure: a message has no value");
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static byte[][] messages() {
        Schema source = source();
        Schema envelope = SchemaBuilder.struct()
                .name("shop.orders.Envelope")
                .field("before", OrderRow.SCHEMA)
                .field("after", OrderRow.SCHEMA)
                .field("source", source)
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
        Random random = new Random(SEED);
        byte[][] messages = new byte[MESSAGES][];
        try (JsonConverter writer = new JsonConverter()) {
            writer.configure(Map.of("schemas.enable", true), false);
            for (int i = 0; i < MESSAGES; i++) {
                Struct value = new Struct(envelope)
                        .put("before", OrderRow.of(i, random.nextInt(100), random))
                        .put("after", OrderRow.of(i, random.nextInt(100), random))
                        .put("source", position(source, i))
                        .put("op", "u")
                        .put("ts_ms", 1_767_225_600_000L + i);
                messages[i] = writer.fromConnectData("t", envelope, value);
            }
        }
        return messages;
    }

    private static Schema source() {
        return SchemaBuilder.struct()
                .name("io.debezium.connector.Source")
                .field("version", Schema.STRING_SCHEMA)
                .field("connector", Schema.STRING_SCHEMA)
                .field("name", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.INT64_SCHEMA)
                .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
                .field("db", Schema.STRING_SCHEMA)
                .field("table", Schema.STRING_SCHEMA)
                .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
    }

    private static Struct position(Schema source, long lsn) {
        return new Struct(source)
                .put("version", "0.1.0")
                .put("connector", "dosql")
                .put("name", "dosql")
                .put("ts_ms", 1_767_225_600_000L + lsn)
                .put("snapshot", "false")
                .put("db", "shop")
                .put("table", "orders")
                .put("lsn", lsn);
    }
}
