/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.MaintenanceConfig;
import io.dolake.sink.config.TableLayout;
import io.dolake.sink.maintenance.MaintenanceOptions;
import io.dolake.sink.maintenance.MaintenanceResult;
import io.dolake.sink.maintenance.TableMaintenance;
import io.dolake.sink.table.Branch;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Maintenance of tables that the sink writes to, at rest and at the same time. */
@ParameterizedClass
@ValueSource(ints = {2, 3})
class MaintenanceIT {
    @Parameter
    int formatVersion;

    @TempDir
    Path directory;

    @AutoClose
    private Lake lake;

    private Map<String, String> settings;
    private final FakeTopic topic = Shop.orders();

    @BeforeEach
    void openLake() {
        lake = new Lake(directory, formatVersion);
        settings = lake.settings("dolake-sink");
    }

    private MaintenanceResult compact(int minInputFiles) {
        return new TableMaintenance(
                        lake.table("orders"),
                        Branch.MAIN,
                        MaintenanceOptions.defaults()
                                .withMinInputFiles(minInputFiles)
                                .withAges(null, null))
                .run();
    }

    private void commitInSteps(Worker worker, Random random, int steps, int changes) {
        for (int i = 0; i < steps; i++) {
            Shop.change(topic, random, changes, 0, false);
            worker.drain();
        }
    }

