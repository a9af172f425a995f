/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.schema.MessageType;

/** A column of a Parquet file that is being written, as {@link EncodedRowWriter} sees it. */
interface ColumnTarget {
    /** Writes an encoded value that is not null, after its first byte. */
    @FunctionalInterface
    interface Taker {
        void take(ByteBuffer in);
    }

    /** @param type the column in the file */
    static ColumnTarget of(Types.NestedField column, MessageType file, org.apache.parquet.schema.Type type) {
        return type.isPrimitive() && PlainColumn.canTake(column.type())
                ? new PlainColumn(column, file.getColumnDescription(new String[] {type.getName()}))
                : new ObjectColumn(column, new MessageType(file.getName(), type));
    }

    /** The decoder of values that are encoded as {@code from}. */
    Taker taking(Type from);

    /** Throws {@code CONSTRAINT_VIOLATION} if the column is required. */
    void writeNull();

    /** Sets the destination of the following values; once for each row group. */
    void open(ColumnWriteStore store);

    Stream<FieldMetrics<?>> metrics();
}
