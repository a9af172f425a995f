/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.sink.buffer.BufferedRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortField;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.SortOrderComparators;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/**
 * Sorts encoded rows by a table's sort order. Only the columns that the order needs are decoded, and only for the rows
 * of one partition at a time.
 */
final class RowOrder {
    private record Sortable(StructLike columns, BufferedRow row) {}

    private final Schema columns;
    private final InternalRecordWrapper wrapper;
    private final Comparator<StructLike> comparator;

    RowOrder(Schema schema, SortOrder order) {
        this.columns = columnsOf(schema, order);
        this.wrapper = new InternalRecordWrapper(columns.asStruct());
        this.comparator = SortOrderComparators.forSchema(columns, order);
    }

    /** The columns of the table that contain the order's fields. */
    private static Schema columnsOf(Schema schema, SortOrder order) {
        Set<Integer> sources = new HashSet<>();
        for (SortField field : order.fields()) {
            sources.add(field.sourceId());
        }
        List<Types.NestedField> columns = new ArrayList<>();
        for (Types.NestedField column : schema.columns()) {
            Set<Integer> ids = new HashSet<>(TypeUtil.getProjectedIds(new Schema(column)));
            ids.add(column.fieldId());
            ids.retainAll(sources);
            if (!ids.isEmpty()) {
                columns.add(column);
            }
        }
        return new Schema(columns);
    }

    /** The rows in order; the sort is stable. */
    List<BufferedRow> sort(List<BufferedRow> rows, Function<BufferedRow, Record> decoder) {
        List<Sortable> sortables = new ArrayList<>(rows.size());
        for (BufferedRow row : rows) {
            Record whole = decoder.apply(row);
            Record part = GenericRecord.create(columns);
            for (Types.NestedField column : columns.columns()) {
                part.setField(column.name(), whole.getField(column.name()));
            }
            sortables.add(new Sortable(wrapper.copyFor(part), row));
        }
        sortables.sort((left, right) -> comparator.compare(left.columns(), right.columns()));
        return sortables.stream().map(Sortable::row).toList();
    }
}
