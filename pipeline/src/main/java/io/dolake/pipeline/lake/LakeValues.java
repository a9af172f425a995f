/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.lake;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.data.Record;

/** Values of Iceberg's generic reader, as plain ones. */
final class LakeValues {
    private LakeValues() {}

    /**
     * Integers as Long, floating point as Double, binary as byte[], structs as Map, lists as List; Boolean, String,
     * BigDecimal and what java.time has stay as they are.
     */
    static Object plain(Object value) {
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        if (value instanceof CharSequence text) {
            return text.toString();
        }
        if (value instanceof Record struct) {
            Map<String, Object> map = new LinkedHashMap<>();
            struct.struct().fields().forEach(field -> map.put(field.name(), plain(struct.getField(field.name()))));
            return map;
        }
        if (value instanceof List<?> list) {
            List<Object> plain = new ArrayList<>();
            list.forEach(element -> plain.add(plain(element)));
            return plain;
        }
        return value;
    }
}
