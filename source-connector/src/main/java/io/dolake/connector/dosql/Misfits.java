/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.util.LinkedHashMap;
import java.util.Map;

/** The values of one row that their columns cannot hold, and what identifies the row. */
final class Misfits {
    private final Map<String, Object> data = new LinkedHashMap<>();
    private final Map<String, Object> key = new LinkedHashMap<>();
    private boolean lacksKey;

    void add(String column, Object value, boolean isKey) {
        data.put(column, value);
        if (isKey) {
            key.put(column, value);
        }
    }

    /** A column of the primary key is NULL: the row is identified by its rowid. */
    void lacksKey() {
        lacksKey = true;
    }

    /** For {@code _rescued_data}; null if there is nothing. */
    String data() {
        return data.isEmpty() ? null : ValueJson.object(data);
    }

    /**
     * For {@code _rescued_key}: {@code {"rowid": n}}, else {@code {"key": {column: value, ...}}} with the columns of
     * the key that cannot hold their values; null if the key columns identify the row.
     */
    String key(long rowid) {
        if (lacksKey) {
            return ValueJson.object(Map.of("rowid", rowid));
        }
        return key.isEmpty() ? null : ValueJson.object(Map.of("key", key));
    }
}
