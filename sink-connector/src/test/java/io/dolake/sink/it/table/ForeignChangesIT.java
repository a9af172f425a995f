/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.IndexConfig;
import io.dolake.sink.index.IndexSpace;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.ForeignCompaction;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Others work on the tables too. By format version and memory of the key index: without any it is in its file. */
@ParameterizedClass
@CsvSource({"2, 1000000", "2, 0", "3, 1000000", "3, 0"})
class ForeignChangesIT {
    @TempDir
    Path directory;

    @Parameter(0)
    private int formatVersion;

    @Parameter(1)
    private String indexMemoryBytes;

    @AutoClose
    private Lake lake;

    private final FakeTopic topic = Shop.orders();

    @BeforeEach
    void openLake() {
        lake = new Lake(directory, formatVersion);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(IndexConfig.MEMORY_MAX_BYTES, indexMemoryBytes);
        return settings;
    }

    @Test
    void updatesFindTheirRowsAfterACompaction() throws IOException {
        Random random = new Random(7);
        try (Worker worker = new Worker(settings(), topic)) {
            for (int round = 0; round < 6; round++) {
                Shop.change(topic, random, 80, 0, false);
                worker.drain();
                ForeignCompaction.compact(lake.table("orders"));
            }
            Shop.change(topic, random, 80, 0, false);
            worker.drain();
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    @Test
    void aCompactionInTheMiddleOfACommitMakesItResolveItsRowsAgain() throws Exception {
        Random random = new Random(8);
        Shop.change(topic, random, 100, 0, false);
        try (Worker worker = new Worker(settings(), topic)) {
            worker.drain();
            for (int round = 0; round < 15; round++) {
                Shop.change(topic, random, 50, 0, false);
                worker.poll(100);
                Thread.sleep(random.nextInt(40));
                worker.poll(100);
                ForeignCompaction.tryToCompact(lake.table("orders"), Branch.MAIN);
            }
            worker.drain();
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    /** An index that follows the table as that of another task does. */
    @Test
    void theIndexKeepsNothingOfFilesThatWent() throws IOException {
        Random random = new Random(9);
        long memory = Long.parseLong(indexMemoryBytes);
        try (Worker worker = new Worker(settings(), topic);
                IndexSpace space = new IndexSpace(
                        new IndexConfig(memory, memory, directory, 1 << 20, 2), new IndexSpace.Usage())) {
            TableIndex index = new TableIndex(space, "shop.orders");
            for (int round = 0; round < 12; round++) {
                Shop.change(topic, random, 40, 0, false);
                worker.drain();
                Table table = lake.table("orders");
                sync(index, table);
                if (round % 3 == 0) {
                    ForeignCompaction.compact(table);
                    sync(index, table);
                    assertThat(index.size()).isEqualTo(lake.rows("orders").size());
                }
                assertThat(index.files().deadKeys()).isZero();
                assertThat(index.files().size()).isLessThan(8);
                assertThat(index.files().numbers()).as("numbers are used again").isLessThan(10);
            }
            lake.table("orders")
                    .newDelete()
                    .deleteFromRowFilter(Expressions.alwaysTrue())
                    .commit();
            sync(index, lake.table("orders"));
            assertThat(index.size()).isZero();
        }
    }

    private static void sync(TableIndex index, Table table) {
        table.refresh();
        index.sync(table, Branch.MAIN, TableAccess.keyColumns(table), () -> false);
    }

    @Test
    void aRowThatOthersDeletedIsInsertedAgainByAnUpdate() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        try (Worker worker = new Worker(settings(), topic)) {
            worker.drain();
            lake.table("orders")
                    .newDelete()
                    .deleteFromRowFilter(Expressions.alwaysTrue())
                    .commit();
            topic.upsert("u", 1L, "green tea");
            worker.drain();
        }
        assertThat(lake.rows("orders")).hasSize(1);
    }

    @Test
    void aRollbackTakesTheIndexBackToo() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
        try (Worker worker = new Worker(settings(), topic)) {
            worker.drain();
            Table table = lake.table("orders");
            long first = table.currentSnapshot().snapshotId();
            topic.delete(2L).upsert("u", 1L, "green tea");
            worker.drain();
            table.refresh();
            table.manageSnapshots().setCurrentSnapshot(first).commit();
            topic.upsert("u", 2L, "brown rice").upsert("u", 1L, "black tea");
            worker.drain();
        }
        Oracle.assertKeysOnce(lake.table("orders"));
        assertThat(lake.rows("orders"))
                .extracting(row -> row.get("item"))
                .containsExactlyInAnyOrder("black tea", "brown rice", "salt");
    }

    @Test
    void offsetsSurviveTheExpiryOfSnapshots() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        try (Worker worker = new Worker(settings(), topic)) {
            worker.drain();
            lake.table("orders")
                    .newDelete()
                    .deleteFromRowFilter(Expressions.alwaysFalse())
                    .commit();
            lake.table("orders")
                    .expireSnapshots()
                    .expireOlderThan(System.currentTimeMillis() + 1)
                    .retainLast(1)
                    .commit();
            topic.upsert("u", 1L, "green tea");
            worker.drain();
        }
        try (Worker worker = new Worker(settings(), topic)) {
            assertThat(worker.context.seeks).containsEntry(topic.partition, 2L);
            worker.drain();
        }
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void aPartitionedTableIsWrittenAndUpdatedAcrossPartitions() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        try (Worker worker = new Worker(settings(), topic)) {
            worker.drain();
            lake.table("orders").updateSpec().addField("item").commit();
            topic.upsert("u", 1L, "salt").upsert("c", 3L, "salt").upsert("c", 4L, null);
            worker.drain();
            topic.upsert("u", 3L, "rice").delete(4L).upsert("u", 1L, "tea");
            worker.drain();
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }
}
