/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinkTaskIT {
    static final Schema ORDERS = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("item", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    @TempDir
    Path directory;

    private Lake lake;
    private FakeTopic topic;

    @BeforeEach
    void openLake() {
        lake = new Lake(directory);
        topic = new FakeTopic("dosql.shop.orders", 0, "orders").shape(ORDERS, "id");
    }

    @AfterEach
    void closeLake() throws Exception {
        lake.close();
    }

    @Test
    void createsAVersion3TableWithTheKeyAsIdentifier() {
        topic.upsert("c", 1L, "tea");
        drain();
        Table table = lake.table("orders");
        assertThat(TableUtil.formatVersion(table)).isEqualTo(3);
        assertThat(table.schema().identifierFieldNames()).containsExactly("id");
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "1", "item", "tea"));
    }

    @Test
    void writesUpdatesAndDeletesAsDeletionVectors() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        drain();
        topic.upsert("u", 1L, "green tea").delete(2L);
        drain();
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(Map.of("id", "1", "item", "green tea"), Map.of("id", "3", "item", "salt"));
        Map<String, String> summary = lake.table("orders").currentSnapshot().summary();
        assertThat(summary).containsEntry("added-dvs", "1").doesNotContainKey("added-equality-deletes");
    }

    @Test
    void holdsTheOffsetsInTheSnapshotAndInTheTable() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        Table table = lake.table("orders");
        Snapshot snapshot = table.currentSnapshot();
        assertThat(snapshot.summary()).containsEntry(TableOffsets.SUMMARY_OFFSETS, "{\"dosql.shop.orders-0\":2}");
        assertThat(TableOffsets.read(table.properties(), "dolake-sink", topic.partition))
                .hasValueSatisfying(position -> assertThat(position.next()).isEqualTo(2));
    }

    private void drain() {
        try (Worker worker = new Worker(lake.settings("dolake-sink"), topic)) {
            worker.drain();
        }
    }

    static List<Map<String, String>> rows(Lake lake) {
        return lake.rows("orders");
    }
}
