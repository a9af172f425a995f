/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableLayoutTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "region", Types.StringType.get()),
            Types.NestedField.optional(3, "created", Types.TimestampType.withZone()));

    private final Map<String, String> settings = new HashMap<>();

    private TableLayout layout(String table) {
        return new TableLayout(TableIdentifier.parse(table), SCHEMA, new SinkConfig(settings));
    }

    @Test
    void readsEveryTransform() {
        settings.put(
                TableLayout.DEFAULT_PARTITION_BY,
                " region, bucket(id, 16),truncate(region,4), identity(id), days(created)");
        assertThat(layout("shop.orders").spec().fields())
                .extracting(field -> field.name() + " " + field.transform())
                .containsExactly(
                        "region identity",
                        "id_bucket bucket[16]",
                        "region_trunc truncate[4]",
                        "id identity",
                        "created_day day");
        for (String unit : new String[] {"year", "month", "day", "hour"}) {
            settings.put(TableLayout.DEFAULT_PARTITION_BY, unit + "(created)");
            assertThat(layout("shop.orders").spec().fields().get(0).transform()).hasToString(unit);
        }
    }

    @Test
    void readsSortOrders() {
        settings.put(
                TableLayout.DEFAULT_SORT_BY, "region, created DESC, bucket(id, 4) asc nulls last, id desc nulls first");
        assertThat(layout("shop.orders").sortOrder().fields())
                .extracting(field -> field.transform() + " " + field.direction() + " " + field.nullOrder())
                .containsExactly(
                        "identity ASC NULLS FIRST",
                        "identity DESC NULLS LAST",
                        "bucket[4] ASC NULLS LAST",
                        "identity DESC NULLS FIRST");
    }

    @Test
    void settingsOfATableGoBeforeTheDefaults() {
        settings.put(TableLayout.DEFAULT_PARTITION_BY, "region");
        settings.put("iceberg.table.shop.orders.partition-by", "bucket(id, 2)");
        settings.put("iceberg.table.shop.items.partition-by", "");
        settings.put(TableLayout.DEFAULT_SORT_BY, "region");
        settings.put("dolake.table.shop.items.sort-by", "");
        assertThat(layout("shop.orders").spec().fields().get(0).name()).isEqualTo("id_bucket");
        assertThat(layout("shop.others").spec().fields().get(0).name()).isEqualTo("region");
        assertThat(layout("shop.items").spec().isUnpartitioned()).isTrue();
        assertThat(layout("shop.items").sortOrder().isUnsorted()).isTrue();
        assertThat(layout("shop.others").sortOrder().isSorted()).isTrue();
    }

    @Test
    void namesTableAndColumnWhereASpecDoesNotFit() {
        settings.put(TableLayout.DEFAULT_PARTITION_BY, "day(updated)");
        assertThatThrownBy(() -> layout("shop.orders").spec())
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("table shop.orders")
                .hasMessageContaining("no column updated");
        settings.put("iceberg.table.shop.orders.partition-by", "day(region)");
        assertThatThrownBy(() -> layout("shop.orders").spec())
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("table shop.orders by iceberg.table.shop.orders.partition-by=day(region)")
                .hasMessageContaining("string");
        settings.put(TableLayout.DEFAULT_SORT_BY, "price");
        assertThatThrownBy(() -> layout("shop.orders").sortOrder()).hasMessageContaining("no column price");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,,b",
                "a,",
                "bucket(id)",
                "bucket(id, none)",
                "bucket(id, 0)",
                "week(created)",
                "day(created",
                ","
            })
    void refusesWhatIsNoSpec(String text) {
        Map<String, String> wrong = Map.of("iceberg.table.shop.orders.partition-by", text);
        assertThat(TableLayout.faults(wrong)).hasSize(1);
    }

    @Test
    void refusesWhatIsNoOrderAndNoVersion() {
        assertThat(TableLayout.faults(Map.of("dolake.table.shop.orders.sort-by", "day(id")))
                .hasSize(1);
        assertThat(TableLayout.faults(Map.of("iceberg.tables.auto-create-props.format-version", "4")))
                .hasSize(1);
    }
}
