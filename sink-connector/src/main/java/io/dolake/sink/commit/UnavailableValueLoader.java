/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.buffer.BufferedRow;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.config.UnavailableConfig;
import io.dolake.sink.index.KeyIndex;
import io.dolake.sink.index.LiveFile;
import io.dolake.sink.index.LiveFiles;
import io.dolake.sink.index.RowPosition;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.UnavailableValues;
import io.dolake.sink.table.ColumnMatcher;
import io.dolake.sink.types.InternalValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Fills in the values that sources did not send, from the rows that the table has: of each file only the missing
 * columns are read, and only the values that are needed are kept.
 */
final class UnavailableValueLoader {
    /**
     * A row of the plan, by index, that lacks columns; {@code place} is its position in the table, or {@link
     * KeyIndex#ABSENT}.
     */
    record Gap(int row, long place, BitSet columns) {}

    /** Rows of a shape that lack the same columns. */
    private record Whole(int shape, BitSet missing) {}

    private final Table table;
    private final LiveFiles files;
    private final List<RowShape> shapes;
    private final UnavailableConfig.Policy policy;
    private final ByteOutput scratch = new ByteOutput(1024);
    private final Map<Whole, Integer> wholes = new HashMap<>();
    private final Map<RowShape, List<String>> namesByShape = new IdentityHashMap<>();

    /** @param shapes of the rows; the shapes of completed rows are added */
    UnavailableValueLoader(Table table, LiveFiles files, List<RowShape> shapes, UnavailableConfig.Policy policy) {
        this.table = table;
        this.files = files;
        this.shapes = shapes;
        this.policy = policy;
    }

    /**
     * Replaces the rows that have gaps by complete ones; throws {@link RowsRejectedException} if some values are
     * available nowhere.
     */
    void fill(List<BufferedRow> rows, List<Gap> gaps) {
        Map<Integer, Map<Integer, Gap>> byFile = new HashMap<>();
        Map<RecordPosition, DoLakeException> refused = new LinkedHashMap<>();
        for (Gap gap : gaps) {
            if (gap.place() != KeyIndex.ABSENT) {
                byFile.computeIfAbsent(RowPosition.file(gap.place()), file -> new HashMap<>())
                        .put(RowPosition.position(gap.place()), gap);
            } else if (policy == UnavailableConfig.Policy.FAIL) {
                BufferedRow row = rows.get(gap.row());
                refused.put(
                        row.entry().position(),
                        UnavailableValues.missing(table.name(), shapes.get(row.shape()), gap.columns()));
            }
        }
        if (!refused.isEmpty()) {
            throw new RowsRejectedException(refused, Map.of());
        }
        byFile.forEach((file, ofFile) -> fill(rows, files.byId(file), ofFile));
    }

    private void fill(List<BufferedRow> rows, LiveFile live, Map<Integer, Gap> gaps) {
        Schema columns = columns(rows, gaps);
        try (CloseableIterable<Record> records = FormatModelRegistry.readBuilder(
                        live.file().format(), Record.class, table.io().newInputFile(live.file()))
                .project(columns)
                .idToConstant(constants(live))
                .split(0, live.file().fileSizeInBytes())
                .build()) {
            int position = columns.columns().size() - 1;
            for (Record record : records) {
                Gap gap = gaps.get(Math.toIntExact(record.get(position, Long.class)));
                if (gap != null) {
                    rows.set(gap.row(), filled(rows.get(gap.row()), gap, record));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read rows of " + live.path(), e);
        }
    }

    /** Values that files of other writers may store only in their partition. */
    private Map<Integer, Object> constants(LiveFile live) {
        Map<Integer, Object> constants = new HashMap<>();
        PartitionSpec spec = table.specs().get(live.file().specId());
        for (int i = 0; i < spec.fields().size(); i++) {
            PartitionField field = spec.fields().get(i);
            if (field.transform().isIdentity()) {
                Type type = spec.partitionType().fields().get(i).type();
                Object value = live.file().partition().get(i, Object.class);
                constants.put(field.sourceId(), IdentityPartitionConverters.convertConstant(type, value));
            }
        }
        return constants;
    }

    /** The columns that some row lacks, as far as the table has them, followed by the position. */
    private Schema columns(List<BufferedRow> rows, Map<Integer, Gap> gaps) {
        TreeSet<String> names = new TreeSet<>();
        for (Gap gap : gaps.values()) {
            RowShape shape = shapes.get(rows.get(gap.row()).shape());
            gap.columns().stream().forEach(i -> names.add(names(shape).get(i)));
        }
        List<Types.NestedField> fields = new ArrayList<>();
        for (String name : names) {
            Types.NestedField field = table.schema().asStruct().field(name);
            if (field != null) {
                fields.add(field);
            }
        }
        fields.add(MetadataColumns.ROW_POSITION);
        return new Schema(fields);
    }

    /** The table's columns for the columns of a shape, in the shape's order. */
    private List<String> names(RowShape shape) {
        return namesByShape.computeIfAbsent(
                shape,
                any -> shape.columns().stream()
                        .map(column -> ColumnMatcher.of(table.schema().asStruct(), shape, column.name(), column.type()))
                        .toList());
    }

    private BufferedRow filled(BufferedRow row, Gap gap, Record current) {
        RowShape shape = shapes.get(row.shape());
        Object[] values = RowCodec.decode(shape, row.bytes());
        gap.columns().stream().forEach(i -> {
            String name = names(shape).get(i);
            Types.NestedField field = current.struct().field(name);
            values[i] = field == null ? null : InternalValues.of(field.type(), current.getField(name));
        });
        int whole = wholes.computeIfAbsent(new Whole(row.shape(), gap.columns()), this::whole);
        byte[] bytes = RowCodec.encode(shapes.get(whole), values, scratch);
        return new BufferedRow(row.key(), row.entry().withRow(whole, bytes));
    }

    /**
     * The number of the shape whose missing columns have the table's types: a value of the table may not be of the
     * record's type.
     */
    private int whole(Whole rows) {
        RowShape shape = shapes.get(rows.shape());
        List<RowShape.Column> columns = new ArrayList<>(shape.columns());
        rows.missing().stream().forEach(i -> {
            Types.NestedField field =
                    table.schema().asStruct().field(names(shape).get(i));
            RowShape.Column column = columns.get(i);
            if (field != null) {
                columns.set(
                        i,
                        new RowShape.Column(column.name(), field.type(), column.isOptional(), column.defaultValue()));
            }
        });
        shapes.add(RowShape.of(shape.keyNames(), columns));
        return shapes.size() - 1;
    }
}
