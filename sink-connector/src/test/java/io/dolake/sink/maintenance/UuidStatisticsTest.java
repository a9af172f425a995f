/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.testkit.ValueTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A row is found by its UUID, whatever others are in its file; Iceberg compares them otherwise than Parquet does. */
class UuidStatisticsTest {
    private static final List<String> UUIDS = List.of(
            "00000000-0000-4000-8000-000000000001",
            "7fffffff-0000-4000-8000-000000000002",
            "80000000-0000-4000-8000-000000000003",
            "ffffffff-ffff-ffff-ffff-ffffffffffff");

    @AutoClose
    private final ValueTables tables = new ValueTables();

    private Table table(String property) {
        Schema schema = new Schema(
                Types.NestedField.required(1, "v", Types.UUIDType.get()),
                Types.NestedField.required(
                        2, "s", Types.StructType.of(Types.NestedField.required(3, "u", Types.UUIDType.get()))));
        Table table = tables.create(schema, PartitionSpec.unpartitioned(), 3);
        if (property != null) {
            table.updateProperties()
                    .set(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + "v", property)
                    .commit();
        }
        RowShape shape = RowShape.of(
                List.of(),
                schema.columns().stream()
                        .map(column -> new RowShape.Column(column.name(), column.type(), false, null))
                        .toList());
        List<byte[]> rows = new ArrayList<>();
        for (String text : UUIDS) {
            UUID uuid = UUID.fromString(text);
            rows.add(RowCodec.encode(shape, new Object[] {uuid, new Object[] {uuid}}, new ByteOutput(16)));
        }
        ValueTables.write(table, shape, rows);
        return table;
    }

    private static List<String> found(Table table, String column, String uuid) throws Exception {
        List<String> found = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table)
                .where(Expressions.equal(column, uuid))
                .build()) {
            records.forEach(record -> found.add(record.getField("v").toString()));
        }
        return found;
    }

    @Test
    void rowsAreFoundByTheirUuid() throws Exception {
        Table table = table(null);
        for (String uuid : UUIDS) {
            assertThat(found(table, "v", uuid)).containsExactly(uuid);
            assertThat(found(table, "s.u", uuid)).containsExactly(uuid);
        }
    }

    @Test
    void whoWantsThemHasThem() throws Exception {
        Table table = table("true");
        assertThat(UuidStatistics.without(table.schema(), table.properties()))
                .isEqualTo(Map.of(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + "s.u", "false"));
        // To be taken out, with all of this, when Iceberg finds it.
        assertThat(found(table, "v", UUIDS.get(3))).isEmpty();
    }
}
