/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import io.dolake.sink.types.Utf8;
import io.dolake.sink.types.ValueFault;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Encodes rows as bytes while they are buffered; the encoding never leaves the process. */
public final class RowCodec {
    /** The byte that stands for null; another byte precedes each value. */
    public static final byte NULL = 0;

    private RowCodec() {}

    public static byte[] encode(RowShape shape, Object[] values, ByteOutput scratch) {
        scratch.reset();
        int i = 0;
        try {
            for (; i < values.length; i++) {
                write(shape.type(i), values[i], scratch);
            }
        } catch (RuntimeException e) {
            throw ValueFault.inColumn(shape.columns().get(i).name(), e);
        }
        return scratch.toByteArray();
    }

    /** A single value, encoded as in a row. */
    public static byte[] encode(Type type, Object value, ByteOutput scratch) {
        scratch.reset();
        write(type, value, scratch);
        return scratch.toByteArray();
    }

    public static Object[] decode(RowShape shape, EncodedRow row) {
        ByteBuffer in = row.buffer();
        Object[] values = new Object[shape.columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = read(shape.type(i), in);
        }
        return values;
    }

    private static void write(Type type, Object value, ByteOutput out) {
        out.writeByte(value == null ? NULL : 1);
        if (value == null) {
            return;
        }
        switch (type.typeId()) {
            case BOOLEAN -> out.writeByte((Boolean) value ? 1 : 0);
            case INTEGER, DATE -> out.writeInt((Integer) value);
            case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> out.writeLong((Long) value);
            case FLOAT -> out.writeInt(Float.floatToRawIntBits((Float) value));
            case DOUBLE -> out.writeLong(Double.doubleToRawLongBits((Double) value));
            case STRING -> out.writeBytes(Utf8.bytes((String) value));
            case BINARY, FIXED, VARIANT -> {
                ByteBuffer buffer = ((ByteBuffer) value).duplicate();
                byte[] content = new byte[buffer.remaining()];
                buffer.get(content);
                out.writeBytes(content);
            }
            case DECIMAL -> out.writeBytes(((BigDecimal) value).unscaledValue().toByteArray());
            case UUID -> {
                out.writeLong(((UUID) value).getMostSignificantBits());
                out.writeLong(((UUID) value).getLeastSignificantBits());
            }
            case STRUCT -> {
                List<Types.NestedField> fields = type.asStructType().fields();
                for (int i = 0; i < fields.size(); i++) {
                    write(fields.get(i).type(), ((Object[]) value)[i], out);
                }
            }
            case LIST -> {
                List<?> items = (List<?>) value;
                out.writeInt(items.size());
                items.forEach(item -> write(type.asListType().elementType(), item, out));
            }
            case MAP -> {
                Map<?, ?> entries = (Map<?, ?>) value;
                out.writeInt(entries.size());
                entries.forEach((key, item) -> {
                    write(type.asMapType().keyType(), key, out);
                    write(type.asMapType().valueType(), item, out);
                });
            }
            default -> throw new IllegalStateException("no such column type: " + type);
        }
    }

    public static Object read(Type type, ByteBuffer in) {
        return in.get() == NULL ? null : readValue(type, in);
    }

    /** A value that is not null, after its first byte. */
    public static Object readValue(Type type, ByteBuffer in) {
        return switch (type.typeId()) {
            case BOOLEAN -> in.get() == 1;
            case INTEGER, DATE -> in.getInt();
            case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> in.getLong();
            case FLOAT -> Float.intBitsToFloat(in.getInt());
            case DOUBLE -> Double.longBitsToDouble(in.getLong());
            case STRING -> new String(bytes(in), StandardCharsets.UTF_8);
            case BINARY, FIXED, VARIANT -> ByteBuffer.wrap(bytes(in));
            case DECIMAL -> new BigDecimal(new BigInteger(bytes(in)), ((Types.DecimalType) type).scale());
            case UUID -> new UUID(in.getLong(), in.getLong());
            case STRUCT -> {
                List<Types.NestedField> fields = type.asStructType().fields();
                Object[] values = new Object[fields.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = read(fields.get(i).type(), in);
                }
                yield values;
            }
            case LIST -> {
                int size = in.getInt();
                List<Object> items = new ArrayList<>(size);
                for (int i = 0; i < size; i++) {
                    items.add(read(type.asListType().elementType(), in));
                }
                yield items;
            }
            case MAP -> {
                int size = in.getInt();
                Map<Object, Object> entries = new LinkedHashMap<>();
                for (int i = 0; i < size; i++) {
                    Object key = read(type.asMapType().keyType(), in);
                    entries.put(key, read(type.asMapType().valueType(), in));
                }
                yield entries;
            }
            default -> throw new IllegalStateException("no such column type: " + type);
        };
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return bytes;
    }
}
