/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** The same values with the very schemas that hold them: Connect's structs insist on it, optional or not. */
public final class Bound {
    private Bound() {}

    public static Object to(Schema schema, Object value) {
        if (value instanceof Struct struct) {
            Struct copy = new Struct(schema);
            schema.fields()
                    .forEach(field -> copy.put(field, to(field.schema(), struct.getWithoutDefault(field.name()))));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>();
            list.forEach(item -> items.add(to(schema.valueSchema(), item)));
            return items;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            map.forEach((key, item) -> entries.put(key, to(schema.valueSchema(), item)));
            return entries;
        }
        return value;
    }
}
