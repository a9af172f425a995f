/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** What Debezium connectors send besides changes of rows: heartbeats, transaction boundaries, schema changes. */
final class DebeziumMessages {
    /** Last parts of the names of their schemas; what is before them differs between connectors. */
    private static final Set<String> NAMES = Set.of("Heartbeat", "TransactionMetadataValue", "SchemaChangeValue");

    private DebeziumMessages() {}

    /** Whether a value is a change event: it has an operation, a source, and an image of a row or a message. */
    static boolean isEnvelope(Object value) {
        return Fields.has(value, "op")
                && Fields.has(value, "source")
                && (Fields.get(value, "source") == null || Fields.isContainer(Fields.get(value, "source")))
                && (Fields.has(value, "after") || Fields.has(value, "before") || Fields.has(value, "message"));
    }

    /** Whether a record is about no row at all. */
    static boolean isAboutNoRow(SinkRecord record) {
        Object value = record.value();
        if (value instanceof Struct struct) {
            String name = struct.schema().name();
            return name != null
                    && name.startsWith("io.debezium.connector.")
                    && NAMES.contains(name.substring(name.lastIndexOf('.') + 1));
        }
        boolean isTransaction = Fields.has(value, "status")
                && Fields.has(value, "id")
                && Fields.has(value, "event_count")
                && Fields.has(value, "data_collections");
        boolean isSchemaChange =
                Fields.has(value, "source") && Fields.has(value, "ddl") && Fields.has(value, "tableChanges");
        return isTransaction || isSchemaChange || record.topic().startsWith("__debezium-heartbeat");
    }
}
