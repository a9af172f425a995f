/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** A topic partition full of Debezium envelopes of one table, to be read from any offset. */
public final class FakeTopic {
    static final Schema SOURCE = SchemaBuilder.struct()
            .name("source")
            .field("db", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    public final TopicPartition partition;
    public final List<SinkRecord> records = new ArrayList<>();
    private int start;
    private String db = "shop";
    private long firstTimeMs = 1_000_000L;
    private final String table;
    private Schema row;
    private Schema key;

    public FakeTopic(String topic, int partition, String table) {
        this.partition = new TopicPartition(topic, partition);
        this.table = table;
    }

    /** Rows from now on are from this database. */
    public FakeTopic of(String database) {
        db = database;
        return this;
    }

    /** Records are of this time, in ms. */
    public FakeTopic startingAt(long timeMs) {
        firstTimeMs = timeMs;
        return this;
    }

    /** Rows from now on are of this schema; {@code keys} (none: no record key) name the key columns. */
    public FakeTopic shape(Schema newRow, String... keys) {
        row = newRow;
        SchemaBuilder builder = SchemaBuilder.struct().name("key");
        for (String name : keys) {
            builder.field(name, row.field(name).schema());
        }
        key = keys.length == 0 ? null : builder.build();
        return this;
    }

    /** An insert, update or snapshot read of a row given by its values in column order. */
    public FakeTopic upsert(String op, Object... values) {
        Struct after = new Struct(row);
        for (int i = 0; i < values.length; i++) {
            after.put(row.fields().get(i), values[i]);
        }
        return add(keyOf(after), envelope(op, after));
    }

    /** A delete by key values, in the order of the key columns, with the tombstone behind it. */
    public FakeTopic delete(Object... keyValues) {
        Struct keyStruct = new Struct(key);
        for (int i = 0; i < keyValues.length; i++) {
            keyStruct.put(key.fields().get(i), keyValues[i]);
        }
        add(keyStruct, envelope("d", null));
        return add(keyStruct, null);
    }

    public FakeTopic truncate() {
        return add(null, envelope("t", null));
    }

    public FakeTopic add(Struct keyStruct, Struct value) {
        return add(
                keyStruct == null ? null : keyStruct.schema(), keyStruct, value == null ? null : value.schema(), value);
    }

    /** Any record. */
    public FakeTopic add(Schema keySchema, Object recordKey, Schema valueSchema, Object value) {
        records.add(new SinkRecord(
                partition.topic(),
                partition.partition(),
                keySchema,
                recordKey,
                valueSchema,
                value,
                records.size(),
                firstTimeMs + records.size(),
                TimestampType.CREATE_TIME));
        return this;
    }

    /** Records below the offset are gone, as retention has it. */
    public FakeTopic removeBelow(int offset) {
        start = offset;
        return this;
    }

    /** So many offsets have no record that a consumer gets to see. */
    public FakeTopic skip(int offsets) {
        records.addAll(Collections.nCopies(offsets, null));
        return this;
    }

    long start() {
        return start;
    }

    public long end() {
        return records.size();
    }

    private Struct keyOf(Struct after) {
        if (key == null) {
            return null;
        }
        Struct result = new Struct(key);
        key.fields().forEach(field -> result.put(field, after.get(field.name())));
        return result;
    }

    private Struct envelope(String op, Struct after) {
        SchemaBuilder builder = SchemaBuilder.struct().name("envelope");
        Schema optionalRow = optional(row);
        builder.field("after", optionalRow).field("source", SOURCE).field("op", Schema.STRING_SCHEMA);
        Struct source = new Struct(SOURCE).put("db", db).put("table", table).put("lsn", (long) records.size());
        Struct result = new Struct(builder.build()).put("op", op).put("source", source);
        if (after != null) {
            Struct copy = new Struct(optionalRow);
            row.fields().forEach(field -> copy.put(field.name(), after.getWithoutDefault(field.name())));
            result.put("after", copy);
        }
        return result;
    }

    private static Schema optional(Schema schema) {
        SchemaBuilder builder = SchemaBuilder.struct().name("row").optional();
        schema.fields().forEach(field -> builder.field(field.name(), field.schema()));
        return builder.build();
    }
}
