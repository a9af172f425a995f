/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.sink.buffer.BufferedRow;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.table.ColumnMatcher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.parquet.TripleWriter;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Writes buffered rows to Parquet from their encoded form: columns by name, widened, absent values as the default.
 * Values of plain columns never become objects; the columns of a row are written in the row's order.
 */
final class EncodedRowWriter implements ParquetValueWriter<BufferedRow> {
    /** Receives the next value of an encoded row. */
    private interface Step {
        void take(ByteBuffer in);
    }

    /** A column that rows of a shape lack, and its encoded value. */
    private record Absent(Step step, byte[] value) {}

    private record Plan(List<Step> steps, List<Absent> absent) {}

    private final List<RowShape> shapes;
    private final Map<String, ColumnTarget> targets = new HashMap<>();
    private final Schema schema;
    private final Plan[] plans;

    EncodedRowWriter(Schema schema, MessageType file, List<RowShape> shapes) {
        this.schema = schema;
        this.shapes = shapes;
        this.plans = new Plan[shapes.size()];
        Map<Integer, Type> byId = new HashMap<>();
        file.getFields().forEach(type -> byId.put(type.getId().intValue(), type));
        for (Types.NestedField column : schema.columns()) {
            targets.put(column.name(), ColumnTarget.of(column, file, byId.get(column.fieldId())));
        }
    }

    @Override
    public void write(int repetitionLevel, BufferedRow row) {
        Plan plan = plans[row.shape()];
        if (plan == null) {
            plan = plan(shapes.get(row.shape()));
            plans[row.shape()] = plan;
        }
        ByteBuffer in = row.bytes().buffer();
        for (Step step : plan.steps) {
            step.take(in);
        }
        for (Absent absent : plan.absent) {
            absent.step.take(ByteBuffer.wrap(absent.value));
        }
    }

    private Plan plan(RowShape shape) {
        List<Step> steps = new ArrayList<>();
        Set<String> present = new HashSet<>();
        for (RowShape.Column column : shape.columns()) {
            String name = ColumnMatcher.of(schema.asStruct(), shape, column.name(), column.type());
            ColumnTarget target = targets.get(name);
            present.add(name);
            steps.add(
                    target == null
                            ? in -> RowCodec.read(column.type(), in)
                            : step(target, target.taking(column.type())));
        }
        List<Absent> absent = new ArrayList<>();
        for (Types.NestedField column : schema.columns()) {
            if (!present.contains(column.name())) {
                ColumnTarget target = targets.get(column.name());
                byte[] value = RowCodec.encode(column.type(), column.writeDefault(), new ByteOutput(16));
                absent.add(new Absent(step(target, target.taking(column.type())), value));
            }
        }
        return new Plan(steps, absent);
    }

    private static Step step(ColumnTarget target, ColumnTarget.Taker taker) {
        return in -> {
            if (in.get() == RowCodec.NULL) {
                target.writeNull();
            } else {
                taker.take(in);
            }
        };
    }

    /** For a wrapping writer; there is none. */
    @Override
    public List<TripleWriter<?>> columns() {
        return List.of();
    }

    @Override
    public void setColumnStore(ColumnWriteStore store) {
        targets.values().forEach(target -> target.open(store));
    }

    @Override
    public Stream<FieldMetrics<?>> metrics() {
        return targets.values().stream().flatMap(ColumnTarget::metrics);
    }
}
