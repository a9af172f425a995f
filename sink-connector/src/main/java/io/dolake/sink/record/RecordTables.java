/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.types.ConnectFields;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** The tables of a record that could not be read: from its source block or fields, else from its topic's name. */
public final class RecordTables {
    private final RecordRouter router;

    public RecordTables(RecordRouter router) {
        this.router = router;
    }

    /** None if they cannot be determined. */
    public List<TableIdentifier> of(SinkRecord record) {
        try {
            List<TableIdentifier> tables = router.tables(origin(record));
            if (!tables.isEmpty()) {
                return tables;
            }
        } catch (DoLakeException e) {
            return List.of(); // this is why the record could not be read
        } catch (RuntimeException e) {
            // A record of an unexpected form: its topic may name the table.
            return router.tableOfTopic(record.topic()).stream().toList();
        }
        return router.tableOfTopic(record.topic()).stream().toList();
    }

    private static RecordRouter.Origin origin(SinkRecord record) {
        Object value = record.value() == null ? record.key() : record.value();
        if (!(value instanceof Struct) && !(value instanceof java.util.Map)) {
            return new RecordRouter.Origin(record.topic(), null, null, null);
        }
        boolean isEnvelope = record.value() != null && DebeziumMessages.isEnvelope(value);
        Object after = isEnvelope ? ConnectFields.get(value, "after") : value;
        Object row = after == null && isEnvelope ? ConnectFields.get(value, "before") : after;
        return new RecordRouter.Origin(
                record.topic(), isEnvelope ? ConnectFields.get(value, "source") : null, value, row);
    }
}
