/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.sink.SinkRecord;

/** A topic of change events of a table, and what the table must hold after them. */
final class Visits {
    private static final int IDS = 200;
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build();
    private static final Schema ROW = SchemaBuilder.struct()
            .optional()
            .field("id", Schema.INT64_SCHEMA)
            .field("region", Schema.OPTIONAL_STRING_SCHEMA)
            .field("price", Schema.OPTIONAL_FLOAT64_SCHEMA)
            .field("created", Timestamp.builder().optional().build())
            .build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("db", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .build();
    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .build();

    final TopicPartition partition = new TopicPartition("dosql.shop.visits", 0);
    final List<SinkRecord> records = new ArrayList<>();
    final Map<Long, String> expected = new TreeMap<>();

    void change(Random random, int count) {
        for (int i = 0; i < count; i++) {
            long id = random.nextInt(IDS);
            if (random.nextInt(4) == 0) {
                add(id, "d", null);
                expected.remove(id);
            } else {
                upsert(id, random);
            }
        }
    }

    private void upsert(long id, Random random) {
        String region = random.nextInt(8) == 0 ? null : "r" + random.nextInt(3);
        Double price = random.nextInt(8) == 0 ? null : random.nextDouble();
        Instant created = Instant.EPOCH.plus(Duration.ofHours(random.nextInt(96)));
        add(
                id,
                "u",
                new Struct(ROW)
                        .put("id", id)
                        .put("region", region)
                        .put("price", price)
                        .put("created", Date.from(created)));
        expected.put(id, text(region, price, created));
    }

    static String text(Object region, Object price, Object created) {
        return region + "|" + price + "|" + created;
    }

    private void add(long id, String op, Struct after) {
        Struct source = new Struct(SOURCE).put("db", "shop").put("table", "visits");
        Struct value = new Struct(ENVELOPE).put("op", op).put("source", source).put("after", after);
        records.add(new SinkRecord(
                partition.topic(),
                partition.partition(),
                KEY,
                new Struct(KEY).put("id", id),
                ENVELOPE,
                value,
                records.size()));
    }
}
