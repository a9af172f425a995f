/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.RenameConfig;
import io.dolake.sink.config.SchemaPolicy;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Columns that the source renames, by the setting that says so. */
class RenameIT extends LakeTest {
    private final FakeTopic topic = Shop.orders();

    @Test
    void theColumnKeepsItsValuesUnderItsNewName() {
        topic.upsert("c", 1L, "tea");
        drain();
        int id = lake.table("orders").schema().findField("item").fieldId();
        topic.upsert("c", 2L, "rice")
                .shape(row("id", "product"), "id")
                .upsert("c", 3L, "salt")
                .upsert("u", 2L, "brown rice");
        drain("item:product");
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "product", "tea"),
                        Map.of("id", "2", "product", "brown rice"),
                        Map.of("id", "3", "product", "salt"));
        assertThat(lake.table("orders").schema().findField("product").fieldId()).isEqualTo(id);
    }

    @Test
    void columnsThatTheSourceHasNoMoreStillGo() {
        topic.upsert("c", 1L, "tea");
        drain();
        topic.shape(row("id", "product"), "id").upsert("c", 2L, "salt");
        drain("item:product", SchemaPolicy.DROP, "drop");
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(Map.of("id", "1", "product", "tea"), Map.of("id", "2", "product", "salt"));
    }

    @Test
    void rowsWithOlderNamesGoToTheNewest() {
        topic.upsert("c", 1L, "tea")
                .shape(row("id", "product"), "id")
                .upsert("c", 2L, "salt")
                .shape(row("id", "goods"), "id")
                .upsert("c", 3L, "oil");
        drain("item:goods, product:goods");
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "goods", "tea"),
                        Map.of("id", "2", "goods", "salt"),
                        Map.of("id", "3", "goods", "oil"));
    }

    @Test
    void aKeyColumnIsTheKeyUnderItsNewName() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        drain();
        topic.delete(3L)
                .shape(row("number", "item"), "number")
                .upsert("u", 1L, "green tea")
                .delete(2L);
        drain("id:number");
        assertThat(lake.rows("orders")).containsExactly(Map.of("number", "1", "item", "green tea"));
        assertThat(lake.table("orders").schema().identifierFieldNames()).isEqualTo(Set.of("number"));
        topic.upsert("u", 1L, "black tea");
        // The setting is needed only as long as rows with the old name come.
        Worker.drain(lake.settings("dolake-sink"), topic);
        assertThat(lake.rows("orders")).containsExactly(Map.of("number", "1", "item", "black tea"));
        // Of the snapshots from before too, in which the key had its old name.
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    @Test
    void aKeyOfSeveralColumnsMayHaveThemInAnotherOrderAfterwards() {
        Schema before = SchemaBuilder.struct()
                .field("a", Schema.INT64_SCHEMA)
                .field("b", Schema.INT64_SCHEMA)
                .field("item", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Schema after = SchemaBuilder.struct()
                .field("z", Schema.INT64_SCHEMA)
                .field("b", Schema.INT64_SCHEMA)
                .field("item", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        topic.shape(before, "a", "b").upsert("c", 1L, 2L, "tea").upsert("c", 2L, 1L, "rice");
        drain();
        topic.upsert("u", 1L, 2L, "green tea")
                .shape(after, "z", "b")
                .upsert("u", 2L, 1L, "brown rice")
                .delete(1L, 2L);
        drain("a:z");
        assertThat(lake.rows("orders")).containsExactly(Map.of("z", "2", "b", "1", "item", "brown rice"));
        assertThat(TableAccess.keyColumns(lake.table("orders"))).isEqualTo(List.of("b", "z"));
    }

    @Test
    void theKeyOfTheTableIsKnownByItsNewNameWhereRecordsHaveNone() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain();
        FakeTopic plain = new FakeTopic("shop.orders", 0, "orders");
        Schema row = row("number", "item");
        plain.add(null, null, row, new Struct(row).put("number", 1L).put("item", "oil"));
        Worker.drain(settings("id:number"), plain);
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(Map.of("number", "1", "item", "oil"), Map.of("number", "2", "item", "rice"));
    }

    @Test
    void rowsThatHaveBothHaveBoth() {
        topic.upsert("c", 1L, "tea");
        drain();
        Schema both = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("product", Schema.OPTIONAL_STRING_SCHEMA)
                .field("item", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        topic.shape(both, "id").upsert("c", 2L, "salt", "bag");
        drain("item:product");
        assertThat(lake.rows("orders"))
                .containsExactlyInAnyOrder(
                        Map.of("id", "1", "product", "tea", "item", "null"),
                        Map.of("id", "2", "product", "salt", "item", "bag"));
    }

    @Test
    void twoColumnsOfARowCannotBeOne() {
        topic.upsert("c", 1L, "tea");
        assertThatThrownBy(() -> drain("id:x, item:x"))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("two of its columns would be x");
    }

    @Test
    void changelogsAreRenamedToo() {
        topic.upsert("c", 1L, "tea");
        drain("", InputConfig.MODE, "changelog");
        topic.shape(row("number", "product"), "number").upsert("u", 1L, "salt").delete(1L);
        drain("item:product,id:number", InputConfig.MODE, "changelog");
        assertThat(lake.rows("orders"))
                .extracting(row -> row.get("__op") + row.get("number") + row.get("product"))
                .containsExactlyInAnyOrder("c1tea", "u1salt", "d1null");
    }

    @Test
    void leavesATableAloneThatIsNotToChange() {
        topic.upsert("c", 1L, "tea");
        drain();
        topic.shape(row("id", "product"), "id").upsert("c", 2L, "salt");
        assertThatThrownBy(() -> drain("item:product", SinkConfig.EVOLVE, "false"))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("add product")
                .hasMessageContaining(SinkConfig.EVOLVE);
    }

    private static Schema row(String key, String value) {
        return SchemaBuilder.struct()
                .field(key, Schema.INT64_SCHEMA)
                .field(value, Schema.OPTIONAL_STRING_SCHEMA)
                .build();
    }

    private Map<String, String> settings(String renames, String... more) {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(RenameConfig.setting("shop.orders"), renames);
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private void drain(String renames, String... more) {
        Worker.drain(settings(renames, more), topic);
    }

    private void drain() {
        drain("");
    }
}
