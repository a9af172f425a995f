/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.dolake.sink.buffer.WorkerBudget;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.it.recovery.FaultIT;
import io.dolake.sink.testkit.CatalogFaults;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.WatchedCatalog;
import io.dolake.sink.testkit.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackpressureIT {
    @TempDir
    Path directory;

    @AutoClose
    private Lake lake;

    private final CatalogFaults faults = new CatalogFaults();
    private final FakeTopic topic = Shop.orders();

    @BeforeEach
    void openLake() {
        // Workers that other tests left for dead hold theirs for good; a process that dies would have given it back.
        WorkerBudget.SHARED.give(WorkerBudget.SHARED.usedBytes());
        lake = new Lake(directory);
    }

    @Test
    void pausesAtTheHighWatermarkAndResumesWhenTheBufferHasDrained() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.BUFFER_MAX_BYTES, "65536");
        topic.upsert("c", 0L, "first");
        try (Worker worker =
                new Worker(settings, new HashMap<>(), catalog -> new WatchedCatalog(catalog, faults), topic)) {
            worker.drain();
        }
        try (Worker worker =
                new Worker(settings, new HashMap<>(), catalog -> new WatchedCatalog(catalog, faults), topic)) {
            worker.drain();
            faults.refusedCommits.set(Integer.MAX_VALUE);
            for (long id = 1; id < 3_000; id++) {
                topic.upsert("c", id, "item-" + id);
            }
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
                worker.poll(20);
                return worker.context.paused.contains(topic.partition);
            });
            assertThat(WorkerBudget.SHARED.usedBytes()).isBetween(52_000L, 65_536L);
            long held = worker.commit().getOrDefault(topic.partition, 0L);
            assertThat(held).isLessThan(400);
            faults.refusedCommits.set(0);
            worker.drain();
            assertThat(worker.context.paused).isEmpty();
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
        assertThat(WorkerBudget.SHARED.usedBytes()).isZero();
    }

    @Test
    void commitsWhenTheEventThresholdIsReached() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "600000");
        settings.put(SinkConfig.BUFFER_MAX_EVENTS, "50");
        try (Worker worker = new Worker(settings, topic)) {
            for (long id = 0; id < 100; id++) {
                topic.upsert("c", id, "item-" + id);
            }
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
                worker.poll(50);
                return worker.commit().getOrDefault(topic.partition, 0L) == topic.end();
            });
        }
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void aTableThatIsStuckDoesNotHoldUpAnother() {
        topic.upsert("c", 1L, "tea");
        Worker.drain(lake.settings("dolake-sink"), topic);
        FakeTopic other = new FakeTopic("dosql.shop.customers", 0, "customers").shape(Shop.ORDERS, "id");
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.RETRY_BACKOFF_MAX_MS, "10");
        try (Worker worker =
                new Worker(settings, new HashMap<>(), catalog -> new WatchedCatalog(catalog, faults), topic, other)) {
            faults.refusedCommits.set(Integer.MAX_VALUE);
            topic.upsert("u", 1L, "green tea");
            other.upsert("c", 1L, "Ada");
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
                worker.poll(50);
                return worker.commit().getOrDefault(other.partition, 0L) == other.end();
            });
            faults.refusedCommits.set(0);
            worker.drain();
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertSame(lake, other, "customers");
    }

    @Test
    void aFullDiskIsWaitedOut() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()))
                .as("a small tmpfs can be mounted (needs root)")
                .isZero();
        try {
            Map<String, String> settings = lake.settings("dolake-sink");
            settings.put("iceberg.catalog.warehouse", disk.resolve("warehouse").toString());
            Path filler = disk.resolve("filler");
            try (Worker worker = new Worker(settings, topic)) {
                topic.upsert("c", 1L, "tea");
                worker.drain();
                fill(filler);
                topic.upsert("u", 1L, "green tea").upsert("c", 2L, "rice");
                Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> {
                    worker.poll(10);
                    return FaultIT.attribute("LastError").toString().startsWith("STORAGE_FULL");
                });
                assertThat(worker.commit()).containsEntry(topic.partition, 1L);
                Files.delete(filler);
                worker.drain();
            }
            Oracle.assertSame(lake, topic, "orders");
            Oracle.assertEverySnapshot(lake, topic, "orders");
        } finally {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static void fill(Path filler) throws IOException {
        try (var out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }
}
