/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Reads Debezium envelopes, of any connector, with and without a schema. */
final class EnvelopeReader {
    private final Routing routing;
    private final Images images;

    EnvelopeReader(Routing routing, Images images) {
        this.routing = routing;
        this.images = images;
    }

    /** Throws {@link DoLakeException} for a record that cannot be taken. */
    List<Change> read(SinkRecord record) {
        Object op = Fields.get(record.value(), "op");
        return switch (String.valueOf(op)) {
            case "c", "r", "u" -> upsert(record, (String) op);
            case "d" -> delete(record);
            case "t" -> truncate(record);
            case "m" -> List.of();
            default ->
                throw new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT, "Cannot take a change: its operation is '" + op + "'");
        };
    }

    private List<TableIdentifier> tables(SinkRecord record, Struct row) {
        Object source = Fields.get(record.value(), "source");
        return routing.tables(
                new Routing.Origin(record.topic(), source == null ? record.value() : source, record.value(), row));
    }

    private Struct image(SinkRecord record, String name) {
        Object image = Fields.get(record.value(), name);
        return image == null ? null : images.row(image);
    }

    private List<Change> upsert(SinkRecord record, String op) {
        Struct after = image(record, "after");
        if (after == null) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot take a change: operation '" + op + "' without an after image");
        }
        boolean isUpdate = op.equals("u");
        Struct before = isUpdate ? image(record, "before") : null;
        List<Change> changes = new ArrayList<>(2);
        for (TableIdentifier table : tables(record, after)) {
            if (isUpdate && !images.hasKey(table, record.key())) {
                throw Images.keyless("an update");
            }
            Change.Delete moved = before == null ? null : images.movedFrom(table, record.key(), before, after);
            if (moved != null) {
                changes.add(moved);
            }
            changes.add(images.upsert(table, after, record.key(), Set.of()));
        }
        return changes;
    }

    private List<Change> delete(SinkRecord record) {
        Struct before = image(record, "before");
        List<Change> changes = new ArrayList<>(1);
        for (TableIdentifier table : tables(record, before)) {
            changes.add(images.delete(table, record.key(), before));
        }
        return changes;
    }

    private List<Change> truncate(SinkRecord record) {
        List<Change> changes = new ArrayList<>(1);
        tables(record, null).forEach(table -> changes.add(new Change.Truncate(table)));
        return changes;
    }
}
