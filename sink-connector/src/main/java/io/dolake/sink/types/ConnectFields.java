/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** Reads fields by name from a struct, or from the map that replaces it in records without a schema. */
public final class ConnectFields {
    private ConnectFields() {}

    public static boolean isContainer(Object value) {
        return value instanceof Struct || value instanceof Map;
    }

    public static boolean has(Object container, String name) {
        return container instanceof Struct struct
                ? struct.schema().field(name) != null
                : container instanceof Map<?, ?> map && map.containsKey(name);
    }

    /**
     * The value as it is, without a default in place of null; null if there is no such field, or the object has no
     * fields.
     */
    public static Object get(Object container, String name) {
        if (container instanceof Struct struct) {
            Field field = struct.schema().field(name);
            return field == null ? null : struct.getWithoutDefault(name);
        }
        return container instanceof Map<?, ?> map ? map.get(name) : null;
    }

    /** The same along a path of names with dots between them. */
    public static Object path(Object container, String path) {
        Object value = container;
        for (String name : path.split("\\.")) {
            value = get(value, name);
        }
        return value;
    }
}
