/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.json.SchemaCachingJsonConverter;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * FAULTS C14 and its kind: a table that cannot go on is set aside alone, its offsets are held, and it comes back whole.
 */
class SuspensionIT {
    private static final Schema WIDE = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("item", Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    @AutoClose
    private Lake lake;

    private Path directory;
    private Map<String, String> settings;
    private final Map<org.apache.kafka.common.TopicPartition, Long> group = new HashMap<>();
    private final FakeTopic orders = Shop.orders();
    private final FakeTopic healthy = new FakeTopic("dosql.shop.items", 0, "items").shape(Shop.ORDERS, "id");

    @BeforeEach
    void openLake(@TempDir Path temp) {
        directory = temp;
        lake = new Lake(temp);
        settings = lake.settings("dolake-sink");
    }

    private Worker worker(FakeTopic... topics) {
        Worker worker = new Worker(settings, group, catalog -> catalog, topics);
        worker.toleratesSuspension = true;
        return worker;
    }

    /** An int table that gets text: Iceberg cannot follow, and there are no dead letters. */
    private void changeType() {
        orders.shape(
                        SchemaBuilder.struct()
                                .field("id", Schema.INT64_SCHEMA)
                                .field("item", Schema.OPTIONAL_STRING_SCHEMA)
                                .build(),
                        "id")
                .upsert("u", 1L, "text");
    }

    @Test
    void aTypeChangeThatIsRefusedSuspendsItsTableAlone() {
        orders.shape(WIDE, "id").upsert("c", 1L, 1L).upsert("c", 2L, 2L);
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders, healthy)) {
            worker.drain();
            changeType();
            healthy.upsert("c", 2L, "rice");
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders"))
                    .containsEntry("code", "TYPE_MISMATCH")
                    .containsEntry("position", orders.partition + "@2")
                    .containsEntry("held." + orders.partition, "2")
                    .containsKeys("since", "reason")
                    .extractingByKey("remedy")
                    .asString()
                    .contains("./dolake resume --lake shop.orders");
            healthy.upsert("c", 3L, "salt");
            orders.upsert("u", 2L, "more");
            worker.drain(healthy);
            Oracle.assertSame(lake, healthy, "items");
            assertThat(group).containsEntry(orders.partition, 2L);

            lake.table("orders").updateSchema().deleteColumn("item").commit();
            assertThat(worker.resume("shop.orders", "")).isEmpty();
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
            assertThat(worker.state("shop.orders")).containsEntry("state", "STREAMING");
        }
        assertThat(lake.rows("orders")).hasSize(2).contains(Map.of("id", "1", "item", "text"));
    }

    @Test
    void aTableOfTheSamePartitionGoesOnAndTakesNothingTwice() {
        // Two tables of one topic, one without a key: what it took twice would show.
        settings.put("iceberg.tables", "shop.log,shop.orders");
        settings.put(InputConfig.ROUTE_FIELD, "item");
        settings.put("iceberg.table.shop.log.route-regex", "log.*");
        settings.put("iceberg.table.shop.orders.route-regex", "order.*");
        settings.put("dolake.table.shop.log.mode", "append");
        orders.upsert("c", 1L, "log 1").upsert("c", 2L, "order 1").upsert("c", 3L, "log 2");
        try (Worker worker = worker(orders)) {
            worker.drain();
            lake.table("orders")
                    .updateProperties()
                    .set(TableProperties.WRITE_DATA_LOCATION, "/dev/null/x")
                    .commit();
            for (long id = 4; id < 40; id++) {
                orders.upsert("c", id, (id % 2 == 0 ? "log " : "order ") + id);
                worker.poll(10);
            }
            org.awaitility.Awaitility.await().until(() -> {
                worker.poll(10);
                worker.commit();
                return lake.rows("log").size() == 20;
            });
            worker.awaitSuspended(1);
            assertThat(worker.suspended()).containsOnlyKeys("shop.orders");
            assertThat(group).containsEntry(orders.partition, 4L);
        }
        // A restart comes back to what is held, and finds the table as it was.
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            lake.table("orders")
                    .updateProperties()
                    .remove(TableProperties.WRITE_DATA_LOCATION)
                    .commit();
            assertThat(worker.resume("shop.orders", "held")).isEmpty();
            worker.drain();
        }
        assertThat(lake.rows("log")).hasSize(20);
        assertThat(lake.rows("orders")).hasSize(19);
    }

    @Test
    void aNameThatIsTooLongForTheFileSystemSuspendsItsTable() {
        String name = "n".repeat(300);
        FakeTopic longName = new FakeTopic("dosql.shop.long", 0, name)
                .shape(Shop.ORDERS, "id")
                .upsert("c", 1L, "a");
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(longName, healthy)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop." + name))
                    .containsEntry("code", "INVALID_ARGUMENT")
                    .extractingByKey("reason")
                    .asString()
                    .contains("File name too long");
            worker.drain(healthy);
        }
        Oracle.assertSame(lake, healthy, "items");
    }

    @Test
    void aTableIntoWhosePlaceNobodyCanWriteIsSuspended() throws Exception {
        orders.upsert("c", 1L, "tea");
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders, healthy)) {
            worker.drain();
            Path data = directory.resolve("warehouse/shop/orders/data");
            // Root may write anywhere: a file in the place of the directory refuses it too.
            deleteAll(data);
            Files.writeString(data, "");
            orders.upsert("c", 2L, "rice");
            healthy.upsert("c", 2L, "rice");
            worker.awaitSuspended(1);
            worker.drain(healthy);
            assertThat(worker.suspended()).containsOnlyKeys("shop.orders");
        }
        Oracle.assertSame(lake, healthy, "items");
    }

    @Test
    void aTableWhoseMetadataCannotBeReadHoldsUpNobodyElse() throws Exception {
        orders.upsert("c", 1L, "tea");
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders, healthy)) {
            worker.drain();
        }
        Path metadata = newestMetadata("orders");
        byte[] good = Files.readAllBytes(metadata);
        Files.writeString(metadata, "{\"format-version\" :");
        orders.upsert("c", 2L, "rice");
        healthy.upsert("c", 2L, "rice");
        // Iceberg itself tries for a minute and a half to read it.
        try (Worker worker = worker(orders, healthy)) {
            worker.drain(healthy);
            assertThat(worker.context.paused).containsExactly(orders.partition);
            Files.write(metadata, good);
            worker.drain();
        }
        Oracle.assertSame(lake, orders, "orders");
        Oracle.assertSame(lake, healthy, "items");
    }

    @Test
    void aTableWhoseOffsetsAreDamagedIsSuspendedAtTheStart() {
        orders.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders)) {
            worker.drain();
        }
        String property = TableOffsets.property("dolake-sink", orders.partition);
        String good = lake.table("orders").properties().get(property);
        lake.table("orders").updateProperties().set(property, "x").commit();
        orders.upsert("c", 2L, "rice");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            lake.table("orders").updateProperties().set(property, good).commit();
            assertThat(worker.resume("shop.orders", "")).isEmpty();
            worker.drain();
        }
        Oracle.assertSame(lake, orders, "orders");
    }

    @Test
    void aTableWhoseDataFileIsGoneIsSuspendedWhenItsIndexIsBuilt() throws Exception {
        settings.put(SuspensionConfig.UNKNOWN_RETRIES, "2");
        orders.upsert("c", 1L, "tea");
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders, healthy)) {
            worker.drain();
        }
        deleteAll(directory.resolve("warehouse/shop/orders/data"));
        orders.upsert("u", 1L, "rice");
        healthy.upsert("u", 1L, "rice");
        try (Worker worker = worker(orders, healthy)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended()).containsOnlyKeys("shop.orders");
            worker.drain(healthy);
        }
        Oracle.assertSame(lake, healthy, "items");
    }

    @Test
    void aTableThatMayNotBeCreatedIsSuspendedUntilItIsThere() {
        settings.put("iceberg.tables.auto-create-enabled", "false");
        orders.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders")).containsEntry("code", "TABLE_NOT_FOUND");
            assertThat(worker.resume("shop.none", "")).contains("TABLE_NOT_FOUND");
            assertThat(worker.resume("shop.orders", "never")).contains("INVALID_ARGUMENT");
            assertThat(worker.resume("shop.orders", "")).isEmpty();
            worker.awaitSuspended(1);
        }
    }

    /** FAULTS C6: the head never moved, so it is not a conflict. */
    @Test
    void aCommitThatIsRefusedWhileNobodyElseCommitsIsAFaultOfItsTable() {
        settings.put("iceberg.tables.auto-create-props.write.metadata.metrics.column.payload", "none");
        orders.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders"))
                    .containsEntry("code", "INVALID_CONFIGURATION")
                    .extractingByKey("reason")
                    .asString()
                    .contains("payload");
            lake.catalog()
                    .createTable(
                            TableIdentifier.of("shop", "orders"),
                            new org.apache.iceberg.Schema(
                                    Types.NestedField.required(1, "id", Types.LongType.get()),
                                    Types.NestedField.optional(2, "item", Types.StringType.get())));
            assertThat(worker.resume("shop.orders", "")).isEmpty();
            worker.drain();
        }
        Oracle.assertSame(lake, orders, "orders");
    }

    @Test
    void aRecordOfNoTableSuspendsItsPartitionAlone() {
        settings.put(SinkConfig.TABLE_TEMPLATE, "{db}.{table}");
        FakeTopic odd = new FakeTopic("odd", 0, "").shape(Shop.ORDERS, "id").upsert("c", 1L, "tea");
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(odd, healthy)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("odd-0"))
                    .containsEntry("code", "TABLE_NOT_FOUND")
                    .containsEntry("position", "odd-0@0");
            worker.drain(healthy);
            assertThat(worker.resume("odd-0", "")).isEmpty();
            worker.awaitSuspended(1);
        }
        Oracle.assertSame(lake, healthy, "items");
        assertThat(group).doesNotContainKey(odd.partition);
    }

    /**
     * The framework keeps a partition paused that a rebalance takes and gives back: it would stand still without a
     * word.
     */
    @Test
    void aPartitionThatIsHeldIsReadAgainAndToldAgainAfterARebalance() {
        settings.put(SinkConfig.TABLE_TEMPLATE, "{db}.{table}");
        FakeTopic odd = new FakeTopic("odd", 0, "").shape(Shop.ORDERS, "id").upsert("c", 1L, "tea");
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(odd, healthy)) {
            worker.awaitSuspended(1);
            String since = worker.suspended().get("odd-0").get("since");
            worker.pollAndLose(odd, 10);
            worker.assign(odd);
            org.awaitility.Awaitility.await().until(() -> {
                worker.poll(10);
                Map<String, String> state = worker.suspended().get("odd-0");
                return state != null && !state.get("since").equals(since);
            });
            worker.drain(healthy);
        }
    }

    /**
     * What a converter cannot read stops its table, or is a dead letter; thrown, it would end the task with all of its
     * tables.
     */
    @Test
    void aMessageThatCannotBeReadSuspendsItsTableAlone() {
        SchemaCachingJsonConverter converter = new SchemaCachingJsonConverter();
        converter.configure(Map.of("unreadable", "refuse"), false);
        Object unreadable = converter.toConnectData("t", new byte[] {'?'}).value();
        orders.upsert("c", 1L, "tea").add(null, null, null, unreadable).upsert("c", 2L, "rice");
        orders.add(null, unreadable, null, null);
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders, healthy)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("shop.orders"))
                    .containsEntry("code", "INVALID_ARGUMENT")
                    .containsEntry("position", orders.partition + "@1")
                    .extractingByKey("reason")
                    .asString()
                    .contains("its value cannot be read: it is not JSON");
            worker.drain(healthy);
        }
        Oracle.assertSame(lake, healthy, "items");
        settings.put(DeadLetterConfig.TABLE, "shop.dead");
        try (Worker worker = worker(orders, healthy)) {
            worker.drain();
        }
        assertThat(lake.rows("orders")).hasSize(2);
        assertThat(lake.rows("dead")).hasSize(2);
    }

    @Test
    void suspendedTablesLoseNothingInARebalance() {
        orders.shape(WIDE, "id").upsert("c", 1L, 1L);
        healthy.upsert("c", 1L, "tea");
        try (Worker worker = worker(orders, healthy)) {
            worker.drain();
            changeType();
            worker.awaitSuspended(1);
            worker.pollAndLose(healthy, 10);
            worker.assign(healthy);
            healthy.upsert("c", 2L, "rice");
            worker.drain(healthy);
            assertThat(group).containsEntry(orders.partition, 1L);
            lake.table("orders").updateSchema().deleteColumn("item").commit();
            assertThat(worker.resume("shop.orders", "")).isEmpty();
            worker.drain();
        }
        assertThat(lake.rows("orders")).isEqualTo(List.of(Map.of("id", "1", "item", "text")));
        Oracle.assertSame(lake, healthy, "items");
    }

    private Path newestMetadata(String table) {
        return Path.of(((org.apache.iceberg.HasTableOperations) lake.table(table))
                .operations()
                .current()
                .metadataFileLocation()
                .replaceFirst("^file:", ""));
    }

    private static void deleteAll(Path directory) throws Exception {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