    @Test
    void manyFilesBecomeOneWithoutDeletesAndTheSinkGoesOn() throws Exception {
        Random random = new Random(1);
        try (Worker worker = new Worker(settings, topic)) {
            commitInSteps(worker, random, 12, 40);
            MaintenanceResult result = compact(2);
            assertThat(result.rewrittenFiles()).isGreaterThan(5);
            assertThat(compact(2).rewrittenFiles()).isZero();
            List<FileScanTask> files = files();
            assertThat(files).allSatisfy(file -> assertThat(file.deletes()).isEmpty());
            Oracle.assertSame(lake, topic, "orders");
            commitInSteps(worker, random, 3, 40);
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }

    @Test
    void aFileOfWhichMuchIsDeletedIsRewrittenAlone() throws Exception {
        try (Worker worker = new Worker(settings, topic)) {
            for (long id = 0; id < 100; id++) {
                topic.upsert("c", id, "item");
            }
            worker.drain();
            for (long id = 0; id < 5; id++) {
                topic.delete(id);
            }
            worker.drain();
            assertThat(compact(10).rewrittenFiles()).isZero();
            for (long id = 5; id < 30; id++) {
                topic.delete(id);
            }
            worker.drain();
            MaintenanceResult result = compact(10);
            assertThat(result.rewrittenFiles()).isEqualTo(1);
            assertThat(result.rows()).isEqualTo(70);
            assertThat(deletes()).isEmpty();
            for (long id = 30; id < 100; id++) {
                topic.delete(id);
            }
            worker.drain();
            assertThat(compact(10).addedFiles()).isZero();
            assertThat(files()).isEmpty();
        }
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void nothingIsLostOrDoubledWhileTheSinkCommits() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("MaintenanceIT seed=" + seed);
        Random random = new Random(seed);
        settings.put(TableLayout.DEFAULT_PARTITION_BY, "bucket(id, 2)");
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Worker worker = new Worker(settings, topic)) {
            commitInSteps(worker, random, 2, 100);
            AtomicInteger rewritten = new AtomicInteger();
            Future<?> maintenance = thread.submit(() -> maintainUntil(isOver, rewritten));
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            for (int turn = 0; turn < 120 || rewritten.get() == 0 && System.nanoTime() < deadline; turn++) {
                Shop.change(topic, random, 1 + random.nextInt(20), 0, turn % 40 == 39);
                worker.poll(100);
                Thread.sleep(random.nextInt(10));
            }
            worker.drain();
            isOver.set(true);
            maintenance.get();
            assertThat(rewritten.get()).as("rewritten files").isPositive();
            commitInSteps(worker, random, 1, 100);
        } finally {
            thread.shutdownNow();
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }

    private void maintainUntil(AtomicBoolean isOver, AtomicInteger rewritten) {
        while (!isOver.get()) {
            rewritten.addAndGet(compact(2).rewrittenFiles());
        }
    }

    @ParameterizedTest
    @CsvSource({"50, 0", "600000, 4"})
    void aTaskMaintainsItsTablesWhenToldTo(String intervalMs, String commits) throws Exception {
        settings.put(MaintenanceConfig.ENABLED, "true");
        settings.put(MaintenanceConfig.INTERVAL_MS, intervalMs);
        settings.put(MaintenanceConfig.COMMITS, commits);
        settings.put(MaintenanceConfig.MIN_INPUT_FILES, "3");
        Random random = new Random(2);
        try (Worker worker = new Worker(settings, topic)) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                commitInSteps(worker, random, 1, 40);
                for (Snapshot snapshot : lake.table("orders").snapshots()) {
                    if (snapshot.operation().equals(DataOperations.REPLACE)) {
                        return true;
                    }
                }
                return false;
            });
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }

    @Test
    void filesInSortOrderAreMergedAndStayInIt() throws Exception {
        settings.put("dolake.tables.default-sort-by", "item,id");
        Random random = new Random(3);
        try (Worker worker = new Worker(settings, topic)) {
            commitInSteps(worker, random, 6, 60);
            int orderId = lake.table("orders").sortOrder().orderId();
            assertThat(compact(2).addedFiles()).isEqualTo(1);
            assertThat(files())
                    .singleElement()
                    .satisfies(task -> assertThat(task.file().sortOrderId()).isEqualTo(orderId));
        }
        List<String> items = new ArrayList<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(lake.table("orders")).build()) {
            rows.forEach(row -> items.add(row.getField("item") == null ? "" : (String) row.getField("item")));
        }
        assertThat(items).isSorted();
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void rowsKeepTheirIds() throws Exception {
        Random random = new Random(4);
        try (Worker worker = new Worker(settings, topic)) {
            commitInSteps(worker, random, 6, 60);
        }
        if (formatVersion >= 3) {
            Map<Object, Object> before = rowIds();
            assertThat(before.values()).doesNotContainNull();
            assertThat(compact(2).rewrittenFiles()).isPositive();
            assertThat(rowIds()).isEqualTo(before);
        }
    }

    private Map<Object, Object> rowIds() throws Exception {
        Table table = lake.table("orders");
        Schema columns = new Schema(
                table.schema().findField("id"), MetadataColumns.ROW_ID, MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER);
        Map<Object, Object> ids = new HashMap<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(table).project(columns).build()) {
            rows.forEach(row -> ids.put(row.get(0), row.get(1) + "/" + row.get(2)));
        }
        return ids;
    }

    @Test
    void oldSnapshotsAndFilesNobodyRefersToGoAndNothingElse() throws Exception {
        Random random = new Random(5);
        try (Worker worker = new Worker(settings, topic)) {
            commitInSteps(worker, random, 10, 40);
            compact(2);
            commitInSteps(worker, random, 2, 40);
        }
        Path data = directory.resolve("warehouse/shop/orders/data");
        Path old = Files.writeString(data.resolve("old.parquet"), "left behind");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(3))));
        Path young = Files.writeString(data.resolve("young.parquet"), "being written");
        try (var files = Files.walk(directory.resolve("warehouse"))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.equals(young))
                    .toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(3))));
            }
        }
        MaintenanceOptions options = MaintenanceOptions.defaults().withAges(Duration.ZERO, Duration.ofHours(2));
        MaintenanceResult result = new TableMaintenance(lake.table("orders"), Branch.MAIN, options).run();
        // Iceberg leaves a delete file or two of expired snapshots behind.
        assertThat(result.removedOrphans()).isPositive();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        Table table = lake.table("orders");
        assertThat(table.snapshots()).hasSize(MaintenanceConfig.DEFAULT_MIN_SNAPSHOTS);
        table.snapshots()
                .forEach(snapshot ->
                        assertThat(Lake.rows(table, snapshot.snapshotId())).isNotNull());
        try (Worker worker = new Worker(settings, topic)) {
            commitInSteps(worker, random, 2, 40);
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    private List<FileScanTask> files() throws Exception {
        List<FileScanTask> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks =
                lake.table("orders").newScan().planFiles()) {
            tasks.forEach(files::add);
        }
        return files;
    }

    private List<DeleteFile> deletes() throws Exception {
        return files().stream().flatMap(task -> task.deletes().stream()).toList();
    }
}
