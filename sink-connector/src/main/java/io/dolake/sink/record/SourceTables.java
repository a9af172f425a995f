/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.types.ConnectFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.Table;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The source table of records: server, database, schema and table from the envelope, or the topic for records without a
 * source block. A lake table stores the source of its first rows as a property, so that two source tables whose names
 * lead to the same lake table do not overwrite each other's rows. Used by the task's thread.
 */
public final class SourceTables {
    public static final String PROPERTY = "dolake.source";
    /** Detail of the error: the source that the table belongs to. */
    public static final String OWNER = "owner";

    private static final String TOPIC = "topic=";
    private static final List<String> FIELDS = List.of("name", "db", "schema", "table");

    private Schema envelope;
    private Field sourceField;
    private final Field[] fields = new Field[FIELDS.size()];
    private final Object[] last = new Object[FIELDS.size()];
    private String lastTopic;
    /** Whether the last record had no source block. */
    private boolean isBare;

    private String known;

    /** The source table. Consecutive records mostly get the same object. */
    public String of(SinkRecord record) {
        boolean isStruct = record.value() instanceof Struct;
        Object source = isStruct ? block((Struct) record.value()) : ConnectFields.get(record.value(), "source");
        if (!Objects.equals(record.topic(), lastTopic)) {
            return remember(record, source);
        }
        if (source == null && isBare) {
            return known;
        }
        if (!isStruct || !(source instanceof Struct block)) {
            return remember(record, source);
        }
        for (int i = 0; i < fields.length; i++) {
            Object part = fields[i] == null ? null : block.get(fields[i]);
            if (!Objects.equals(part, last[i])) {
                return remember(record, source);
            }
        }
        return known;
    }

    /** The source block of an envelope; null if it has none. */
    private Object block(Struct value) {
        if (value.schema() != envelope) {
            look(value.schema());
        }
        return sourceField == null ? null : value.get(sourceField);
    }

    private void look(Schema schema) {
        envelope = schema;
        lastTopic = null;
        sourceField = schema.field("source");
        boolean isBlock = sourceField != null && sourceField.schema().type() == Schema.Type.STRUCT;
        for (int i = 0; i < fields.length; i++) {
            fields[i] = isBlock ? sourceField.schema().field(FIELDS.get(i)) : null;
        }
    }

    private String remember(SinkRecord record, Object source) {
        lastTopic = record.topic();
        isBare = source == null;
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < fields.length; i++) {
            last[i] = ConnectFields.get(source, FIELDS.get(i));
            if (last[i] != null && !last[i].toString().isEmpty()) {
                parts.add(FIELDS.get(i) + "=" + last[i]);
            }
        }
        String text = parts.isEmpty() ? TOPIC + record.topic() : String.join(",", parts);
        known = text.equals(known) ? known : text;
        return known;
    }

    /**
     * Whether the two certainly differ. An envelope and a row without its envelope, as from a transform that was added
     * later, cannot be compared.
     */
    public static boolean differ(String one, String other) {
        return !one.equals(other) && one.startsWith(TOPIC) == other.startsWith(TOPIC);
    }

    /**
     * Refuses rows of a source table that does not own the lake table; {@code source} is null where that does not
     * matter.
     */
    public static void check(Table table, String source) {
        String owner = table.properties().get(PROPERTY);
        if (source != null && owner != null && differ(owner, source)) {
            throw refusal(table.name(), owner, source);
        }
    }

    public static DoLakeException refusal(Object table, String owner, String source) {
        return new DoLakeException(
                        ErrorCode.TABLE_OF_ANOTHER_SOURCE,
                        "Cannot write rows of " + source + " to table " + table + ": it has those of " + owner)
                .withHint("Keep them apart by " + SinkConfig.TABLE_TEMPLATE + ", such as {db}.{schema}_{table}; or set "
                        + SuspensionConfig.SHARED + "=true; or, if the source was renamed, remove the property "
                        + PROPERTY
                        + " of the table")
                .withDetail(OWNER, owner);
    }
}
