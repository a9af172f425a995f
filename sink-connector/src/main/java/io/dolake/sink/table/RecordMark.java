/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.sink.types.ConnectFields;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Identifies a record by which a topic is recognized: an offset means nothing in a topic that was recreated, or lost
 * its data, and has grown past that offset. It holds no values of rows.
 *
 * @param timestamp of the record, in ms; -1 if it has none
 * @param source position of the record in its source, as JSON: those of {@code db, epoch, lsn, event, file, pos,
 *     change_lsn, scn, ts_ms} that its source block has, numbers as text; null if there is no such block
 */
public record RecordMark(long offset, long timestamp, String source) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> FIELDS =
            List.of("db", "epoch", "lsn", "event", "file", "pos", "change_lsn", "scn", "ts_ms");

    public static RecordMark of(SinkRecord record) {
        Object block = ConnectFields.isContainer(record.value()) ? ConnectFields.get(record.value(), "source") : null;
        ObjectNode source = JSON.createObjectNode();
        for (String field : FIELDS) {
            Object value = ConnectFields.get(block, field);
            if (value != null) {
                source.put(field, value.toString());
            }
        }
        return new RecordMark(
                record.originalKafkaOffset(),
                record.timestamp() == null ? -1 : record.timestamp(),
                source.isEmpty() ? null : source.toString());
    }

    /** Whether a record at the same offset may be the same one. */
    public boolean fits(SinkRecord record) {
        RecordMark other = of(record);
        boolean isSameTime = timestamp < 0 || other.timestamp < 0 || timestamp == other.timestamp;
        return isSameTime && (source == null || other.source == null || Objects.equals(source, other.source));
    }

    public ObjectNode toJson() {
        ObjectNode node = JSON.createObjectNode().put("offset", offset).put("timestamp", timestamp);
        return source == null ? node : node.put("source", source);
    }

    /** Null for an absent node. */
    public static RecordMark of(JsonNode node) {
        return node == null
                ? null
                : new RecordMark(
                        node.required("offset").longValue(),
                        node.required("timestamp").longValue(),
                        node.hasNonNull("source") ? node.get("source").textValue() : null);
    }
}
