/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.dolake.sink.config.IndexConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.index.IndexBuild;
import io.dolake.sink.index.IndexSpace;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.status.SinkTaskMXBean;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.ReadGate;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.WatchedFileIO;
import io.dolake.sink.testkit.Worker;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.ObjectName;
import org.apache.iceberg.Table;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The primary key index beyond its memory, and its build after a start. */
class IndexIT {
    @TempDir
    Path directory;

    private Lake lake;
    private final FakeTopic topic = Shop.orders();
    private final ReadGate gate = new ReadGate();

    @BeforeEach
    void openLake() {
        lake = new Lake(directory);
    }

    @AfterEach
    void closeLake() throws Exception {
        WatchedFileIO.watch(null);
        lake.close();
    }

    /** Everything in the file, or the larger part of it. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "100000"})
    void tablesAreRightWhenTheirIndexIsOnDisk(String memoryBytes) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("IndexIT seed=" + seed);
        Random random = new Random(seed);
        Map<String, String> settings = settings("spilled-sink");
        settings.put(IndexConfig.MAX_BYTES, memoryBytes);
        Map<TopicPartition, Long> groupOffsets = new HashMap<>();
        for (long id = 0; id < 20_000; id++) {
            topic.upsert("c", id, "item-" + id);
        }
        for (int start = 0; start < 3; start++) {
            try (Worker worker = new Worker(settings, groupOffsets, UnaryOperator.identity(), topic)) {
                for (int commit = 0; commit < 4; commit++) {
                    for (int i = 0; i < 20; i++) {
                        Shop.change(topic, random, 60, random.nextInt(20_000), false);
                    }
                    worker.drain();
                }
                assertThat(bean("spilled-sink").getIndexSpilledBytes()).isGreaterThan(400_000);
                assertThat(bean("spilled-sink").getIndexBytes()).isLessThan(Long.parseLong(memoryBytes) + 10_000);
            }
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    @Test
    void manyFilesAreReadByManyThreadsAfterAStart() {
        Random random = new Random(11);
        try (Worker worker = new Worker(settings("dolake-sink"), topic)) {
            fill(worker, random, 20);
        }
        Map<String, String> settings = settings("dolake-sink");
        settings.put(IndexConfig.BUILD_THREADS, "8");
        settings.put(IndexConfig.MEMORY_MAX_BYTES, "0");
        try (Worker worker = new Worker(settings, topic)) {
            Shop.change(topic, random, 60, 0, false);
            Shop.change(topic, random, 60, 1_000, false);
            worker.drain();
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    @Test
    void saysThatTheIndexNeedsMoreDiskThanItMayHave() {
        Map<String, String> settings = settings("dolake-sink");
        settings.put(IndexConfig.MEMORY_MAX_BYTES, "0");
        settings.put(IndexConfig.SPILL_MAX_BYTES, "8192");
        for (long id = 0; id < 1_000; id++) {
            topic.upsert("c", id, "item");
        }
        try (Worker worker = new Worker(settings, topic)) {
            assertThatThrownBy(() -> Awaitility.await()
                            .pollInterval(Duration.ofMillis(2))
                            .until(() -> {
                                topic.upsert("u", 7L, "green tea");
                                worker.poll(2_000);
                                return false;
                            }))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("Cannot index the keys of table shop.orders")
                    .hasMessageContaining(IndexConfig.SPILL_MAX_BYTES + " is 8192");
        }
    }

    @Test
    void aFullDiskUnderTheIndexIsWaitedOut() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk.toString()))
                .as("a small tmpfs can be mounted (needs root)")
                .isZero();
        try {
            Path filler = Files.write(disk.resolve("filler"), new byte[400_000]);
            Map<String, String> settings = settings("full-sink");
            settings.put(IndexConfig.SPILL_DIR, disk.toString());
            settings.put(IndexConfig.MEMORY_MAX_BYTES, "0");
            for (long id = 0; id < 8_000; id++) {
                topic.upsert("c", id, "item-" + id);
            }
            try (Worker worker = new Worker(settings, topic)) {
                SinkTaskMXBean bean = bean("full-sink");
                // All rows in one commit: they get in, and then the index is found not to fit. The next commit waits
                // for it.
                Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> {
                    worker.poll(8_000);
                    return worker.commit().getOrDefault(topic.partition, 0L) == 8_000;
                });
                topic.upsert("u", 7L, "green tea").delete(8L);
                Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> {
                    worker.poll(8_000);
                    return bean.getLastError()
                            .startsWith("STORAGE_FULL: Cannot write the file of the key indexes in " + disk);
                });
                assertThat(worker.commit()).containsEntry(topic.partition, 8_000L);
                Files.delete(filler);
                worker.drain();
                assertThat(bean.getIndexSpilledBytes()).isGreaterThan(200_000);
            }
            Oracle.assertSame(lake, topic, "orders");
            Oracle.assertKeysOnce(lake.table("orders"));
        } finally {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    @Test
    void tellsHowFarTheBuildIs() throws Exception {
        try (Worker worker = new Worker(settings("dolake-sink"), topic)) {
            fill(worker, new Random(12), 6);
        }
        int files = files();
        topic.upsert("u", 1L, "green tea");
        try (Worker worker = new Worker(gated("building-sink"), topic)) {
            SinkTaskMXBean bean = bean("building-sink");
            gate.permits.release(2);
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
                worker.poll(1_000);
                return bean.getIndexFilesRead() == 2;
            });
            assertThat(bean.getIndexBuilds()).isEqualTo(1);
            assertThat(bean.getIndexFilesToRead()).isEqualTo(files);
            assertThat(bean.getIndexRowsRead()).isPositive();
            gate.permits.release(1_000);
            worker.drain();
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
                worker.poll(1_000);
                return bean.getIndexBuilds() == 0;
            });
            assertThat(bean.getIndexFilesToRead()).isZero();
        }
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void aTaskThatStopsEndsTheBuild() throws Exception {
        try (Worker worker = new Worker(settings("dolake-sink"), topic)) {
            fill(worker, new Random(13), 6);
        }
        Map<String, String> settings = gated("stopped-sink");
        settings.put(SinkConfig.CLOSE_TIMEOUT_MS, "1");
        topic.upsert("u", 1L, "green tea");
        try (Worker worker = new Worker(settings, topic)) {
            SinkTaskMXBean bean = bean("stopped-sink");
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
                worker.poll(1_000);
                return bean.getIndexBuilds() == 1;
            });
        }
        // One for each thread that waits; the others are not asked for.
        gate.permits.release(1_000);
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("dolake-index-")
                                || thread.getName().startsWith("dolake-commit-stopped-sink")));
        assertThat(gate.read.get()).isLessThanOrEqualTo(2);
        Worker.drain(settings("dolake-sink"), topic);
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void aBuildThatEndsTooSoonGoesOnWhereItWas() {
        try (Worker worker = new Worker(settings("dolake-sink"), topic)) {
            fill(worker, new Random(14), 9);
        }
        int files = files();
        Table table = lake.table("orders");
        try (IndexSpace space = new IndexSpace(new IndexConfig(0, 0, directory, 1 << 24, 1), new IndexSpace.Usage())) {
            TableIndex index = new TableIndex(space, "shop.orders");
            AtomicInteger looks = new AtomicInteger();
            assertThatThrownBy(() -> index.sync(
                            table, Branch.MAIN, TableAccess.keyColumns(table), () -> looks.incrementAndGet() > 4))
                    .isInstanceOf(IndexBuild.Stopped.class);
            assertThat(index.files().size()).isEqualTo(4);
            AtomicInteger more = new AtomicInteger();
            index.sync(table, Branch.MAIN, TableAccess.keyColumns(table), () -> more.incrementAndGet() < 0);
            assertThat(more.get()).as("files that were read again").isEqualTo(files - 4);
            assertThat(index.size()).isEqualTo(lake.rows("orders").size());
        }
    }

    private int files() {
        Table table = lake.table("orders");
        return Integer.parseInt(table.currentSnapshot().summary().get("total-data-files"));
    }

    /** So many commits, and as many data files. */
    private void fill(Worker worker, Random random, int commits) {
        for (int i = 0; i < commits; i++) {
            Shop.change(topic, random, 60, 50L * i, false);
            worker.drain();
        }
    }

    private Map<String, String> settings(String connector) {
        Map<String, String> settings = lake.settings(connector);
        settings.put(IndexConfig.SPILL_DIR, directory.toString());
        return settings;
    }

    private Map<String, String> gated(String connector) {
        Map<String, String> settings = settings(connector);
        settings.put("iceberg.catalog.io-impl", WatchedFileIO.class.getName());
        WatchedFileIO.watch(gate);
        settings.put(IndexConfig.BUILD_THREADS, "2");
        return settings;
    }

    private static SinkTaskMXBean bean(String connector) throws JMException {
        return JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName("io.dolake:type=sink-task,connector=" + connector + ",task=0"),
                SinkTaskMXBean.class);
    }
}
