/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;
import org.apache.iceberg.variants.Variant;

/** Converts values of Iceberg's generic records to the internal representation, in which rows are encoded. */
public final class InternalValues {
    private InternalValues() {}

    public static Object of(Type type, Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.typeId()) {
            case DATE -> DateTimeUtil.daysFromDate((LocalDate) value);
            case TIME -> DateTimeUtil.microsFromTime((LocalTime) value);
            case TIMESTAMP ->
                ((Types.TimestampType) type).shouldAdjustToUTC()
                        ? DateTimeUtil.microsFromTimestamptz((OffsetDateTime) value)
                        : DateTimeUtil.microsFromTimestamp((LocalDateTime) value);
            case TIMESTAMP_NANO ->
                ((Types.TimestampNanoType) type).shouldAdjustToUTC()
                        ? DateTimeUtil.nanosFromTimestamptz((OffsetDateTime) value)
                        : DateTimeUtil.nanosFromTimestamp((LocalDateTime) value);
            case FIXED -> ByteBuffer.wrap((byte[]) value);
            case VARIANT -> JsonVariant.bytes((Variant) value);
            case STRUCT -> struct(type.asStructType(), (Record) value);
            case LIST -> {
                List<Object> items = new ArrayList<>();
                ((List<?>) value).forEach(item -> items.add(of(type.asListType().elementType(), item)));
                yield items;
            }
            case MAP -> {
                Map<Object, Object> entries = new LinkedHashMap<>();
                Types.MapType map = type.asMapType();
                ((Map<?, ?>) value)
                        .forEach((key, item) -> entries.put(of(map.keyType(), key), of(map.valueType(), item)));
                yield entries;
            }
            default -> value;
        };
    }

    private static Object[] struct(Types.StructType type, Record record) {
        Object[] values = new Object[type.fields().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = of(type.fields().get(i).type(), record.get(i));
        }
        return values;
    }
}
