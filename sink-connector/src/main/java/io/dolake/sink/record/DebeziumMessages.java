/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.sink.types.ConnectFields;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** The messages of Debezium connectors that are not row changes: heartbeats, transaction boundaries, schema changes. */
final class DebeziumMessages {
    /** Last parts of the names of their schemas; the part before differs between connectors. */
    private static final Set<String> NAMES = Set.of("Heartbeat", "TransactionMetadataValue", "SchemaChangeValue");

    private DebeziumMessages() {}

    /** Possible values of {@code op} in an envelope. */
    private static final Set<String> OPERATIONS = Set.of("c", "r", "u", "d", "t", "m");

    /**
     * Whether a value is a change event: it has an operation, a source, and row images or a message, of the types which
     * these have in envelopes. A plain row may have columns of the same names, but of other types.
     */
    static boolean isEnvelope(Object value) {
        if (value instanceof Struct struct) {
            Schema schema = struct.schema();
            return is(schema.field("op"), Schema.Type.STRING)
                    && isContainer(schema.field("source"))
                    && (isImages(schema.field("before"), schema.field("after"))
                            || isContainer(schema.field("message")));
        }
        boolean hasSource = ConnectFields.isContainer(ConnectFields.get(value, "source"));
        return ConnectFields.get(value, "op") instanceof String op
                && (hasSource || ConnectFields.has(value, "source") && OPERATIONS.contains(op))
                && isNullOrContainer(value, "source")
                && isNullOrContainer(value, "before")
                && isNullOrContainer(value, "after")
                && (ConnectFields.has(value, "after")
                        || ConnectFields.has(value, "before")
                        || ConnectFields.has(value, "message"));
    }

    private static boolean is(Field field, Schema.Type type) {
        return field != null && field.schema().type() == type;
    }

    private static boolean isContainer(Field field) {
        return is(field, Schema.Type.STRUCT) || is(field, Schema.Type.MAP);
    }

    private static boolean isImages(Field before, Field after) {
        return (before != null || after != null)
                && (before == null || isContainer(before))
                && (after == null || isContainer(after));
    }

    private static boolean isNullOrContainer(Object value, String name) {
        return ConnectFields.get(value, name) == null || ConnectFields.isContainer(ConnectFields.get(value, name));
    }

    /** Whether a record does not concern any row. */
    static boolean isAboutNoRow(SinkRecord record) {
        Object value = record.value();
        if (value instanceof Struct struct) {
            String name = struct.schema().name();
            return name != null
                    && name.startsWith("io.debezium.connector.")
                    && NAMES.contains(name.substring(name.lastIndexOf('.') + 1));
        }
        boolean isTransaction = ConnectFields.has(value, "status")
                && ConnectFields.has(value, "id")
                && ConnectFields.has(value, "event_count")
                && ConnectFields.has(value, "data_collections");
        boolean isSchemaChange = ConnectFields.has(value, "source")
                && ConnectFields.has(value, "ddl")
                && ConnectFields.has(value, "tableChanges");
        return isTransaction || isSchemaChange || record.topic().startsWith("__debezium-heartbeat");
    }
}
