/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.sink.row.RowCodec;
import io.dolake.sink.types.ValueFault;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.schema.MessageType;

/** A column of structs, lists or maps: Iceberg's own writer, for records that have only this column. */
final class ObjectColumn implements ColumnTarget {
    private final Types.NestedField column;
    private final ParquetValueWriter<Record> writer;
    private final Record record;

    /** @param file a file with only this column */
    ObjectColumn(Types.NestedField column, MessageType file) {
        Schema schema = new Schema(column);
        this.column = column;
        this.writer = GenericParquetWriter.create(schema, file);
        this.record = GenericRecord.create(schema);
    }

    @Override
    public Taker taking(Type from) {
        UnaryOperator<Object> adapter = RowAssembler.adapter(from, column.type());
        return in -> write(adapted(adapter, RowCodec.readValue(from, in)));
    }

    private Object adapted(UnaryOperator<Object> adapter, Object value) {
        try {
            return adapter.apply(value);
        } catch (RuntimeException e) {
            throw ValueFault.inColumn(column.name(), e);
        }
    }

    @Override
    public void writeNull() {
        if (column.isRequired()) {
            throw PlainColumn.isNull(column);
        }
        write(null);
    }

    private void write(Object value) {
        record.set(0, value);
        writer.write(0, record);
    }

    @Override
    public void open(ColumnWriteStore store) {
        writer.setColumnStore(store);
    }

    @Override
    public Stream<FieldMetrics<?>> metrics() {
        return writer.metrics();
    }
}
