/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.converter;

import io.dolake.benchmarks.OrderRow;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;

/** Change events as the documentation of Debezium's connectors for Postgres and MySQL describes them, in JSON. */
final class Shapes {
    private static final long SEED = 4711;
    private static final long NEW_YEAR_MS = 1_767_225_600_000L;

    private Shapes() {}

    static byte[][] postgres(int messages) {
        Schema source = start("postgresql")
                .field("schema", Schema.STRING_SCHEMA)
                .field("table", Schema.STRING_SCHEMA)
                .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
                .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
                .field("xmin", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
        return messages(
                messages,
                source,
                (struct, i) -> struct.put("schema", "public")
                        .put("sequence", "[\"" + (24_023_128 + i) + "\",\"" + (24_023_128 + i) + "\"]")
                        .put("txId", 555L + i / 100)
                        .put("lsn", 24_023_128L + i));
    }

    static byte[][] mysql(int messages) {
        Schema source = start("mysql")
                .field("table", Schema.OPTIONAL_STRING_SCHEMA)
                .field("server_id", Schema.INT64_SCHEMA)
                .field("gtid", Schema.OPTIONAL_STRING_SCHEMA)
                .field("file", Schema.STRING_SCHEMA)
                .field("pos", Schema.INT64_SCHEMA)
                .field("row", Schema.INT32_SCHEMA)
                .field("thread", Schema.OPTIONAL_INT64_SCHEMA)
                .field("query", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        return messages(
                messages,
                source,
                (struct, i) -> struct.put("server_id", 223_344L)
                        .put("gtid", "3e11fa47-71ca-11e1-9e33-c80aa9429562:" + i / 100)
                        .put("file", "mysql-bin.000003")
                        .put("pos", 484L + i)
                        .put("row", i % 100)
                        .put("thread", 7L));
    }

    private interface Position {
        void put(Struct source, int message);
    }

    private static SchemaBuilder start(String connector) {
        return SchemaBuilder.struct()
                .name("io.debezium.connector." + connector + ".Source")
                .field("version", Schema.STRING_SCHEMA)
                .field("connector", Schema.STRING_SCHEMA)
                .field("name", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.INT64_SCHEMA)
                .field(
                        "snapshot",
                        SchemaBuilder.string()
                                .name("io.debezium.data.Enum")
                                .version(1)
                                .parameter("allowed", "true,first,first_in_data_collection,last,false,incremental")
                                .optional()
                                .defaultValue("false")
                                .build())
                .field("db", Schema.STRING_SCHEMA)
                .field("sequence", Schema.OPTIONAL_STRING_SCHEMA)
                .field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
                .field("ts_ns", Schema.OPTIONAL_INT64_SCHEMA);
    }

    private static byte[][] messages(int count, Schema source, Position position) {
        Schema block = SchemaBuilder.struct()
                .name("event.block")
                .version(1)
                .optional()
                .field("id", Schema.STRING_SCHEMA)
                .field("total_order", Schema.INT64_SCHEMA)
                .field("data_collection_order", Schema.INT64_SCHEMA)
                .build();
        Schema envelope = SchemaBuilder.struct()
                .name("shop.orders.Envelope")
                .version(2)
                .field("before", OrderRow.SCHEMA)
                .field("after", OrderRow.SCHEMA)
                .field("source", source)
                .field("transaction", block)
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
                .field("ts_ns", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
        Random random = new Random(SEED);
        byte[][] messages = new byte[count][];
        try (JsonConverter writer = new JsonConverter()) {
            writer.configure(Map.of("schemas.enable", true), false);
            for (int i = 0; i < count; i++) {
                Struct at = times(new Struct(source), i)
                        .put("version", "3.6.1.Final")
                        .put("connector", "other")
                        .put("name", "shop")
                        .put("snapshot", "false")
                        .put("db", "shop")
                        .put("table", "orders");
                position.put(at, i);
                Struct value = times(new Struct(envelope), i)
                        .put("before", i % 2 == 0 ? null : OrderRow.of(i, random.nextInt(100), random))
                        .put("after", OrderRow.of(i, random.nextInt(100), random))
                        .put("source", at)
                        .put("op", i % 2 == 0 ? "c" : "u");
                messages[i] = writer.fromConnectData("t", envelope, value);
            }
        }
        return messages;
    }

    private static Struct times(Struct struct, int i) {
        long ms = NEW_YEAR_MS + i;
        return struct.put("ts_ms", ms).put("ts_us", ms * 1_000 + 123).put("ts_ns", ms * 1_000_000 + 123_456);
    }
}
