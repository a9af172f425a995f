/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.sink.row.Change;
import io.dolake.sink.types.ConnectFields;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Reads records whose value is the row: plain records, and those that Debezium's ExtractNewRecordState made of an
 * envelope.
 */
final class FlatReader {
    /** Whether the row was deleted, as text or boolean; added by {@code delete.tombstone.handling.mode=rewrite}. */
    private static final String DELETED = "__deleted";
    /** The operation, where {@code add.fields} includes it. */
    private static final String OPERATION = "__op";

    private static final Set<String> DROPPED = Set.of(DELETED);

    private final RecordRouter router;
    private final ChangeMapper maker;

    FlatReader(RecordRouter router, ChangeMapper maker) {
        this.router = router;
        this.maker = maker;
    }

    List<Change> read(SinkRecord record) {
        Struct row = maker.images().row(record.value());
        Object op = ConnectFields.get(row, OPERATION);
        boolean isDelete = "true".equals(String.valueOf(ConnectFields.get(row, DELETED))) || "d".equals(op);
        RowEvent event = isDelete
                ? new RowEvent(record, "d", null, row, null, DROPPED)
                : new RowEvent(record, op == null ? "u" : op.toString(), null, null, row, DROPPED);
        return maker.changes(router.tables(new RecordRouter.Origin(record.topic(), null, row, row)), event);
    }

    /** A record without a value: the row with its key is deleted. */
    List<Change> tombstone(SinkRecord record) {
        if (record.key() == null) {
            throw ChangeBuilder.keyless("a tombstone");
        }
        return maker.changes(
                router.tables(new RecordRouter.Origin(record.topic(), null, record.key(), record.key())),
                new RowEvent(record, "d", null, null, null, DROPPED));
    }

    /** The same for a record that names no table: its row is deleted from these tables. */
    List<Change> tombstone(SinkRecord record, List<TableIdentifier> tables) {
        return maker.changes(tables, new RowEvent(record, "d", null, null, null, DROPPED));
    }
}
