/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.InputConfig;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Rows that stay in their table when the source deletes them: the columns that mark them, and the changes to such a
 * row.
 */
public final class SoftDeletes {
    private static final Type TIME = Types.TimestampType.withZone();

    private final String deletedName;
    private final String timeName;
    private final List<RowShape.Column> columns;

    /** @param prefix of the columns' names */
    public SoftDeletes(String prefix) {
        deletedName = prefix + "deleted";
        timeName = prefix + "deleted_at";
        columns = List.of(
                new RowShape.Column(deletedName, Types.BooleanType.get(), true, null),
                new RowShape.Column(timeName, TIME, true, null));
    }

    List<RowShape.Column> columns() {
        return columns;
    }

    /** The shape of rows with these columns; rows that have a column of such a name themselves are refused. */
    public RowShape extended(RowShape shape) {
        for (RowShape.Column column : columns) {
            if (shape.indexOf(column.name()) >= 0) {
                throw taken("row: it has a column " + column.name() + " of its own");
            }
        }
        return shape.extended(columns);
    }

    private static DoLakeException taken(String what) {
        return new DoLakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Cannot write " + what + ", which mode soft-delete uses to mark deleted rows")
                .withHint("Set " + InputConfig.CHANGELOG_PREFIX + " to another prefix for what the sink adds");
    }

    /** Values of the columns in a row that is not deleted. */
    public static Object[] live() {
        return new Object[] {false, null};
    }

    /** A deletion while its row is not yet known: its time in microseconds, or null. */
    public static byte[] encoded(Long timeMicros) {
        return RowCodec.encode(TIME, timeMicros, new ByteOutput(2 * Long.BYTES));
    }

    /** Marks the values of a row as deleted. */
    public void mark(RowShape shape, Object[] values, EncodedRow deletion) {
        values[shape.indexOf(deletedName)] = true;
        values[shape.indexOf(timeName)] = RowCodec.read(TIME, deletion.buffer());
    }

    /** The shape of a table's rows, with the columns for deletions added if it lacks them. */
    public RowShape shapeOf(Schema table, List<String> keyNames) {
        List<RowShape.Column> all = new ArrayList<>();
        table.columns()
                .forEach(column ->
                        all.add(new RowShape.Column(column.name(), column.type(), column.isOptional(), null)));
        for (RowShape.Column column : columns) {
            Types.NestedField field = table.asStruct().field(column.name());
            if (field != null && !field.type().equals(column.type())) {
                throw taken("deletion: the table has a column " + column.name() + " of type " + field.type());
            }
        }
        return RowShape.of(keyNames, all).extended(columns);
    }

    /** A row of the table's shape that has only its deletion, to be completed by {@link #unknown}. */
    public EncodedRow row(RowShape shape, EncodedRow deletion) {
        Object[] values = new Object[shape.columns().size()];
        mark(shape, values, deletion);
        return EncodedRow.of(RowCodec.encode(shape, values, new ByteOutput(64)));
    }

    /** The columns of such a row whose values stay as in the table. */
    public BitSet unknown(RowShape shape) {
        BitSet unknown = new BitSet();
        unknown.set(0, shape.columns().size());
        unknown.clear(shape.indexOf(deletedName));
        unknown.clear(shape.indexOf(timeName));
        return unknown;
    }
}
