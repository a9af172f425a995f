/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.types.TypeConversions;
import io.dolake.sink.types.ValueFault;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.iceberg.DoubleFieldMetrics;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.FloatFieldMetrics;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/**
 * A column of single values: written from bytes to Parquet without objects, except those that Parquet itself requires.
 */
final class PlainColumn implements ColumnTarget {
    private static final int UUID_BYTES = 16;

    private final Types.NestedField column;
    private final ColumnDescriptor descriptor;
    /** Definition level of a value; the level of null is one less. */
    private final int level;

    private final FloatFieldMetrics.Builder floats;
    private final DoubleFieldMetrics.Builder doubles;
    private long nulls;
    private ColumnWriter out;

    PlainColumn(Types.NestedField column, ColumnDescriptor descriptor) {
        this.column = column;
        this.descriptor = descriptor;
        this.level = descriptor.getMaxDefinitionLevel();
        // For the other types Parquet's own statistics are enough: these do not count NaN.
        this.floats =
                column.type().typeId() == Type.TypeID.FLOAT ? new FloatFieldMetrics.Builder(column.fieldId()) : null;
        this.doubles =
                column.type().typeId() == Type.TypeID.DOUBLE ? new DoubleFieldMetrics.Builder(column.fieldId()) : null;
    }

    static boolean canTake(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN,
                    INTEGER,
                    DATE,
                    LONG,
                    TIME,
                    TIMESTAMP,
                    TIMESTAMP_NANO,
                    FLOAT,
                    DOUBLE,
                    STRING,
                    BINARY,
                    DECIMAL,
                    UUID -> true;
            default -> false;
        };
    }

    @Override
    public void open(ColumnWriteStore store) {
        out = store.getColumnWriter(descriptor);
    }

    @Override
    public void writeNull() {
        if (column.isRequired()) {
            throw isNull(column);
        }
        nulls++;
        out.writeNull(0, level - 1);
    }

    static DoLakeException isNull(Types.NestedField column) {
        return new DoLakeException(
                ErrorCode.CONSTRAINT_VIOLATION,
                "Cannot write a row: column " + column.name() + " is required and the row has null in it");
    }

    @Override
    public Taker taking(Type from) {
        return RowAssembler.isSame(from, column.type()) ? taker(from) : converting(from);
    }

    /** Values of another type than the table's: read, converted and encoded in the table's type. */
    private Taker converting(Type from) {
        UnaryOperator<Object> conversion = TypeConversions.of(from, column.type());
        Taker taker = taker(column.type());
        ByteOutput scratch = new ByteOutput(32);
        return in -> {
            try {
                Object value = conversion.apply(RowCodec.readValue(from, in));
                ByteBuffer converted = ByteBuffer.wrap(RowCodec.encode(column.type(), value, scratch));
                // The byte that precedes a value that is not null.
                converted.get();
                taker.take(converted);
            } catch (ValueFault e) {
                throw ValueFault.inColumn(column.name(), e);
            }
        };
    }

    private Taker taker(Type from) {
        return switch (column.type().typeId()) {
            case BOOLEAN -> in -> out.write(in.get() == 1, 0, level);
            case INTEGER, DATE -> in -> out.write(in.getInt(), 0, level);
            case LONG ->
                from.typeId() == Type.TypeID.INTEGER
                        ? in -> out.write((long) in.getInt(), 0, level)
                        : in -> out.write(in.getLong(), 0, level);
            case TIME, TIMESTAMP, TIMESTAMP_NANO -> in -> out.write(in.getLong(), 0, level);
            case FLOAT -> in -> writeFloat(Float.intBitsToFloat(in.getInt()));
            case DOUBLE ->
                from.typeId() == Type.TypeID.FLOAT
                        ? in -> writeDouble(Float.intBitsToFloat(in.getInt()))
                        : in -> writeDouble(Double.longBitsToDouble(in.getLong()));
            case STRING, BINARY -> in -> out.write(next(in, in.getInt()), 0, level);
            case UUID -> in -> out.write(next(in, UUID_BYTES), 0, level);
            case DECIMAL -> decimal();
            default -> throw new IllegalStateException("no plain column: " + column);
        };
    }

    private void writeFloat(float value) {
        floats.addValue(value);
        out.write(value, 0, level);
    }

    private void writeDouble(double value) {
        doubles.addValue(value);
        out.write(value, 0, level);
    }

    /**
     * The next bytes of a row. Marked as reused, so that Parquet copies those that it keeps: its dictionaries are then
     * compact in memory.
     */
    private static Binary next(ByteBuffer in, int length) {
        Binary bytes = Binary.fromReusedByteArray(in.array(), in.position(), length);
        in.position(in.position() + length);
        return bytes;
    }

    /** Decimals are big-endian two's complement, as short as possible. */
    private Taker decimal() {
        return switch (descriptor.getPrimitiveType().getPrimitiveTypeName()) {
            case INT32 -> in -> out.write((int) unscaled(in), 0, level);
            case INT64 -> in -> out.write(unscaled(in), 0, level);
            default ->
                in -> out.write(extended(in, descriptor.getPrimitiveType().getTypeLength()), 0, level);
        };
    }

    private static long unscaled(ByteBuffer in) {
        int length = in.getInt();
        long value = in.get();
        for (int i = 1; i < length; i++) {
            value = value << Byte.SIZE | (in.get() & 0xFF);
        }
        return value;
    }

    private static Binary extended(ByteBuffer in, int size) {
        int length = in.getInt();
        byte[] bytes = new byte[size];
        if (in.get(in.position()) < 0) {
            Arrays.fill(bytes, (byte) -1);
        }
        in.get(bytes, size - length, length);
        return Binary.fromConstantByteArray(bytes);
    }

    @Override
    public Stream<FieldMetrics<?>> metrics() {
        FieldMetrics<?> values = floats != null ? floats.build() : doubles != null ? doubles.build() : null;
        return values == null ? Stream.empty() : Stream.of(withNulls(values));
    }

    private <T> FieldMetrics<T> withNulls(FieldMetrics<T> values) {
        return new FieldMetrics<>(
                values.id(),
                values.valueCount() + nulls,
                nulls,
                values.nanValueCount(),
                values.lowerBound(),
                values.upperBound());
    }
}
