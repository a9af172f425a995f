/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Settings that leave out the minimum and maximum of UUIDs from files. Parquet orders UUIDs by their bytes, but Iceberg
 * for Java, and with it Spark, compares them as Java does, where those with the first bit set come first: it would skip
 * files that contain the UUID of a query. Dictionaries and bloom filters are not affected, as they do not depend on an
 * order.
 */
public final class UuidStatistics {
    private UuidStatistics() {}

    /**
     * For columns and fields of structs whose statistics the table's own properties do not configure.
     */
    public static Map<String, String> without(Schema schema, Map<String, String> ofTable) {
        Map<String, String> settings = new HashMap<>();
        collect("", schema.columns(), settings);
        settings.keySet().removeAll(ofTable.keySet());
        return settings;
    }

    private static void collect(String path, List<Types.NestedField> fields, Map<String, String> settings) {
        for (Types.NestedField field : fields) {
            String name = path + field.name();
            if (field.type().typeId() == Type.TypeID.UUID) {
                settings.put(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + name, "false");
            } else if (field.type().isStructType()) {
                collect(name + ".", field.type().asStructType().fields(), settings);
            }
        }
    }
}
