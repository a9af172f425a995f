/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.data.GenericDataUtil;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.PartitionUtil;

/** Values that all rows of a file have because of its partition, in the form of Iceberg's generic records. */
public final class PartitionValues {
    private PartitionValues() {}

    /** By column id. */
    public static Map<Integer, ?> of(FileScanTask task) {
        return PartitionUtil.constantsMap(task, PartitionValues::generic);
    }

    /** Iceberg leaves timestamps with nanoseconds as numbers, which no reader of records expects. */
    private static Object generic(Type type, Object value) {
        return type.typeId() == Type.TypeID.TIMESTAMP_NANO
                ? GenericDataUtil.internalToGeneric(type, value)
                : IdentityPartitionConverters.convertConstant(type, value);
    }
}
