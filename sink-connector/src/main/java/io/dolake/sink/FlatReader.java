/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Reads records whose value is the row: plain ones, and what Debezium's ExtractNewRecordState leaves of an envelope. */
final class FlatReader {
    /** Whether the row was deleted, as text or boolean; added by {@code delete.tombstone.handling.mode=rewrite}. */
    private static final String DELETED = "__deleted";
    /** The operation, where {@code add.fields} asks for it. */
    private static final String OPERATION = "__op";

    private static final Set<String> DROPPED = Set.of(DELETED);

    private final Routing routing;
    private final Images images;

    FlatReader(Routing routing, Images images) {
        this.routing = routing;
        this.images = images;
    }

    List<Change> read(SinkRecord record) {
        Struct row = images.row(record.value());
        boolean isDelete = "true".equals(String.valueOf(Fields.get(row, DELETED)))
                || "d".equals(String.valueOf(Fields.get(row, OPERATION)));
        List<Change> changes = new ArrayList<>(1);
        for (TableIdentifier table : routing.tables(new Routing.Origin(record.topic(), null, row, row))) {
            changes.add(
                    isDelete
                            ? images.delete(table, record.key(), row)
                            : images.upsert(table, row, record.key(), DROPPED));
        }
        return changes;
    }

    /** A record without a value: the row with its key is gone. */
    List<Change> tombstone(SinkRecord record) {
        List<Change> changes = new ArrayList<>(1);
        for (TableIdentifier table :
                routing.tables(new Routing.Origin(record.topic(), null, record.key(), record.key()))) {
            if (record.key() == null) {
                throw Images.keyless("a tombstone");
            }
            changes.add(images.delete(table, record.key(), null));
        }
        return changes;
    }
}
