/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.table.PartitionValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * Reads the keys and positions of a data file's live rows, and no other columns. A key column that the table does not
 * have, or did not have when the file was written, is null in all rows.
 */
public final class KeyScan {
    /** Receives a key at a row position; returns whether it counts. */
    @FunctionalInterface
    public interface Visitor {
        boolean visit(KeyBytes key, int position);
    }

    private final Table table;
    private final Schema schema;
    private final Schema projection;
    /** Positions of the key columns in the projection; -1: null in all rows. */
    private final int[] keyColumns;

    public KeyScan(Table table, List<String> keyNames) {
        this(table, table.schema(), keyNames);
    }

    public KeyScan(Table table, Schema schema, List<String> keyNames) {
        this.table = table;
        this.schema = schema;
        this.projection = projection(table, schema, keyNames);
        this.keyColumns = places(projection, keyNames);
    }

    private static Schema projection(Table table, Schema schema, List<String> keyNames) {
        List<Types.NestedField> columns = new ArrayList<>();
        for (String name : keyNames.stream().sorted().toList()) {
            Types.NestedField column = schema.asStruct().field(name);
            if (column != null) {
                columns.add(column);
            }
        }
        if (columns.isEmpty()) {
            throw new DoLakeException(
                    ErrorCode.COLUMN_NOT_FOUND,
                    "Cannot read the keys of table " + table.name() + ": it has no column " + keyNames);
        }
        columns.add(MetadataColumns.ROW_POSITION);
        return new Schema(columns);
    }

    private static int[] places(Schema projection, List<String> keyNames) {
        List<String> columns =
                projection.columns().stream().map(Types.NestedField::name).toList();
        return keyNames.stream().sorted().mapToInt(columns::indexOf).toArray();
    }

    /** Visits every live row of a file; returns how many counted. */
    public long read(FileScanTask task, Visitor visitor) {
        GenericDeleteFilter deletes = new GenericDeleteFilter(table.io(), task, schema, projection);
        Schema required = deletes.requiredSchema();
        InternalRecordWrapper wrapper = new InternalRecordWrapper(required.asStruct());
        int positionIndex = required.columns().indexOf(required.findField(MetadataColumns.ROW_POSITION.fieldId()));
        long counted = 0;
        try (CloseableIterable<Record> rows = deletes.filter(open(task, required))) {
            for (Record row : rows) {
                StructLike internal = wrapper.wrap(row);
                Object[] key = new Object[keyColumns.length];
                for (int i = 0; i < key.length; i++) {
                    key[i] = keyColumns[i] < 0 ? null : internal.get(keyColumns[i], Object.class);
                }
                int position = Math.toIntExact(internal.get(positionIndex, Long.class));
                counted += visitor.visit(KeyBytes.of(key), position) ? 1 : 0;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read the keys of " + task.file().location(), e);
        }
        return counted;
    }

    private CloseableIterable<Record> open(FileScanTask task, Schema required) {
        Map<Integer, ?> constants = PartitionValues.of(task);
        return FormatModelRegistry.readBuilder(
                        task.file().format(), Record.class, table.io().newInputFile(task.file()))
                .project(required)
                .idToConstant(constants)
                .split(0, task.file().fileSizeInBytes())
                .build();
    }
}
