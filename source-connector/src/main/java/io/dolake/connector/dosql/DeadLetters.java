/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.base.ChangeEventQueue;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.relational.TableId;
import io.dolake.connector.dosql.TableGuard.Failure;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.TableSchema;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Sends changes that could not be sent as events to a separate topic, each once: the position, the reason, and both
 * images of the row as SQLite records together with the statement that declares the table. Images are left out if a
 * setting filters or masks any column of the table, or if the change is not a row of the log.
 */
final class DeadLetters {
    static final Schema KEY = SchemaBuilder.struct()
            .name("io.dolake.connector.dosql.DeadLetterKey")
            .field("database", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .build();
    static final Schema VALUE = SchemaBuilder.struct()
            .name("io.dolake.connector.dosql.DeadLetter")
            .field("database", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("epoch", Schema.STRING_SCHEMA)
            .field("lsn", Schema.INT64_SCHEMA)
            .field("event", Schema.INT64_SCHEMA)
            .field("operation", Schema.OPTIONAL_STRING_SCHEMA)
            .field("code", Schema.STRING_SCHEMA)
            .field("reason", Schema.STRING_SCHEMA)
            .field("rowid", Schema.OPTIONAL_INT64_SCHEMA)
            .field("before", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("beforeSchema", Schema.OPTIONAL_STRING_SCHEMA)
            .field("after", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("afterSchema", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private final String topic;
    private final boolean withRows;
    private final ChangeEventQueue<DataChangeEvent> queue;

    /** @param topic null: nothing is sent */
    DeadLetters(String topic, boolean withRows, ChangeEventQueue<DataChangeEvent> queue) {
        this.topic = topic;
        this.withRows = withRows;
        this.queue = queue;
    }

    /** Whether letters include rows. */
    boolean takesRows() {
        return topic != null && withRows;
    }

    /** The offset is the one after the change. */
    void send(Failure failure, DoSqlPartition partition, DoSqlOffsetContext offset) {
        if (topic == null) {
            return;
        }
        TableId table = failure.table();
        Struct key = new Struct(KEY).put("database", table.catalog()).put("table", table.table());
        ErrorCode code = failure.error().code();
        Struct value = new Struct(VALUE)
                .put("database", table.catalog())
                .put("table", table.table())
                .put("epoch", offset.epoch())
                .put("lsn", failure.lsn().value())
                .put("event", failure.event())
                .put(
                        "operation",
                        failure.operation() == null ? null : failure.operation().code())
                .put("code", code.name())
                .put("reason", failure.error().getMessage());
        if (failure.change() != null && withRows) {
            putRow(value, failure.change());
        }
        SourceRecord record = new SourceRecord(
                partition.getSourcePartition(), offset.getOffset(), topic, null, KEY, key, VALUE, value);
        EventSink.carrying(() -> queue.enqueue(new DataChangeEvent(record)));
    }

    private static void putRow(Struct value, RowChange change) {
        value.put("rowid", change.rowid());
        put(value, "before", change.beforeSchema(), change.before());
        put(value, "after", change.afterSchema(), change.after());
    }

    private static void put(Struct value, String image, TableSchema schema, ByteSlice record) {
        if (schema != null) {
            value.put(image, record.toBytes());
            value.put(image + "Schema", schema.sql());
        }
    }
}
